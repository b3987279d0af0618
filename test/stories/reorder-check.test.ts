import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type FinishedReport, reportSchema } from '../../src/engine/report.ts'
import { buttonsOf, type Office, openOffice, operations, purchasing, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
})
afterAll(() => python.close())

describe('the reorder check, from the command to the purchase order', () => {
  beforeAll(async () => {
    office = await openOffice(python, { workflows: 'workflows' })
  })
  afterAll(() => office.close())

  const orders = () => [...office.bot.services.records.all('purchase_orders')].map((record) => record.value)

  test('Ana runs it and reads the report in the channel where she asked', async () => {
    const delivery = await office.ana.types('/workflow run reorder-check')
    expect(delivery).toMatchObject({ acked: true })
    const report = await office.ana.sees(/Reorder check is done/)
    expect(textOf(report)).toMatch(/find low stock/)
    expect(textOf(report)).toMatch(/report all well.*skipped/s)
    expect(buttonsOf(report).map((button) => button.text?.text)).toEqual([
      'Details',
      'Run again',
      'Save as scenario',
    ])
    expect(office.ana.messages(/Reorder check/)).toHaveLength(1)
  })

  test('the buyers are told, with a table of suppliers and three buttons', async () => {
    const notice = await office.ben.sees(/Reorder: \d+ items are low/, purchasing)
    expect(textOf(notice)).toMatch(/PO-\d{8}-001/)
    expect(textOf(notice)).toContain('Schraubenhandel Köhler GmbH')
    expect(buttonsOf(notice).map((button) => button.text?.text)).toEqual([
      'Open execution',
      'Run again',
      'Acknowledge',
    ])
  })

  test('the purchase orders hold exactly what is below its threshold, in whole packs', async () => {
    const inventory = [...office.bot.services.records.all('inventory')].map((record) => record.value)
    expect(inventory.length).toBeGreaterThanOrEqual(200)
    const comparable = inventory.filter((item) =>
      ['stock', 'threshold', 'supplier', 'pack_size', 'unit_price'].every((field) => item[field] !== null),
    )
    const low = comparable.filter((item) => (item.stock as number) < (item.threshold as number))
    const lines = orders().flatMap((order) => order.lines as { sku: string; quantity: number }[])
    expect(lines.map((line) => line.sku).sort()).toEqual(low.map((item) => item.sku).sort())
    for (const line of lines) {
      const item = low.find((one) => one.sku === line.sku) as {
        pack_size: number
        threshold: number
        stock: number
      }
      const packs = line.quantity / item.pack_size
      expect(Math.abs(packs - Math.round(packs))).toBeLessThan(1e-9)
      expect(item.stock + line.quantity).toBeGreaterThanOrEqual(item.threshold)
    }
    const exact = comparable.filter((item) => item.stock === item.threshold)
    expect(exact.length).toBeGreaterThan(0)
  })

  test('Ben acknowledges; the message says so to everybody, and Chiara who comes later is told privately', async () => {
    const notice = await office.ben.sees(/Reorder: \d+ items are low/, purchasing)
    const [first, second] = await Promise.all([
      office.ben.presses('Acknowledge', notice),
      office.chiara.presses('Acknowledge', notice),
    ])
    expect([first.acked, second.acked]).toEqual([true, true])
    const acknowledged = await office.ana.sees(/Acknowledged by/, purchasing)
    expect(acknowledged.ts).toBe(notice.ts)
    expect(buttonsOf(acknowledged).map((button) => button.text?.text)).not.toContain('Acknowledge')
    const notes = () =>
      [office.ben, office.chiara].flatMap((person) =>
        person
          .messages(/already|acknowledged/i, purchasing)
          .filter((message) => message.ephemeral_for === person.id),
      )
    await office.simulator.control.until(() => notes().length > 0)
    expect(notes()).toHaveLength(1)
  })

  test('Details open in a modal for the person who asked', async () => {
    const report = await office.ana.sees(/Reorder check is done/)
    await office.ana.presses('Details', report)
    expect(await office.ana.seesModal(/find low stock/)).toContain('Overview')
  })

  test('after a restart the records are still there, and a second run orders nothing twice', async () => {
    const before = orders()
    await office.restart()
    expect(orders()).toEqual(before)
    const notice = await office.ben.sees(/Reorder: \d+ items are low/, purchasing)
    await office.ben.presses('Run again', notice)
    await office.ben.sees(/Nothing new to order/, purchasing)
    expect(orders()).toEqual(before)
  })

  test('when nothing is low, one quiet line says so', async () => {
    const { records } = office.bot.services
    const raise = [...records.all('inventory')].map(({ key, rev, value }) => ({
      kind: 'update' as const,
      collection: 'inventory',
      key,
      rev,
      value: { ...value, stock: 1_000_000 },
    }))
    await records.apply('test:full', raise)
    await office.ana.types('/workflow run reorder-check')
    await office.ana.sees(/All well: nothing to order among 2\d\d items/, purchasing)
  })

  test('a program runs it over the API and gets the finished report', async () => {
    const { status, body } = await office.api('/api/workflows/reorder-check/executions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: '{"inputs": {}}',
    })
    expect(status).toBe(200)
    const report = reportSchema.parse(body) as FinishedReport
    expect(report).toMatchObject({ status: 'succeeded', success: true, startedBy: { kind: 'api' } })
    const low = report.nodes.find((node) => node.name === 'find low stock')
    expect(low).toMatchObject({
      printed: [{ stream: 'log', text: expect.stringMatching(/items: 0 are low/) }],
    })
  })

  test('nothing went wrong on the way: no late ack, no refused call', () => {
    expect(office.simulator.control.problems()).toEqual([])
    expect(office.ana.messages(undefined, operations).length).toBeGreaterThan(0)
  })
})
