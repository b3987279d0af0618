// The shipped workflow, run by the engine with real Python on the records and messages of a test.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeAction } from '../../src/actions/code.ts'
import { notifyAction } from '../../src/actions/notify.ts'
import type { Messenger, OutgoingMessage, PythonSandbox } from '../../src/actions/ports.ts'
import { createBuiltinHost } from '../../src/builtins/host.ts'
import { builtinErrors, builtinSpecs } from '../../src/builtins/index.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { Version } from '../../src/definition/schema.ts'
import { deferred } from '../../src/engine/deferred.ts'
import { createLocalEngine } from '../../src/engine/local.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import type { JsonObject } from '../../src/json.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { createPythonSandbox } from '../../src/python/index.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { ana } from '../support/workflow.ts'

let python: PythonSandbox
let cacheDir: string
let version: Version
let inventory: JsonObject[]

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'reorder-check-'))
  python = createPythonSandbox({
    builtins: builtinSpecs,
    errors: builtinErrors,
    cacheDir,
    poolSize: 1,
    log: () => {},
  })
  const { workflows } = await loadWorkflows(new URL('../../workflows', import.meta.url).pathname, nodeKinds())
  const shipped = workflows.find((workflow) => workflow.id === 'reorder-check')
  expect(shipped?.faults).toEqual([])
  if (!shipped?.good) throw new Error('reorder-check does not load')
  version = { number: 1, hash: shipped.good.hash, definition: shipped.good.definition }
  inventory = shipped.good.seeds.find((seed) => seed.collection === 'inventory')?.records ?? []
  await python.ready()
})

afterAll(async () => {
  await python?.close()
  await rm(cacheDir, { recursive: true, force: true })
})

/** A team with this inventory; `run` starts the workflow and waits for its report. */
function team(items: JsonObject[]) {
  const records = new MemoryRecords({
    inventory: { key: 'sku', records: items },
    purchase_orders: { key: 'id', records: [] },
  })
  const clock = new ManualClock()
  const messages: OutgoingMessage[] = []
  const messenger: Messenger = {
    async post(message) {
      messages.push(message)
      return { channel: 'C0PURCHASE', messageId: `${messages.length}` }
    },
  }
  const builtins = createBuiltinHost({ records, clock })
  const actions = [codeAction({ python, records, messenger, builtins }), notifyAction({ messenger })]
  let count = 0
  const unexpected = deferred<never>()
  unexpected.promise.catch(() => {})
  const engine = createLocalEngine({
    store: new MemoryExecutionStore(),
    findReport: async () => undefined,
    once: { get: () => undefined, set: async () => {} },
    clock,
    ids: { execution: () => `${expect.getState().currentTestName} ${++count}` },
    maxBusy: 1,
    action: (type) => actions.find((action) => action.type === type),
    ended: (id) => python.release(id),
    unexpected: (thrown) => unexpected.reject(thrown),
  })
  const run = async (): Promise<FinishedReport> => {
    const trigger = { node: 'start', type: 'manual' }
    const { executionId } = await engine.start({ version, trigger, inputs: {}, startedBy: ana })
    const report = await Promise.race([engine.result(executionId), unexpected.promise])
    expect(report.errors).toEqual([])
    return report
  }
  const orders = () => [...records.all('purchase_orders')].map((record) => record.value)
  return { run, orders, messages }
}

function item(more: JsonObject): JsonObject {
  return {
    sku: 'A-1',
    name: 'Anything',
    supplier: 'Acme',
    unit: 'pcs',
    stock: 10,
    threshold: 5,
    pack_size: 1,
    unit_price: 1,
    currency: 'EUR',
    location: 'A1',
    ...more,
  }
}

function outputOf(report: FinishedReport, name: string): JsonObject {
  const node = report.nodes.find((one) => one.name === name)
  if (node?.status !== 'succeeded') throw new Error(`${name}: ${JSON.stringify(node)}`)
  return node.output as JsonObject
}

