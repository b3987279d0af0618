// Deciding, repeating and taking back over the API with the real bot: what people see of it in Slack, and what a restart
// must not forget.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { reportSchema } from '../../src/engine/report.ts'
import { decidedSchema, errorSchema, pendingSchema, startedSchema } from '../../src/http/schemas.ts'
import { type } from '../cli/terminal.ts'
import { type Office, openOffice, purchasing, storySandbox } from '../stories/office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python)
  await office.writeWorkflow('order', workflow('order', ''))
  await office.writeWorkflow('named', workflow('named', 'users: [U0BENOKAFO], '))
})
afterAll(async () => {
  await office?.close()
  await python?.close()
})

const workflow = (id: string, approvers: string) => `metadata: { id: ${id}, name: The ${id} }
settings: { timeout: 7d }
nodes:
  - { name: start, type: manual, inputs: { jam: { type: boolean, default: false } } }
  - name: may we
    type: approval
    to: "#purchasing"
    title: May we order?
    text: 100 pieces
    approvers: { ${approvers}not_requester: true }
    expires: 1d
  - name: place
    type: code
    undo: take back
    code: |
      return records.upsert("orders", {"id": "o1"})
  - name: print
    type: code
    code: |
      if inputs["jam"] and records.count("jams") == 0:
          raise RuntimeError("jammed")
  - { name: take back, type: code, code: 'records.delete("orders", "o1")' }
edges:
  - { from: start, to: may we }
  - { from: may we, to: place, when: 'outputs["may we"].approved' }
  - { from: place, to: print }
`

const api = { ask: (path: string, init?: RequestInit) => fetch(`${office.bot.api.url}${path}`, init) }
async function post(path: string, body: object, headers: { [name: string]: string } = {}) {
  const response = await api.ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as unknown }
}
const code = (answer: { body: unknown }) => errorSchema.parse(answer.body).error.code
const pending = async () => pendingSchema.parse(await (await api.ask('/api/pending')).json()).questions

/** Waits until the execution of this workflow asks, and answers its id. */
async function asked(workflowId: string): Promise<string> {
  for (;;) {
    const found = (await pending()).find(({ workflow }) => workflow.id === workflowId)
    if (found) return found.executionId
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const ended = (id: string) => office.bot.engine.result(id)

test('a program decides in the name of a person, and the card in Slack says who it was', async () => {
  await office.ana.types('/workflow run order')
  const id = await asked('order')
  await office.ana.sees(/May we order\?/, purchasing)
  const path = `/api/executions/${id}/decisions`
  // Ana started it: neither in Slack nor through a program is it hers to decide.
  const own = await post(path, { decision: 'approve' }, { 'X-Actor': 'slack:U0ANALIMA' })
  expect([own.status, code(own)]).toEqual([403, 'approval.own_request'])
  const other = await post(path, { decision: 'approve' }, { 'X-Actor': 'slack:U0BENOKAFO' })
  expect(decidedSchema.parse(other.body)).toMatchObject({ node: 'may we', what: 'May we order?' })
  await office.ana.sees(/Approved[\s\S]*API for U0BENOKAFO/, purchasing)
  expect((await ended(id)).status).toBe('succeeded')
  const again = await post(path, { decision: 'reject' }, { 'X-Actor': 'slack:U0BENOKAFO' })
  expect([again.status, code(again)]).toEqual([409, 'approval.not_open'])
})

test('a question that names people is decided by them in Slack, whoever asks over the API', async () => {
  await office.ana.types('/workflow run named')
  const id = await asked('named')
  const card = await office.ben.sees(/May we order\?/, purchasing)
  for (const actor of ['planner', 'slack:U0BENOKAFO', 'cli:U0BENOKAFO']) {
    const path = `/api/executions/${id}/decisions`
    const answer = await post(path, { decision: 'approve' }, { 'X-Actor': actor })
    expect([answer.status, code(answer)]).toEqual([403, 'approval.not_yours'])
  }
  const typed = await type(['approve', id], api)
  expect([typed.status, typed.err.split('\n')[0]]).toEqual([
    1,
    'You are not among those who may decide this.',
  ])
  await office.ben.presses('Approve', card)
  expect((await ended(id)).status).toBe('succeeded')
})

test('a retry with one key is started once, over a restart too; a rollback once for ever', async () => {
  const run = await post('/api/workflows/order/executions', { inputs: { jam: true } })
  const { executionId: id } = startedSchema.parse(run.body)
  await asked('order')
  await post(`/api/executions/${id}/decisions`, { decision: 'approve' }, { 'X-Actor': 'buyer' })
  expect((await ended(id)).status).toBe('failed')
  const retry = `/api/executions/${id}/retry`
  const key = { 'Idempotency-Key': 'again' }
  const first = startedSchema.parse((await post(retry, {}, key)).body)
  expect(await ended(first.executionId)).toMatchObject({ rerunOf: { executionId: id, from: 'print' } })
  await office.restart()
  expect(startedSchema.parse((await post(retry, {}, key)).body)).toEqual({ ...first, started: false })
  const rollback = `/api/executions/${id}/rollback`
  const back = await post(rollback, {}, { Prefer: 'wait=30' })
  const report = reportSchema.parse(back.body)
  expect([back.status, report.status]).toEqual([200, 'succeeded'])
  expect(report).toMatchObject({ rollbackOf: { executionId: id } })
  await office.restart()
  expect(startedSchema.parse((await post(rollback, {})).body)).toMatchObject({
    executionId: report.id,
    started: false,
  })
  const kept = await post(retry, { from: 'failed' })
  expect([kept.status, code(kept)]).toEqual([409, 'execution.rolled_back'])
})

test('a lock over the API holds in Slack, over a restart, until it is ended in the terminal', async () => {
  const headers = { 'Content-Type': 'application/json', 'X-Actor': 'stock-system' }
  const body = JSON.stringify({ duration: '2h', reason: 'stocktake' })
  await api.ask('/api/workflows/order/lock', { method: 'PUT', headers, body })
  await office.restart()
  await office.ana.types('/workflow run order')
  await office.ana.sees(/"order" is locked by stock-system until[\s\S]*stocktake/)
  expect((await type(['unlock', 'order'], api)).out).toBe(
    'order can be run again; stock-system had locked it.\n',
  )
  expect((await type(['lock', 'order', '1h'], api)).status).toBe(0)
  expect((await type(['unlock', 'order'], api)).status).toBe(0)
  const { status, out } = await type(['run', 'order', '--no-wait', '--json'], api)
  expect(status).toBe(0)
  const { executionId } = startedSchema.parse(JSON.parse(out))
  await asked('order')
  expect((await type(['cancel', executionId, 'enough'], api)).status).toBe(0)
  expect(await ended(executionId)).toMatchObject({ status: 'cancelled', reason: 'enough' })
  expect(await pending()).toEqual([])
})
