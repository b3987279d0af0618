// Who runs and who waits, by looking at the engine from outside; and the bookkeeping itself where only numbers matter.
import { describe, expect, test } from 'vitest'
import type { Concurrency, Version } from '../../src/definition/schema.ts'
import { Admission, type Applicant } from '../../src/engine/admission.ts'
import { settled } from '../support/clock.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { ana, edge, engineOf, workflow } from '../support/workflow.ts'

const hang = () => new Promise<never>(() => undefined)

function limited(concurrency: Partial<Concurrency> = {}, id = 'sample'): Version {
  const version = workflow(['a'], [edge('start -> a')], {
    settings: { concurrency: { limit: 1, policy: 'queue', ...concurrency } },
  })
  version.definition.metadata.id = id
  return version
}

/** An engine whose executions run until they are told to end. */
function gated(options: Parameters<typeof engineOf>[1] = {}) {
  const gates = new Map<string, () => void>()
  const made = engineOf(
    {
      a: async (context) => {
        await context.step(
          'gate',
          () => new Promise<null>((open) => gates.set(context.execution.id, () => open(null))),
        )
        return { output: null }
      },
    },
    options,
  )
  const end = async (id: string) => {
    gates.get(id)?.()
    await made.engine.result(id)
    await settled()
  }
  const statuses = () => made.engine.running().map((report) => `${report.id} ${report.status}`)
  return { ...made, end, statuses }
}

describe('a limit on the executions of a workflow', () => {
  test('lets what comes too many wait, in the order of arrival', async () => {
    const { start, end, statuses } = gated()
    for (let count = 0; count < 3; count++) await start(limited())
    await settled()
    expect(statuses()).toEqual(['x1 running', 'x2 queued', 'x3 queued'])
    await end('x1')
    expect(statuses()).toEqual(['x2 running', 'x3 queued'])
    await end('x2')
    expect(statuses()).toEqual(['x3 running'])
  })

  test('holds for each value of the key apart', async () => {
    const { start, statuses } = gated()
    const version = limited({ key: 'inputs.supplier' })
    for (const supplier of ['Acme', 'Bolt', 'Acme']) await start(version, { inputs: { supplier } })
    await settled()
    expect(statuses()).toEqual(['x1 running', 'x2 running', 'x3 queued'])
  })

  test('refuses with who has the place, where told to reject', async () => {
    const { start } = gated()
    await start(limited({ policy: 'reject' }))
    await expect(start(limited({ policy: 'reject' }))).rejects.toMatchObject({
      code: 'workflow.busy',
      message: expect.stringContaining('x1'),
    })
  })

  test('is held although starts come at the same moment', async () => {
    const { start, statuses } = gated()
    await Promise.all([1, 2, 3].map(() => start(limited())))
    await settled()
    expect(statuses()).toEqual(['x1 running', 'x2 queued', 'x3 queued'])
  })

  test('does not count a start that could not be written', async () => {
    const store = new MemoryExecutionStore()
    const { start, statuses } = gated({ store })
    const create = store.create.bind(store)
    store.create = () => Promise.reject(new Error('no room'))
    await expect(start(limited())).rejects.toThrow('no room')
    store.create = create
    await start(limited())
    await settled()
    expect(statuses()).toEqual(['x2 running'])
  })

  test('gives the place of a cancelled execution to the next, and lets one that waits be cancelled', async () => {
    const { start, engine, statuses } = gated()
    for (let count = 0; count < 3; count++) await start(limited())
    await settled()
    expect(await engine.cancel('x2', ana)).toBe(true)
    expect(await engine.result('x2')).toMatchObject({
      status: 'cancelled',
      nodes: [{ status: 'skipped' }, { status: 'skipped' }],
    })
    await engine.cancel('x1', ana)
    await settled()
    expect(statuses()).toEqual(['x3 running'])
  })
})

describe('cancel_previous', () => {
  const version = limited({ policy: 'cancel_previous' })

  test('stops the earlier execution, and says for whom', async () => {
    const { start, engine, statuses } = gated()
    await start(version)
    await start(version)
    expect(await engine.result('x1')).toMatchObject({ status: 'cancelled', reason: 'replaced by x2' })
    await settled()
    expect(statuses()).toEqual(['x2 running'])
  })

  test('leaves the last of several that come at the same moment', async () => {
    const { start, engine, statuses } = gated()
    await Promise.all([1, 2, 3, 4].map(() => start(version)))
    await settled()
    expect(statuses()).toEqual(['x4 running'])
    for (const id of ['x1', 'x2', 'x3'])
      expect(await engine.result(id)).toMatchObject({ status: 'cancelled' })
  })

  test('replaces one that still waits for a place', async () => {
    const { start, end, engine, statuses } = gated({ maxBusy: 1 })
    await start(limited({}, 'other'))
    await start(version)
    await start(version)
    expect(await engine.result('x2')).toMatchObject({ status: 'cancelled' })
    await settled()
    expect(statuses()).toEqual(['x1 running', 'x3 queued'])
    await end('x1')
    expect(statuses()).toEqual(['x3 running'])
  })
})

