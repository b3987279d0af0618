// Before anybody presses Run: what a workflow would do, with real Python, a real service and a sub-workflow, and none of
// it done; in Slack, over the API and in the terminal.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { errorSchema } from '../../src/http/schemas.ts'
import { dryRunSchema } from '../../src/scenarios/index.ts'
import { type } from '../cli/terminal.ts'
import { type Office, openOffice, purchasing, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office
let shop: Server
let host: string
let asked = 0
let status = 200

const restock = (text: string) => `metadata: { id: restock, name: Restock }
settings: { timeout: 30d, activation: one_person }
collections: { orders: { key: id } }
nodes:
  - name: start
    type: manual
    inputs: { item: { type: string, default: bolts } }
  - { name: look up, type: http, url: "http://${host}/stock", query: { item: "{{ inputs.item }}" } }
  - name: ask
    type: approval
    to: "#purchasing"
    title: Order {{ inputs.item }}?
    text: There are {{ outputs["look up"].body.left }} left. <@U0BENOKAFO> knows the price.
    approvers: { users: [U0BENOKAFO] }
  - name: order
    type: workflow
    workflow: order
    inputs: { item: "{{ inputs.item }}", count: 40 }
  - { name: tell, type: notify, to: "#purchasing", title: Ordered, text: "${text}", buttons: [{ label: Details, does: open_execution }] }
  - { name: sorry, type: notify, to: "#purchasing", text: The shop does not answer. }
edges:
  - { from: start, to: look up }
  - { from: look up, to: ask }
  - { from: look up, to: sorry, on: failure }
  - { from: ask, to: order, when: outputs.ask.approved }
  - { from: order, to: tell }
`

const order = `metadata: { id: order, name: Order }
collections: { orders: { key: id } }
nodes:
  - name: start
    type: manual
    inputs: { item: { type: string, required: true }, count: { type: integer, required: true } }
  - name: write
    type: code
    code: |
      records.upsert("orders", {"id": inputs["item"], "count": inputs["count"], "status": "open"})
      return len(records.query("orders"))
edges: [{ from: start, to: write }]
output: outputs.write
`

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  shop = createServer((_request, response) => {
    asked += 1
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"left":3}')
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(shop.address() as AddressInfo).port}`
  office = await openOffice(python, { allowHosts: [host] })
  await office.writeWorkflow('order', order)
  await office.writeWorkflow('restock', restock('We get {{ inputs.item }}.'))
})
afterAll(async () => {
  shop?.close()
  await office?.close()
  await python?.close()
})

const api = { ask: (path: string, init?: RequestInit) => fetch(`${office.bot.api.url}${path}`, init) }
const types = (...line: string[]) => type(line, api)

async function post(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const headers = { 'Content-Type': 'application/json' }
  const response = await api.ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

const orders = () => [...office.bot.services.records.all('orders')].map(({ value }) => value)
const executions = async () => (await office.bot.services.history.recent({ limit: 50 })).length
const inPurchasing = () => office.ben.messages(/./s, purchasing).length

/** A real execution, which Ben approves. */
async function reallyRuns(): Promise<string> {
  await office.ana.types('/workflow run restock')
  const question = await office.ben.sees(/Order bolts\?/, purchasing)
  const [running] = office.bot.engine.running()
  await office.ben.presses('Approve', question)
  if (!running) throw new Error('nothing runs')
  return (await office.bot.engine.result(running.id)).id
}

test('before it ever ran, a dry run stops at the service that it will not ask', async () => {
  await office.ana.types('/workflow run restock --dry-run')
  const said = textOf(await office.ana.sees(/dry run of version 1/))
  expect(said).toContain('*It can be followed up to the step “look up”.* Nothing was sent or changed.')
  expect(said).toContain('Run the workflow once')
  expect(said).toContain('no answer on record')
  expect(said).not.toContain('The shop does not answer')
  expect([asked, orders(), inPurchasing(), await executions()]).toEqual([0, [], 0, 0])
})

test('afterwards it goes by the answer of the latest execution that had one, and does nothing of what it says', async () => {
  const first = await reallyRuns()
  status = 503
  const { body } = await post('/api/workflows/restock/executions', {})
  const second = await office.bot.engine.result((body as { executionId: string }).executionId)
  expect(second).toMatchObject({ status: 'warning', errors: [{ code: 'http.status' }] })
  const before = [asked, orders(), inPurchasing(), await executions()]

  await office.ana.types('/workflow run restock item=cups --dry-run')
  const said = textOf(await office.ana.sees(/It would work/))
  expect(said).toContain('*Would change*')
  expect(said).toMatch(/`orders` {2}1 new/)
  expect(said).toMatch(/＋ \*cups\* {2}count: 40, status: open · by `order`/)
  expect(said).toContain('*Would ask*')
  expect(said).toMatch(/>\*Order cups\?\*\n>There are 3 left\. @ben knows the price\./)
  expect(said).toContain('*Would send*')
  expect(said).toMatch(/To \*#purchasing\*\n>\*Ordered\*\n>We get cups\.\n>`\[ Details \]`/)
  expect(said).toMatch(/\*GET\* `http:\/\/127\.0\.0\.1:\d+\/stock\?item=cups`/)
  expect(said).toContain(`answered as in execution \`${first}\`, <https://`)
  expect(said).toMatch(/\*Would run\*\nOrder {2}`order` version 1\n/)
  expect(said).toContain('"ask" is approved.')
  expect([asked, orders(), inPurchasing(), await executions()]).toEqual(before)
})

