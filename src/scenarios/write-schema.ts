// Writes workflows/scenarios.schema.json, from which editors complete and check scenarios. Run it after a change to
// their language: npx tsx src/scenarios/write-schema.ts
import { writeFile } from 'node:fs/promises'
import { scenariosJsonSchema } from './json-schema.ts'

const target = new URL('../../workflows/scenarios.schema.json', import.meta.url)
await writeFile(target, `${JSON.stringify(scenariosJsonSchema(), null, 2)}\n`)
