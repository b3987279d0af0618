// Writes workflows/workflow.schema.json, from which editors complete and check workflow files. Run it after a change to
// a type of node: npx tsx src/definition/write-schema.ts
import { writeFile } from 'node:fs/promises'
import { nodeKinds } from '../kinds.ts'
import { workflowJsonSchema } from './workflow-schema.ts'

const target = new URL('../../workflows/workflow.schema.json', import.meta.url)
await writeFile(target, `${JSON.stringify(workflowJsonSchema(nodeKinds()), null, 2)}\n`)
