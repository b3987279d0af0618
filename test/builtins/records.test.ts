import { describe, expect, test } from 'vitest'
import { createBuiltinHost } from '../../src/builtins/host.ts'
import type { JsonObject } from '../../src/json.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { ana } from '../support/workflow.ts'

const stock = () =>
  new MemoryRecords({
    inventory: {
      key: 'sku',
      records: [
        { sku: 'A-1', name: 'Überseekiste', stock: 4, threshold: 10 },
        { sku: 'A-2', name: 'صندوق', stock: 10, threshold: 10 },
        { sku: 'A-3', name: 'Rope', stock: null, threshold: 5 },
        { sku: 'A-4', name: 'rope, thin', stock: -2.5, threshold: 1 },
      ],
    },
  })

function open(records = stock()) {
  const host = createBuiltinHost({ records, clock: new ManualClock() })
  const printed: string[] = []
  const call = host.open({
    key: 'x1/node/run',
    node: 'node',
    execution: { id: 'x1', workflow: { id: 'sample', name: 'Sample' }, startedBy: ana },
    print: ({ text }) => printed.push(text),
  })
  const query = async (args: JsonObject) =>
    (await call.call('records.query', {
      collection: 'inventory',
      where: null,
      order_by: null,
      limit: null,
      ...args,
    })) as JsonObject[]
  return {
    call,
    records,
    query,
    printed,
    skus: async (args: JsonObject) => (await query(args)).map((one) => one.sku),
  }
}

describe('records.query', () => {
  test.each([
    [{ stock: 4 }, ['A-1']],
    [{ stock: null }, ['A-3']],
    [{ stock: { lt: 5 } }, ['A-1', 'A-4']],
    [{ stock: { gte: -2.5, lt: 10 } }, ['A-1', 'A-4']],
    [{ stock: { is_null: false } }, ['A-1', 'A-2', 'A-4']],
    [{ name: { contains: 'ROPE' } }, ['A-3', 'A-4']],
    [{ sku: { in: ['A-1', 'A-4', 'Z-9'] } }, ['A-1', 'A-4']],
    [{ sku: { not_in: ['A-1', 'A-4'] } }, ['A-2', 'A-3']],
    [{ stock: { lt: '5' } }, []],
    [{ nothing: null }, ['A-1', 'A-2', 'A-3', 'A-4']],
  ])('where %j selects %j', async (where, expected) => {
    expect(await open().skus({ where })).toEqual(expected)
  })

  test('orders by a field, with missing values last', async () => {
    expect(await open().skus({ order_by: 'stock' })).toEqual(['A-4', 'A-1', 'A-2', 'A-3'])
    expect(await open().skus({ order_by: '-stock', limit: 2 })).toEqual(['A-3', 'A-2'])
  })

  test('an unknown collection is empty', async () => {
    expect(await open().query({ collection: 'nothing_here' })).toEqual([])
  })

  test.each([
    [{ where: { stock: { below: 5 } } }, 'where.stock'],
    [{ where: 'stock < 5' }, 'where'],
    [{ collection: '../etc' }, 'collection'],
    [{ limit: -1 }, 'limit'],
  ])('arguments that do not fit are refused by name: %j', async (args, named) => {
    await expect(open().query(args)).rejects.toMatchObject({
      code: 'builtin.invalid_argument',
      message: expect.stringContaining(named),
    })
  })
})

