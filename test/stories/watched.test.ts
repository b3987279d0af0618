// A workflow that fails in production: its owner is told once, it stops answering, and comes back when it was mended.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type Office, openOffice, operations, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python)
})
afterAll(async () => {
  await office.close()
  await python.close()
})

const workflow = `metadata: { id: transfer, name: Transfer, owner: U0BENOKAFO }
access: { activate: [U0ANALIMA] }
nodes:
  - name: start
    type: manual
    inputs: { stock: { type: number, required: true } }
  - name: share
    type: code
    code: return 10 / inputs["stock"]
edges:
  - { from: start, to: share }
criteria:
  - name: Transfers go through
    why: A lost transfer leaves a shop empty.
    kind: success_rate
    at_least: 0.5
    watch: { last: 3, channel: "#operations", deactivate: true }
`

const notice = /Transfers go through.*is no longer met/s

async function start(stock: number) {
  const { status, body } = await office.api('/api/workflows/transfer/executions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: JSON.stringify({ inputs: { stock } }),
  })
  return { status, body: body as { status?: string; error?: { code: string } } }
}

test('it deactivates itself after too many failures, stays so over a restart, and is brought back', async () => {
  await office.writeWorkflow('transfer', workflow)
  expect(await start(5)).toMatchObject({ body: { status: 'succeeded' } })
  expect(await start(0)).toMatchObject({ body: { status: 'failed' } })
  expect(office.ana.messages(notice)).toEqual([])
  expect(await start(0)).toMatchObject({ body: { status: 'failed' } })
  const told = textOf(await office.ana.sees(notice, operations))
  expect(told).toContain('33.33 % of its last 3 executions succeeded, and it takes 50 %.')
  expect(told).toContain('/workflow activate transfer version=1')

  await office.restart()
  expect(await start(5)).toMatchObject({ body: { error: { code: 'workflow.deactivated' } } })
  await office.ana.types('/workflow run transfer stock=5')
  await office.ana.sees(/has deactivated itself: 33\.33 %.*bring it back/s)

  await office.ana.types('/workflow activate transfer')
  await office.ana.sees(/Version 1 of \*Transfer\* answers from now on again\s+By/)
  expect(await start(5)).toMatchObject({ body: { status: 'succeeded' } })
  expect(office.ana.messages(notice)).toHaveLength(1)
})
