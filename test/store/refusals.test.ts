import { expect, test } from 'vitest'
import type { ExecutionStore } from '../../src/engine/ports.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { StoreEvent } from '../../src/store/index.ts'
import { tellingOfRefusals } from '../../src/store/refusals.ts'

test('a full disk is told once, however often it is tried, and so is its end', async () => {
  let full = true
  const events: StoreEvent[] = []
  const store = {
    append: async () => {
      if (full) throw new WorkflowError('store.disk_full', 'The disk is full.')
      return true
    },
  } as Partial<ExecutionStore> as ExecutionStore
  const telling = tellingOfRefusals(store, (event) => events.push(event))
  const write = () => telling.append('x1', { name: 'a', kind: 'step', value: 1 }).catch(() => false)
  expect([await write(), await write()]).toEqual([false, false])
  full = false
  expect([await write(), await write()]).toEqual([true, true])
  expect(events.map(({ event }) => event)).toEqual(['store.disk_full', 'store.writable'])
})