describe('changes', () => {
  test('are seen by the run itself at once, and by nobody else before they are applied', async () => {
    const { call, records, skus } = open()
    await call.call('records.update', { collection: 'inventory', key: 'A-1', changes: { stock: 100 } })
    await call.call('records.insert', { collection: 'inventory', record: { sku: 'A-5', stock: 1 } })
    await call.call('records.delete', { collection: 'inventory', key: 'A-2' })
    expect(await skus({ where: { stock: { gt: 0 } } })).toEqual(['A-1', 'A-5'])
    expect(records.get('inventory', 'A-1')?.value.stock).toBe(4)
    await records.apply('k', call.writes())
    expect([...records.all('inventory')].map(({ key }) => key)).toEqual(['A-1', 'A-3', 'A-4', 'A-5'])
    expect(records.get('inventory', 'A-1')?.value).toEqual({
      sku: 'A-1',
      name: 'Überseekiste',
      stock: 100,
      threshold: 10,
    })
  })

  test('a change of what somebody else changed meanwhile is refused, not overwritten', async () => {
    const { call, records } = open()
    await call.call('records.update', { collection: 'inventory', key: 'A-1', changes: { stock: 3 } })
    const other = records.get('inventory', 'A-1')
    await records.apply('other', [
      {
        kind: 'update',
        collection: 'inventory',
        key: 'A-1',
        rev: other?.rev ?? 0,
        value: { sku: 'A-1', stock: 50 },
      },
    ])
    await expect(records.apply('mine', call.writes())).rejects.toMatchObject({ code: 'records.conflict' })
    expect(records.get('inventory', 'A-1')?.value.stock).toBe(50)
  })

  test('what was inserted and deleted again leaves nothing to write', async () => {
    const { call } = open()
    await call.call('records.insert', { collection: 'inventory', record: { sku: 'A-9' } })
    await call.call('records.delete', { collection: 'inventory', key: 'A-9' })
    expect(call.writes()).toEqual([])
  })

  test.each([
    ['records.insert', { record: { sku: 'A-1' } }, 'records.exists'],
    ['records.insert', { record: { name: 'no key' } }, 'records.no_key'],
    ['records.insert', { record: { sku: { nested: true } } }, 'records.no_key'],
    ['records.update', { key: 'Z-9', changes: {} }, 'records.not_found'],
    ['records.update', { key: 'A-1', changes: { sku: 'B-1' } }, 'records.no_key'],
  ])('%s with %j is refused as %s', async (name, args, code) => {
    await expect(open().call.call(name, { collection: 'inventory', ...args })).rejects.toMatchObject({ code })
  })
})

describe('other built-ins', () => {
  test('notify keeps the message until the code has succeeded', async () => {
    const { call } = open()
    await call.call('notify', { to: '#purchasing', text: 'low', title: null })
    expect(call.messages()).toEqual([
      {
        to: '#purchasing',
        text: 'low',
        origin: { executionId: 'x1', workflowId: 'sample', workflowName: 'Sample', node: 'node' },
      },
    ])
  })

  test('a task is a record and a message with a Done button', async () => {
    const { call } = open()
    const task = (await call.call('tasks.create', {
      title: 'Call the supplier',
      assignee: '@ben',
      due: '2026-03-05T00:00:00+00:00',
      channel: '#purchasing',
      details: null,
    })) as JsonObject
    expect(call.writes()).toEqual([{ kind: 'insert', collection: 'tasks', key: task.id, value: task }])
    expect(task).toMatchObject({ status: 'open', due: '2026-03-05', assignee: '@ben', execution: 'x1' })
    expect(call.messages()[0]).toMatchObject({
      to: '#purchasing',
      buttons: [{ label: 'Done', does: 'complete_task', taskId: task.id }],
    })
  })

  test('a repeated run makes the same task, so that a crash makes no second one', async () => {
    const make = async () =>
      open().call.call('tasks.create', {
        title: 'x',
        assignee: null,
        due: null,
        channel: null,
        details: null,
      })
    expect(await make()).toEqual(await make())
  })

  test('now is the time of the bot, and an unknown built-in is refused', async () => {
    expect(await open().call.call('now', {})).toBe('2026-03-02T08:00:00.000Z')
    await expect(open().call.call('os.system', {})).rejects.toMatchObject({ code: 'builtin.unknown' })
    await expect(open().call.call('__proto__', {})).rejects.toMatchObject({ code: 'builtin.unknown' })
  })
})
