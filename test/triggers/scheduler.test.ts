// The clock starts workflows: each time once, also over restarts, clock changes, edits and refusals.
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Version } from '../../src/definition/schema.ts'
import type { StartRequest } from '../../src/engine/ports.ts'
import { WorkflowError } from '../../src/errors.ts'
import { createScheduler, type ScheduleMark, type UnkeptTime } from '../../src/triggers/scheduler.ts'
import { ManualClock, settled } from '../support/clock.ts'
import { edge, workflow } from '../support/workflow.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

function scheduled(
  id: string,
  more: {
    cron: string
    timezone?: string
    catch_up?: string
    inputs?: object
    declared?: object
    name?: string
  },
): Version {
  const { declared, name = 'mornings', ...fields } = more
  const version = workflow(
    [{ name, type: 'schedule', timezone: 'UTC', catch_up: 'skip', inputs: {}, ...fields }, 'work'],
    [edge('start -> work'), edge(`${name} -> work`)],
  )
  version.definition.metadata = { ...version.definition.metadata, id }
  if (declared) version.definition.nodes[0] = { name: 'start', type: 'manual', inputs: declared }
  return version
}

/** A bot as far as schedules see it. What survives a restart (marks, keys of starts) may be handed to the next. */
function bot(
  versions: Version[],
  options: {
    clock?: ManualClock
    marks?: Map<string, ScheduleMark>
    keys?: Set<string>
    refuse?: (request: StartRequest) => Error | undefined
  } = {},
) {
  const { clock = new ManualClock(), marks = new Map(), keys = new Set() } = options
  const starts: { at: string; request: StartRequest }[] = []
  const unkept: UnkeptTime[] = []
  const unexpected: unknown[] = []
  const scheduler = createScheduler({
    clock,
    versions: () => versions,
    async start(request) {
      const refusal = options.refuse?.(request)
      if (refusal) throw refusal
      const key = request.once?.key ?? ''
      const started = !keys.has(key)
      keys.add(key)
      if (started) starts.push({ at: new Date(clock.now()).toISOString().slice(0, 16), request })
      return { executionId: `x${keys.size}`, started }
    },
    records: { get: () => ({}) },
    marks: {
      get: (key) => marks.get(key),
      set: async (key, mark) => void marks.set(key, mark),
    },
    unkept: async (time) => void unkept.push(time),
    unexpected: (thrown) => unexpected.push(thrown),
  })
  onTestFinished(() => scheduler.close())
  scheduler.start()
  return {
    clock,
    marks,
    keys,
    starts,
    unkept,
    unexpected,
    scheduler,
    times: () => starts.map(({ at }) => at),
  }
}

// The clock of tests begins on Monday 2 March 2026 at 8:00 UTC.
describe('a schedule', () => {
  it('starts its workflow when its time comes, as the schedule, with a key of its own for each time', async () => {
    const { clock, starts, scheduler } = bot([scheduled('digest', { cron: '0 7 * * 1-5' })])
    await clock.advance(23 * hour - 1)
    expect(starts).toEqual([])
    await clock.advance(1)
    expect(starts).toMatchObject([
      {
        at: '2026-03-03T07:00',
        request: {
          trigger: { node: 'mornings', type: 'schedule' },
          startedBy: { kind: 'schedule', id: 'digest:mornings', name: 'mornings' },
          inputs: {},
          once: { key: 'schedule:digest:mornings:2026-03-03T07:00Z' },
        },
      },
    ])
    expect(scheduler.next('digest')).toEqual(new Date('2026-03-04T07:00:00Z'))
    await clock.advance(6 * day)
    expect(starts).toHaveLength(5)
  })

  it('fills in the defaults of what the manual trigger asks for', async () => {
    const declared = { limit: { type: 'integer', default: 5 }, note: { type: 'string' } }
    const { clock, starts } = bot([
      scheduled('digest', { cron: '0 9 * * *', inputs: { note: 'hi' }, declared }),
    ])
    await clock.advance(hour)
    expect(starts[0]?.request.inputs).toEqual({ limit: 5, note: 'hi' })
  })

  it('keeps to the clock on the wall over both clock changes', async () => {
    const clock = new ManualClock(Date.parse('2026-03-27T12:00:00Z'))
    const berlin = { cron: '30 2 * * *', timezone: 'Europe/Berlin' }
    const spring = bot([scheduled('night', berlin)], { clock })
    await clock.advance(3 * day)
    expect(spring.times()).toEqual(['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'])

    const autumnClock = new ManualClock(Date.parse('2026-10-24T12:00:00Z'))
    const autumn = bot([scheduled('night', berlin)], { clock: autumnClock })
    await autumnClock.advance(2 * day)
    expect(autumn.times()).toEqual(['2026-10-25T00:30', '2026-10-26T01:30'])
  })

  it('is told of with its next time, the soonest first', () => {
    const { scheduler } = bot([
      scheduled('digest', { cron: '0 7 * * *' }),
      scheduled('often', { cron: '*/5 * * * *' }),
      scheduled('never', { cron: '0 0 31 2 *' }),
    ])
    expect(scheduler.list().map(({ workflowId, next }) => [workflowId, next.toISOString()])).toEqual([
      ['often', '2026-03-02T08:05:00.000Z'],
      ['digest', '2026-03-03T07:00:00.000Z'],
    ])
    expect(scheduler.next('other')).toBeUndefined()
  })

  it('has no time in the past when it is new', async () => {
    const { clock, starts, unkept } = bot([scheduled('digest', { cron: '0 7 * * *', catch_up: 'latest' })])
    await clock.advance(minute)
    expect(starts).toEqual([])
    expect(unkept).toEqual([])
  })
})

