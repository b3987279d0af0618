// Tests of workflows over the API, with the real bot: run, kept, listed, and refused with a reason.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { errorSchema, testListSchema } from '../../src/http/schemas.ts'
import { testReportSchema } from '../../src/scenarios/index.ts'
import { type Office, openOffice, storySandbox } from '../stories/office.ts'

const workflow = (id: string) => `metadata: { id: ${id}, name: Double }
nodes:
  - { name: start, type: manual, inputs: { n: { type: integer, default: 1 } } }
  - { name: work, type: code, code: 'return inputs["n"] * 2' }
edges: [{ from: start, to: work }]
output: outputs.work
`
const scenarios = (output: number) =>
  `scenarios: [{ name: Two, inputs: { n: 2 }, expect: { output: ${output} } }, { name: Runs }]\n`

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python)
  await write('double', scenarios(4))
  await office.writeWorkflow('double', workflow('double'))
  await office.writeWorkflow('bare', workflow('bare'))
})
afterAll(async () => {
  await office?.close()
  await python?.close()
})

async function write(id: string, text: string): Promise<void> {
  const folder = join(office.folder, 'workflows', id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'scenarios.yaml'), text)
}

const tests = (id: string, init?: RequestInit) => office.api(`/api/workflows/${id}/tests`, init)
const post = (id: string) =>
  tests(id, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
async function refused(id: string) {
  const { status, body } = await post(id)
  return { status, ...errorSchema.parse(body).error }
}

describe('POST /api/workflows/{id}/tests', () => {
  it('answers the report, whether it is passed or not, and compares it with the one before', async () => {
    const green = await post('double')
    expect(green.status).toBe(200)
    expect(testReportSchema.parse(green.body)).toMatchObject({
      workflow: { id: 'double' },
      startedBy: { kind: 'api' },
      passed: true,
      totals: { scenarios: 2, passed: 2 },
      compared: null,
    })
    await write('double', scenarios(5))
    const red = await post('double')
    expect(red.status).toBe(200)
    expect(testReportSchema.parse(red.body)).toMatchObject({
      passed: false,
      scenarios: [{ name: 'Two', differences: [{ expected: '5', actual: '4' }] }, { name: 'Runs' }],
      compared: { worse: ['"Two" does not pass any more'] },
    })
  })

  it('keeps its reports, newest first, and leaves no execution in the history', async () => {
    const list = testListSchema.parse((await tests('double')).body)
    expect(list.tests.map(({ passed }) => passed)).toEqual([false, true])
    const { body } = await office.api('/api/executions?workflow=double')
    expect((body as { executions: unknown[] }).executions).toEqual([])
  })

  it('is refused without scenarios, with faulty ones, and for what nobody knows', async () => {
    expect(await refused('bare')).toMatchObject({ status: 409, code: 'scenario.none' })
    await write('bare', 'scenarios: [{ nam: Typo }]\n')
    expect(await refused('bare')).toMatchObject({
      status: 409,
      code: 'scenario.broken',
      message: expect.stringContaining('workflows/bare/scenarios.yaml:1'),
    })
    expect(await refused('dubble')).toMatchObject({
      status: 404,
      code: 'workflow.unknown',
      hint: expect.stringContaining('double'),
    })
  })
})
