// What follows the version that answers: schedules, webhooks, and executions that began on another one.
import { createHmac } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type Office, openOffice, storySandbox } from './office.ts'

const secret = 'a-long-secret-of-the-shop'
let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python, { secrets: { SHOP: secret, STORE: `${secret}-too` } })
  await mkdir(join(office.folder, 'workflows', 'stock'), { recursive: true })
  await writeFile(
    join(office.folder, 'workflows', 'stock', 'scenarios.yaml'),
    'scenarios: [{ name: It is approved, trigger: start, approvals: { ask: [{ decide: approve, by: { id: U0BENOKAFO } }] } }]',
  )
})
afterAll(async () => {
  await office.close()
  await python.close()
})

/** `hook`: the name of the secret of the webhook. */
const stock = ({ hour, hook, says }: { hour: number; hook: string; says: string }) => `
metadata: { id: stock, name: Stock }
access: { activate: [everyone] }
nodes:
  - { name: each day, type: schedule, cron: "0 ${hour} * * *", timezone: UTC }
  - { name: shop, type: webhook, secret: ${hook} }
  - { name: start, type: manual }
  - { name: ask, type: approval, to: "#operations", title: The stock, text: Is it counted?, expires: 30m, approvers: { users: [U0BENOKAFO] } }
  - { name: count, type: code, code: return 1 }
edges:
  - { from: each day, to: count }
  - { from: shop, to: count }
  - { from: start, to: ask }
output: '"${says}"'
criteria: [{ name: It is counted, why: Nobody knows otherwise., kind: scenarios }]
`
const early = stock({ hour: 6, hook: 'SHOP', says: 'early' })
const late = stock({ hour: 7, hook: 'STORE', says: 'late' })

const nextHour = () => office.bot.schedules.next('stock')?.getUTCHours()

async function knocks(key: string): Promise<number> {
  const body = JSON.stringify({ at: Math.random() })
  const signature = createHmac('sha256', key).update(body).digest('hex')
  const answer = await office.api('/hooks/stock/shop', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Signature-256': `sha256=${signature}`,
    },
    body,
  })
  return answer.status
}

async function activates(words: string, version: number) {
  await office.ana.types(`/workflow activate stock ${words}`)
  await office.ana.sees(new RegExp(`Version ${version} of \\*Stock\\* answers from now on`))
}

test('a draft changes neither the times nor the webhook; its activation does, and so does going back', async () => {
  await office.writeWorkflow('stock', early)
  expect([nextHour(), await knocks(secret), await knocks(`${secret}-too`)]).toEqual([6, 202, 401])

  await office.writeWorkflow('stock', late)
  expect([nextHour(), await knocks(secret), await knocks(`${secret}-too`)]).toEqual([6, 202, 401])

  await office.ana.types('/workflow test stock')
  await office.ana.sees(/version 2.*passes its tests/is)
  await activates('', 2)
  expect([nextHour(), await knocks(secret), await knocks(`${secret}-too`)]).toEqual([7, 401, 202])

  await activates('version=previous', 1)
  expect([nextHour(), await knocks(secret), await knocks(`${secret}-too`)]).toEqual([6, 202, 401])

  await office.restart()
  expect(nextHour()).toBe(6)
})

test('what began on one version ends on it, whatever answers by then', async () => {
  const { body } = await office.api('/api/workflows/stock/executions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  })
  const { executionId: id } = body as { executionId: string }
  const card = await office.ben.sees(/Is it counted\?/)
  await activates('version=2', 2)
  await office.restart()
  await office.ben.presses('Approve', card)
  const ended = await office.bot.engine.result(id)
  expect(ended).toMatchObject({ status: 'succeeded', version: { number: 1 }, output: 'early' })
  expect((await office.api(`/api/executions/${id}`)).body).toMatchObject({
    version: { number: 1 },
    output: 'early',
  })
  await office.api('/api/workflows/stock/executions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  })
  const [newest] = office.bot.engine.running().filter(({ trigger }) => trigger.type === 'manual')
  expect(newest).toMatchObject({ version: { number: 2 } })
})
