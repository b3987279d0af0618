// Waits: how long, until when, and over a restart.
import { describe, expect, test } from 'vitest'
import { waitAction } from '../../src/actions/wait.ts'
import type { WorkflowNode } from '../../src/definition/schema.ts'
import { ManualClock, settled } from '../support/clock.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { edge, engineOf, workflow } from '../support/workflow.ts'

// It is 08:00 UTC on 2 March 2026 by the clock of these tests.
function waiting(fields: object, { store = new MemoryExecutionStore(), clock = new ManualClock() } = {}) {
  const action = waitAction({ clock })
  const version = workflow([{ name: 'pause', ...fields }], [edge('start -> pause')], {
    settings: { timeout: '400d' },
  })
  const made = engineOf({ pause: (context, node) => action.run(node, context) }, { store, clock })
  return { ...made, begin: (inputs = {}) => made.start(version, { inputs }) }
}

describe('a wait', () => {
  test('lasts as long as it says, and tells until when', async () => {
    const { begin, engine, clock } = waiting({ for: '90s' })
    await begin()
    await settled()
    expect(engine.info('x1')).toMatchObject({
      status: 'waiting',
      waitingFor: { kind: 'time', until: '2026-03-02T08:01:30.000Z' },
    })
    await clock.advance(89_999)
    expect(engine.info('x1')).toBeDefined()
    await clock.advance(1)
    expect(await engine.result('x1')).toMatchObject({
      nodes: [{}, { output: { until: '2026-03-02T08:01:30.000Z', woke: '2026-03-02T08:01:30.000Z' } }],
    })
  })

  test.each([
    ['a moment of an input', '{{ inputs.at }}', '2026-03-02T10:00:00+01:00', 3_600_000],
    ['a date, from its first moment in UTC', '2026-03-03', null, 16 * 3_600_000],
    ['a moment that is over, not at all', '2026-03-01T09:00:00Z', null, 0],
  ])('goes on until %s', async (_, until, at, ms) => {
    const { begin, engine, clock } = waiting({ until })
    await begin({ at })
    if (ms > 0) {
      await clock.advance(ms - 1)
      expect(engine.info('x1')).toBeDefined()
      await clock.advance(1)
    }
    expect(await engine.result('x1')).toMatchObject({ status: 'succeeded' })
  })

  test('ends on time although the bot was away when it was over', async () => {
    const store = new MemoryExecutionStore()
    const first = waiting({ for: '1h' }, { store })
    await first.begin()
    await settled()
    await first.engine.close()
    const clock = new ManualClock(first.clock.now() + 7_200_000)
    const second = waiting({ for: '1h' }, { store, clock })
    await second.engine.resume()
    expect(await second.engine.result('x1')).toMatchObject({
      nodes: [{}, { output: { until: '2026-03-02T09:00:00.000Z', woke: '2026-03-02T10:00:00.000Z' } }],
    })
  })

  test.each([
    ['tomorrow', 'wait.not_a_time'],
    ['2026-03-02T09:00:00', 'wait.not_a_time'],
    ['2126-03-02T09:00:00Z', 'wait.too_long'],
  ])('until "%s" fails: %s', async (until, code) => {
    const { begin, engine } = waiting({ until })
    await begin()
    expect((await engine.result('x1')).errors[0]).toMatchObject({ code })
  })
})

describe('a file', () => {
  const { check } = waitAction({ clock: new ManualClock() })
  const faultsOf = (fields: object, timeout = '1h') => {
    const { definition } = workflow([{ name: 'pause', ...fields }], [], { settings: { timeout } })
    const node = { name: 'pause', type: 'wait', ...fields } as WorkflowNode
    return check?.(node, definition).map((fault) => fault.code)
  }

  test.each([
    [{}, ['workflow.wait_unclear']],
    [{ for: '1m', until: '2026-03-03' }, ['workflow.wait_unclear']],
    [{ for: '2h' }, ['workflow.timeout_too_short']],
    [{ for: '1m', timeout: '5m' }, ['workflow.timeout_on_wait']],
    [{ for: '1h' }, []],
    [{ until: '2026-03-03' }, []],
  ])('with %o has the faults %o', (fields, codes) => {
    expect(faultsOf(fields)).toEqual(codes)
  })
})
