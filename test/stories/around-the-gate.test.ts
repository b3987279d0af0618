// Ways around the activation that somebody who may write the files, but not activate, would try. None of them lets what
// has not passed answer.
import { cp, mkdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type Office, openOffice, storySandbox } from './office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python, { firstVersions: 'tested' })
  await mkdir(place(), { recursive: true })
  await writeFile(place('scenarios.yaml'), scenarios)
  await office.writeWorkflow('pay', pay('good'))
  await office.writeWorkflow('above', above)
  expect(await answer()).toBe('good')
})
afterAll(async () => {
  await office.close()
  await python.close()
})

const place = (...path: string[]) => join(office.folder, 'workflows', 'pay', ...path)
const criteria = 'criteria: [{ name: All is right, why: It is money., kind: scenarios }]'
const scenarios = 'scenarios: [{ name: It is good, expect: { output: good } }]'

const pay = (output: string, more = criteria) => `
metadata: { id: pay, name: Pay }
nodes:
  - { name: start, type: manual }
  - { name: work, type: code, code: return 1 }
edges: [{ from: start, to: work }]
output: '"${output}"'
${more}
`

const above = `
metadata: { id: above, name: Above }
nodes:
  - { name: start, type: manual }
  - { name: call, type: workflow, workflow: pay }
edges: [{ from: start, to: call }]
output: outputs.call.output
`

async function post(path: string, body: string) {
  const headers = { 'Content-Type': 'application/json', Prefer: 'wait=30' }
  const answer = await office.api(path, { method: 'POST', headers, body })
  return answer.body as { id: string; output?: unknown; error?: { code: string } }
}

async function answer(id = 'pay'): Promise<unknown> {
  const { output, error } = await post(`/api/workflows/${id}/executions`, '{}')
  return error?.code ?? output
}

/** By hand, from another workflow, and as a repetition. */
async function expectGood() {
  const { id, output } = await post('/api/workflows/pay/executions', '{}')
  const { output: fromAbove } = await post('/api/workflows/above/executions', '{}')
  const again = await post(`/api/executions/${id}/retry`, '{"from":"start","version":"latest"}')
  expect([output, fromAbove, again.output]).toEqual(['good', 'good', 'good'])
}

async function mended() {
  await rm(place(), { recursive: true, force: true })
  await mkdir(place(), { recursive: true })
  await writeFile(place('scenarios.yaml'), scenarios)
  await office.writeWorkflow('pay', pay('good'))
}

test('an edit that promises nothing any more is a draft', async () => {
  await office.writeWorkflow('pay', pay('bad', ''))
  await expectGood()
  await mended()
})

test('a second file beside the first one, or another one in its place, does not answer', async () => {
  const other = JSON.stringify({
    metadata: { id: 'pay', name: 'Pay' },
    nodes: [
      { name: 'start', type: 'manual' },
      { name: 'work', type: 'code', code: 'return 1' },
    ],
    edges: [{ from: 'start', to: 'work' }],
    output: '"bad"',
  })
  await writeFile(place('workflow.json'), other)
  await office.bot.reload()
  await expectGood()
  await unlink(place('workflow.yaml'))
  await office.bot.reload()
  await expectGood()
  await mended()
})

test('a folder that is deleted and made again is no first version, also over a restart', async () => {
  await rename(place(), join(office.folder, 'elsewhere'))
  await office.bot.reload()
  expect(await answer()).toBe('workflow.unknown')
  await office.writeWorkflow('pay', pay('bad', ''))
  await expectGood()
  await rm(place(), { recursive: true })
  await office.restart()
  await mkdir(place())
  await writeFile(place('workflow.yaml'), pay('bad', ''))
  await office.bot.reload()
  await expectGood()
  await office.restart()
  await expectGood()
  await mended()
})

test('a link in the place of the folder is held to the same', async () => {
  const hidden = join(office.folder, 'hidden')
  await cp(place(), hidden, { recursive: true })
  await writeFile(join(hidden, 'workflow.yaml'), pay('bad', ''))
  await rm(place(), { recursive: true })
  await symlink(hidden, place())
  await office.bot.reload()
  await expectGood()
  await rm(place())
  await mended()
})

test('another folder or another spelling of the id does not take its place', async () => {
  const folder = 'pay2'
  for (const id of ['pay', 'Pay', 'PAY']) {
    await office.writeWorkflow(folder, pay('bad', '').replace('id: pay', `id: ${id}`))
    expect(office.bot.services.catalog.get(folder)?.faults).not.toEqual([])
    await expectGood()
  }
  await rm(join(office.folder, 'workflows', folder), { recursive: true })
  await office.bot.reload()
})

test('a draft cannot have the history thrown away, though its folder is gone', async () => {
  const count = async () =>
    (await office.bot.services.history.recent({ workflowId: 'pay', limit: 100 })).length
  const before = await count()
  await office.writeWorkflow('pay', pay('bad', 'settings: { history: { max_count: 1 } }'))
  await office.bot.store.maintain()
  expect(await count()).toBe(before)
  await rename(place(), join(office.folder, 'taken-away'))
  await office.bot.reload()
  await office.bot.store.maintain()
  expect(await count()).toBe(before)
  await mended()
})

test('code cannot write down that a version was activated or tested', async () => {
  for (const collection of ['_activations', '_test_reports']) {
    const forging = `
metadata: { id: forge, name: Forge }
nodes:
  - { name: start, type: manual }
  - name: work
    type: code
    code: |
      records.insert("${collection}", {"id": "forged"})
      return "done"
edges: [{ from: start, to: work }]
output: outputs.work
`
    await office.writeWorkflow('forge', forging)
    expect(await answer('forge')).not.toBe('done')
    await office.writeWorkflow('forge', `${forging}collections: { ${collection}: { key: id } }\n`)
    expect(office.bot.services.catalog.get('forge')?.faults).not.toEqual([])
    expect(office.bot.store.records.get(collection, 'forged')).toBeUndefined()
  }
})