test('what was tried can be run from there', async () => {
  status = 200
  const tried = await office.ana.sees(/It would work/)
  await office.ana.presses('Run it now', tried)
  const question = await office.ben.sees(/Order cups\?/, purchasing)
  await office.ben.presses('Approve', question)
  await office.ana.sees(/We get cups/, purchasing)
  expect(orders()).toMatchObject([{ id: 'bolts' }, { id: 'cups', count: 40 }])
})

test('a draft is tried first of all; any other version by its number', async () => {
  await office.writeWorkflow('restock', restock('Soon: {{ inputs.item }}'))
  await office.ana.types('/workflow run restock --dry-run')
  const said = textOf(await office.ana.sees(/version 2 _\(version 1 answers\)_/))
  expect(said).toContain('>Soon: bolts')
  expect(said).not.toContain('Run it now')
  await office.ana.types('/workflow run restock version=1 --dry-run')
  await office.ana.sees(/dry run of version 1\n/)
  await office.ana.types('/workflow run restock version=7 --dry-run')
  await office.ana.sees(/There is no version 7/)
})

test('over the API it is the same, as data', async () => {
  const { status: code, body } = await post('/api/workflows/restock/dry-runs', { version: 1 })
  expect(code).toBe(200)
  const run = dryRunSchema.parse(body)
  expect(run).toMatchObject({
    report: { status: 'succeeded', version: { number: 1 }, startedBy: { kind: 'api' } },
    answering: 1,
    records: { orders: { key: 'id', changed: { bolts: { count: 40 } }, by: { bolts: ['order'] } } },
    messages: [{ title: 'Order bolts?', question: { rules: { needed: 1 } } }, { title: 'Ordered' }],
    requests: [{ method: 'GET', node: 'look up', answeredFrom: { at: expect.any(String) } }],
    workflows: [{ workflow: { id: 'order' }, node: 'order', inputs: { item: 'bolts', count: 40 } }],
  })
  const refused = async (path: string, given: object) => {
    const answer = await post(path, given)
    return [answer.status, errorSchema.parse(answer.body).error.code]
  }
  expect(await refused('/api/workflows/restock/dry-runs', { version: 9 })).toEqual([
    400,
    'dry_run.unknown_version',
  ])
  expect(await refused('/api/workflows/restock/dry-runs', { inputs: { colour: 'red' } })).toEqual([
    400,
    'inputs.invalid',
  ])
  expect(await refused('/api/workflows/nothing/dry-runs', {})).toEqual([404, 'workflow.unknown'])
  expect(await refused('/api/workflows/restock/dry-runs', { version: 'two' })).toEqual([
    400,
    'api.bad_request',
  ])
})

test('in the terminal it is text, and its exit status says whether it would work', async () => {
  const { status: code, out } = await types('run', 'restock', 'item=cups', '--dry-run')
  expect(code).toBe(0)
  expect(out.split('\n')[0]).toBe(
    'Version 2; version 1 answers now. This is what would happen. Nothing was done.',
  )
  expect(out).toMatch(/^Records\n {2}~ orders cups {2}written again as it is {2}\(by order\)$/m)
  expect(out).toMatch(/^Questions\n {2}To #purchasing\n {4}\| Order cups\?\n {4}\| There are 3 left\./m)
  expect(out).toMatch(
    /^Messages\n {2}To #purchasing\n {4}\| Ordered\n {4}\| Soon: cups\n {4}\| \[ Details \]$/m,
  )
  expect(out).toMatch(/answered as in execution \S+ of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m)
  expect(out).toMatch(/^Workflows that would run\n {2}Order \(order, version 1\) at "order": succeeded$/m)
  expect(out).toMatch(/^Taken for granted\n {2}"ask" is approved\.$/m)

  const json = await types('run', 'restock', '--dry-run', '--version', '1', '--json')
  expect(dryRunSchema.parse(JSON.parse(json.out)).report.version.number).toBe(1)
  expect(await types('run', 'restock', '--dry-run', '--version', 'two')).toMatchObject({ status: 2 })
  expect(await types('run', 'restock', '--version', '1')).toMatchObject({
    status: 2,
    err: expect.stringContaining('Only a dry run'),
  })
})

test('what a draft or a sub-workflow keeps out of public channels is told to the one who asked alone', async () => {
  await office.writeWorkflow('order', `settings: { redact: true }\n${order}`)
  await office.ana.types('/workflow run restock item=plates --dry-run')
  expect((await office.ana.sees(/Order plates\?/)).ephemeral_for).toBe(office.ana.id)
  await office.writeWorkflow('order', order)
  await office.ana.types('/workflow run restock item=spoons --dry-run')
  expect((await office.ana.sees(/Order spoons\?/)).ephemeral_for).toBeUndefined()
  const draft = restock('Later: {{ inputs.item }}').replace('one_person', 'one_person, redact: true')
  await office.writeWorkflow('restock', draft)
  await office.ana.types('/workflow run restock item=forks --dry-run')
  expect((await office.ana.sees(/Order forks\?/)).ephemeral_for).toBe(office.ana.id)
})

test('where the sub-workflow is locked, it fails as it really would', async () => {
  await office.ben.types('/workflow lock order 1h stocktaking')
  await office.ben.sees(/`order` is locked/)
  const { status: code, out } = await types('run', 'restock', '--dry-run')
  expect(code).toBe(1)
  expect(out).toMatch(/workflow\.locked – "order" is locked by .* stocktaking/)
})
