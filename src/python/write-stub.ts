// Writes workflows/builtins.pyi, from which editors complete and check the Python of workflows. Run it after a change to
// a built-in: npm run schema
import { writeFile } from 'node:fs/promises'
import { builtinErrors, builtinSpecs } from '../builtins/index.ts'
import { pythonStub } from './stub.ts'

await writeFile(
  new URL('../../workflows/builtins.pyi', import.meta.url),
  pythonStub(builtinSpecs, builtinErrors),
)