describe('after a restart', () => {
  const digest = (catch_up: string) => scheduled('digest', { cron: '0 7 * * *', catch_up })

  it('a time that was started already is not started again, even when the memory of it was lost', async () => {
    const first = bot([digest('latest')])
    await first.clock.advance(23 * hour)
    await first.scheduler.close()
    expect(first.marks.get('digest:mornings')?.upTo).toBe('2026-03-03T07:00:00.000Z')
    const marks = new Map<string, ScheduleMark>()
    marks.set('digest:mornings', { cron: '0 7 * * *', timezone: 'UTC', upTo: '2026-03-02T07:00:00.000Z' })
    const second = bot([digest('latest')], { clock: first.clock, keys: first.keys, marks })
    await second.clock.advance(minute)
    expect(first.times()).toEqual(['2026-03-03T07:00'])
    expect(second.times()).toEqual([])
  })

  it('missed times are let go and told of, or the last of them is caught up with', async () => {
    for (const [catchUp, times, missed] of [
      ['skip', [], ['2026-03-05T07:00:00.000Z']],
      ['latest', ['2026-03-05T09:00'], []],
    ] as const) {
      const first = bot([digest(catchUp)])
      await settled()
      await first.scheduler.close()
      await first.clock.advance(3 * day + hour)
      const second = bot([digest(catchUp)], first)
      await settled()
      expect(second.times()).toEqual(times)
      expect(second.unkept.map(({ at }) => at)).toEqual(missed)
      for (const { error } of second.unkept) expect(error).toBeUndefined()
      await second.clock.advance(22 * hour)
      expect(second.times().at(-1)).toBe('2026-03-06T07:00')
      await second.scheduler.close()
      const third = bot([digest(catchUp)], second)
      await settled()
      expect(third.starts).toEqual([])
      expect(third.unkept).toEqual([])
    }
  })

  it('of less than two minutes nothing is missed', async () => {
    const first = bot([digest('skip')])
    await first.clock.advance(23 * hour - minute)
    await first.scheduler.close()
    await first.clock.advance(2 * minute)
    const second = bot([digest('skip')], first)
    await settled()
    expect(second.times()).toEqual(['2026-03-03T07:01'])
    expect(second.starts[0]?.request.once?.key).toContain('2026-03-03T07:00Z')
  })

  it('with other times in the file the past of the old ones does not count', async () => {
    const first = bot([digest('latest')])
    await settled()
    await first.scheduler.close()
    await first.clock.advance(2 * day)
    const second = bot([scheduled('digest', { cron: '0 6 * * *', catch_up: 'latest' })], first)
    await settled()
    expect(second.starts).toEqual([])
    expect(second.scheduler.next('digest')).toEqual(new Date('2026-03-05T06:00:00Z'))
  })
})

describe('two processes', () => {
  it('that share what is durable start a time once', async () => {
    const versions = [scheduled('digest', { cron: '0 9 * * *' })]
    const one = bot(versions)
    const other = bot(versions, one)
    await one.clock.advance(2 * hour)
    expect(one.starts.length + other.starts.length).toBe(1)
  })
})

