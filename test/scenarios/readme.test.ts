// The example of the README that has scenarios passes them.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { folderOf, startPython, testWorkflow } from './support.ts'

const readme = readFileSync('README.md', 'utf8')
const example = (what: string) =>
  new RegExp(`<!-- scenarios of: ${what} -->\n\`\`\`yaml\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? ''

let python: PythonSandbox

beforeAll(async () => {
  python = await startPython()
})
afterAll(() => python?.close())

test('the scenarios of the README pass, and its criteria are met', async () => {
  const dir = await folderOf({
    'discount/workflow.yaml': example('workflow'),
    'discount/scenarios.yaml': example('scenarios'),
  })
  const report = await testWorkflow(python, 'discount', () => {}, dir)
  expect(report.scenarios.flatMap((one) => one.differences)).toEqual([])
  expect(report).toMatchObject({
    passed: true,
    totals: { scenarios: 4 },
    criteria: [{ met: true }, { met: true }],
  })
})