describe('the limit for all', () => {
  test('lets the workflow with the least running go first, so that a busy one starves nobody', async () => {
    const { start, end, statuses } = gated({ maxBusy: 2 })
    const [busy, rare] = [limited({ limit: 100 }, 'busy'), limited({ limit: 100 }, 'rare')]
    for (const version of [busy, busy, busy, busy, rare]) await start(version)
    await settled()
    expect(statuses()).toEqual(['x1 running', 'x2 running', 'x3 queued', 'x4 queued', 'x5 queued'])
    await end('x1')
    expect(statuses()).toEqual(['x2 running', 'x3 queued', 'x4 queued', 'x5 running'])
  })

  test('does not count executions that wait for people or time', async () => {
    const { start, engine, clock } = engineOf(
      {
        a: async (context) => {
          context.waiting({ kind: 'time', until: new Date(clock.now() + 60_000).toISOString() })
          await context.sleep('pause', 60_000)
          return { output: null }
        },
      },
      { maxBusy: 1 },
    )
    const version = workflow(['a'], [edge('start -> a')])
    await start(version)
    await start(version)
    await settled()
    expect(engine.running().map((report) => report.status)).toEqual(['waiting', 'waiting'])
  })

  test('does not count a list whose items all wait', async () => {
    const { start, engine } = engineOf(
      {
        a: async (context) => {
          context.waiting({ kind: 'execution', executionId: `child ${context.each?.index}` })
          await context.promise('answer')
          context.waiting(null)
          return { output: null }
        },
      },
      { maxBusy: 1 },
    )
    const for_each = { items: 'inputs.list', at_once: 2, on_error: 'stop' } as const
    const list = workflow([{ name: 'a', for_each }], [edge('start -> a')])
    await start(list, { inputs: { list: [1, 2, 3] } })
    await start(workflow(['b'], [edge('start -> b')]))
    expect(await engine.result('x2')).toMatchObject({ status: 'succeeded' })
    // People are shown one wait after the other.
    expect(engine.info('x1')).toMatchObject({ waitingFor: { executionId: 'child 0' } })
    await engine.signal('x1', 'a[0]/answer', null)
    await settled()
    expect(engine.info('x1')).toMatchObject({ waitingFor: { executionId: 'child 1' } })
    for (const index of [1, 2]) await engine.signal('x1', `a[${index}]/answer`, null)
    expect(await engine.result('x1')).toMatchObject({ status: 'succeeded' })
  })
})

describe('after a restart', () => {
  test('those that had begun have their places, and those that waited wait on in their order', async () => {
    const store = new MemoryExecutionStore()
    const first = gated({ store })
    for (let count = 0; count < 3; count++) await first.start(limited())
    await settled()
    const second = gated({ store: copyOf(store) })
    await second.engine.resume()
    await settled()
    expect(second.statuses()).toEqual(['x1 running', 'x2 queued', 'x3 queued'])
    await second.end('x1')
    await second.end('x2')
    await second.end('x3')
    expect(second.statuses()).toEqual([])
  })

  test('a replacement that was written before its predecessor was cancelled still replaces it', async () => {
    const version = limited({ policy: 'cancel_previous' })
    const store = new MemoryExecutionStore()
    const first = gated({ store })
    await first.start(version)
    await settled()
    store.append = () => new Promise(() => undefined)
    first.start(version)
    await settled()
    const second = gated({ store: copyOf(store) })
    await second.engine.resume()
    expect(await second.engine.result('x1')).toMatchObject({ status: 'cancelled', reason: 'replaced by x2' })
    await settled()
    expect(second.statuses()).toEqual(['x2 running'])
  })
})

test('closing lets go of those who wait for an execution that never began', async () => {
  const { start, engine } = engineOf({ a: hang })
  await start(limited())
  await start(limited())
  const result = engine.result('x2')
  await engine.close()
  await expect(result).rejects.toThrow('closing')
})

test('the bookkeeping does not slow down with the length of the queue', () => {
  const applicant = (id: string): Applicant => ({ id, workflowId: 'w', key: '', concurrency: undefined })
  const admission = new Admission(1)
  const all = Array.from({ length: 20_000 }, (_, index) => applicant(`x${index}`))
  for (const one of all) {
    if (admission.judge(one).go === 'run') admission.admit(one)
    else admission.enqueue(one)
  }
  // Quadratic bookkeeping would take minutes here, beyond the time that a test may take.
  const order = all.map((one) => admission.release(one).map((next) => next.id))
  expect(order.flat()).toEqual(all.slice(1).map((one) => one.id))
})

function copyOf(store: MemoryExecutionStore): MemoryExecutionStore {
  const copy = new MemoryExecutionStore()
  copy.inherit(store)
  return copy
}