describe('the inventory that ships', () => {
  it('has the cases of real life among at least 220 items', () => {
    expect(inventory.length).toBeGreaterThanOrEqual(220)
    const has = (test: (one: JsonObject) => boolean) => inventory.some(test)
    expect(has(({ stock, threshold }) => stock !== null && stock === threshold)).toBe(true)
    expect(has(({ stock }) => stock === 0)).toBe(true)
    expect(has(({ stock }) => Number(stock) < 0)).toBe(true)
    expect(has(({ stock }) => stock !== null && !Number.isInteger(stock))).toBe(true)
    for (const field of ['stock', 'threshold', 'supplier', 'pack_size', 'unit_price', 'location']) {
      expect(
        has((one) => one[field] === null),
        field,
      ).toBe(true)
    }
    expect(has(({ name }) => /\p{Script=Arabic}/u.test(String(name)))).toBe(true)
    expect(has(({ name }) => /\p{Emoji_Presentation}/u.test(String(name)))).toBe(true)
    expect(has(({ name }) => String(name).includes('"'))).toBe(true)
    expect(has(({ name }) => String(name).includes(','))).toBe(true)
  })

  it('is ordered, reported to the buyers, and not ordered again', async () => {
    const { run, orders, messages } = team(inventory)
    const report = await run()
    expect(report.status).toBe('succeeded')
    const low = inventory.filter(
      ({ stock, threshold, supplier, pack_size: pack, unit_price: price }) =>
        stock !== null &&
        threshold !== null &&
        supplier &&
        pack &&
        price &&
        Number(stock) < Number(threshold),
    )
    expect(outputOf(report, 'find low stock').count).toBe(low.length)
    const suppliers = new Set(low.map((one) => one.supplier))
    expect(new Set(orders().map((order) => order.supplier))).toEqual(suppliers)
    expect(orders().map((order) => order.id)).toContain('PO-20260302-001')

    const [message] = messages
    expect(messages).toHaveLength(1)
    expect(message?.to).toBe('#purchasing')
    expect(message?.title).toBe(`Reorder: ${low.length} items are low`)
    expect(message?.table?.rows).toHaveLength(suppliers.size)
    expect(message?.buttons?.map((button) => button.does)).toEqual([
      'open_execution',
      'run_workflow',
      'acknowledge',
    ])

    const again = await run()
    expect(again.status).toBe('succeeded')
    expect(orders()).toHaveLength(suppliers.size)
    expect(messages.at(-1)?.text).toBe(
      `Nothing new to order: all ${low.length} low items are on open purchase orders.`,
    )
  })
})

describe('the reorder check', () => {
  it('says in one line that all is well when nothing is below its threshold, not even an item exactly at it', async () => {
    const { run, orders, messages } = team([item({}), item({ sku: 'A-2', stock: 5, threshold: 5 })])
    const report = await run()
    expect(messages.map((message) => message.text)).toEqual([
      'All well: nothing to order among 2 items (0 need attention).',
    ])
    expect(orders()).toEqual([])
    expect(report.nodes.find((node) => node.name === 'plan orders')?.status).toBe('skipped')
  })

  it('fills up to twice the threshold in whole packs, with exact money, also from a negative stock', async () => {
    const { run, orders } = team([
      item({ sku: 'A-1', stock: -3, threshold: 5, pack_size: 4, unit_price: 0.1 }),
      item({ sku: 'A-2', stock: 12.5, threshold: 50, pack_size: 12.5, unit_price: 1.64 }),
      item({ sku: 'A-3', stock: -1, threshold: 0, pack_size: 25, unit_price: 0.035 }),
    ])
    await run()
    const [order] = orders()
    expect(order?.lines).toMatchObject([
      { sku: 'A-1', packs: 4, quantity: 16, total: '1.60' },
      { sku: 'A-2', packs: 7, quantity: 87.5, total: '143.50' },
      { sku: 'A-3', packs: 1, quantity: 25, total: '0.88' },
    ])
    expect(order).toMatchObject({ supplier: 'Acme', currency: 'EUR', total: '145.98', status: 'open' })
  })

  it('lists what it cannot judge or order as in need of attention, and orders the rest', async () => {
    const { run, orders } = team([
      item({ sku: 'A-1', stock: 1 }),
      item({ sku: 'A-2', stock: null }),
      item({ sku: 'A-3', threshold: null, stock: null }),
      item({ sku: 'A-4', stock: 0, supplier: null }),
      { sku: 'A-5', stock: 0, threshold: 3 },
      item({ sku: 'A-6', stock: 8, supplier: null }),
    ])
    const report = await run()
    expect(report.status).toBe('succeeded')
    expect(outputOf(report, 'find low stock').needs_attention).toMatchObject([
      { sku: 'A-2', why: 'no stock' },
      { sku: 'A-3', why: 'no stock and no threshold' },
      { sku: 'A-4', why: 'no supplier' },
      { sku: 'A-5', why: 'no supplier and no pack_size and no unit_price' },
    ])
    expect(orders()).toHaveLength(1)
  })

  it('writes one order for each supplier and currency, the largest first', async () => {
    const { run, orders } = team([
      item({ sku: 'A-1', stock: 1, unit_price: 2 }),
      item({ sku: 'A-2', stock: 1, currency: 'USD', unit_price: 30 }),
      item({ sku: 'B-1', stock: 1, supplier: 'Müller & Söhne', unit_price: 9 }),
    ])
    await run()
    expect(orders()).toMatchObject([
      { id: 'PO-20260302-001', supplier: 'Acme', currency: 'USD', total: '270.00' },
      { id: 'PO-20260302-002', supplier: 'Müller & Söhne', currency: 'EUR', total: '81.00' },
      { id: 'PO-20260302-003', supplier: 'Acme', currency: 'EUR', total: '18.00' },
    ])
  })
})
