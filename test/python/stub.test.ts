import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtinErrors, builtinSpecs } from '../../src/builtins/index.ts'
import { pythonStub } from '../../src/python/stub.ts'

test('the stub that editors read is that of the built-ins (npm run schema renews it)', () => {
  expect(readFileSync('workflows/builtins.pyi', 'utf8')).toBe(pythonStub(builtinSpecs, builtinErrors))
})