describe('an edit', () => {
  it('brings new times into force at once, and takes old ones away', async () => {
    const versions = [scheduled('digest', { cron: '0 9 * * *' })]
    const { clock, times, scheduler } = bot(versions)
    await settled()
    versions[0] = scheduled('digest', { cron: '30 8 * * *' })
    scheduler.refresh()
    await clock.advance(2 * hour)
    expect(times()).toEqual(['2026-03-02T08:30'])
    versions.pop()
    scheduler.refresh()
    await clock.advance(3 * day)
    expect(times()).toHaveLength(1)
    expect(scheduler.list()).toEqual([])
  })

  it('in the middle of a start does not ask for the same time twice', async () => {
    const versions = [scheduled('digest', { cron: '0 9 * * *' })]
    let asked = 0
    const refuse = () => {
      asked++
      versions[0] = { ...scheduled('digest', { cron: '0 9 * * *' }), number: asked + 1 }
      one.scheduler.refresh()
      return undefined
    }
    const one = bot(versions, { refuse })
    await one.clock.advance(hour + minute)
    expect(asked).toBe(1)
    expect(one.scheduler.next('digest')).toEqual(new Date('2026-03-03T09:00:00Z'))
  })

  it('that leaves the times alone changes nothing but the version that is started', async () => {
    const versions = [scheduled('digest', { cron: '0 9 * * *' })]
    const { clock, starts, scheduler } = bot(versions)
    await clock.advance(hour)
    versions[0] = { ...scheduled('digest', { cron: '0 9 * * *' }), number: 2 }
    scheduler.refresh()
    await clock.advance(day)
    expect(starts.map(({ request }) => request.version.number)).toEqual([1, 2])
  })
})

describe('a refusal', () => {
  it('is told of with its reason, and the next time is tried as ever', async () => {
    let locked = true
    const refuse = () => (locked ? new WorkflowError('workflow.locked', 'It is locked by Ana.') : undefined)
    const { clock, times, unkept, unexpected } = bot([scheduled('digest', { cron: '0 9 * * *' })], { refuse })
    await clock.advance(2 * hour)
    expect(unkept).toEqual([
      {
        workflowId: 'digest',
        node: 'mornings',
        at: '2026-03-02T09:00:00.000Z',
        actor: { kind: 'schedule', id: 'digest:mornings', name: 'mornings' },
        error: { code: 'workflow.locked', message: 'It is locked by Ana.' },
      },
    ])
    locked = false
    await clock.advance(day)
    expect(times()).toEqual(['2026-03-03T09:00'])
    expect(unexpected).toEqual([])
  })

  it('for want of disk space is tried again in a moment', async () => {
    let full = true
    const refuse = () => (full ? new WorkflowError('store.disk_full', 'The disk is full.') : undefined)
    const { clock, times } = bot([scheduled('digest', { cron: '0 9 * * *' })], { refuse })
    await clock.advance(hour + 20_000)
    full = false
    await clock.advance(30_000)
    expect(times()).toEqual(['2026-03-02T09:00'])
  })

  it('because the bot closes leaves the time to the next process', async () => {
    const refuse = () => new WorkflowError('engine.closing', 'The bot is closing.')
    const first = bot([scheduled('digest', { cron: '0 9 * * *' })], { refuse })
    await first.clock.advance(hour)
    await first.scheduler.close()
    const { clock, keys, marks } = first
    const second = bot([scheduled('digest', { cron: '0 9 * * *' })], { clock, keys, marks })
    await settled()
    expect(second.times()).toEqual(['2026-03-02T09:00'])
    expect(first.unkept).toEqual([])
  })

  it('for a reason that nobody foresaw is reported as our mistake, and other schedules go on', async () => {
    const refuse = ({ version }: StartRequest) =>
      version.definition.metadata.id === 'bad' ? new TypeError('oops') : undefined
    const { clock, starts, unexpected } = bot(
      [scheduled('bad', { cron: '0 9 * * *' }), scheduled('good', { cron: '0 9 * * *' })],
      { refuse },
    )
    await clock.advance(hour)
    expect(unexpected).toHaveLength(1)
    expect(starts.map(({ request }) => request.version.definition.metadata.id)).toEqual(['good'])
  })
})
