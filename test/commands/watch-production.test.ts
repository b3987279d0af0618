// Criteria that watch production: what counts as no longer met, who is told and how often, and how a workflow that
// deactivated itself comes back.
import { describe, expect, it } from 'vitest'
import { createActivation } from '../../src/commands/activation.ts'
import { deactivationOf } from '../../src/commands/deactivation.ts'
import { startExecution } from '../../src/commands/start.ts'
import { createProductionWatch, crossing, type Ended, judge } from '../../src/commands/watch-production.ts'
import { criterionSchema, isWatched, type WatchedCriterion } from '../../src/definition/criteria.ts'
import { WorkflowError } from '../../src/errors.ts'
import { settled } from '../support/clock.ts'
import { ana, ben, chiara, openOffice, versionOf } from './office.ts'

const about = { name: 'Orders go out', why: 'Customers wait.' }

function criterion(fields: object): WatchedCriterion {
  const parsed = criterionSchema.parse({ ...about, ...fields })
  if (!isWatched(parsed)) throw new Error('it is not watched')
  return parsed
}

const rate = (watch: object = {}, at_least = 0.5) =>
  criterion({ kind: 'success_rate', at_least, watch: { last: 4, ...watch } })

/** Written oldest first, a letter for each: `s`ucceeded, `w`arning, `f`ailed, `t`imed out. */
const ended = (letters: string, codes: string[] = []): Ended[] =>
  [...letters]
    .map((letter, index) => ({
      id: `x${index}`,
      status: ({ s: 'succeeded', w: 'warning', f: 'failed', t: 'timed_out' } as const)[letter] ?? 'failed',
      errors: letter === 's' ? [] : codes.map((code) => ({ code })),
    }))
    .reverse()

describe('a watched criterion', () => {
  it('is not judged before there are enough executions', () => {
    expect(judge(rate(), ended('fff'))).toBeUndefined()
    expect(judge(rate(), ended('ffff'))).toEqual({ met: false, value: 0 })
  })

  it('looks at the latest executions alone, and takes a handled failure for a success', () => {
    expect(judge(rate(), ended('ffffswft'))).toEqual({ met: true, value: 0.5 })
    expect(judge(rate(), ended('sssswftt'))).toEqual({ met: false, value: 0.25 })
  })

  it('counts errors for each execution, of the codes that it names', () => {
    const errors = (more: object) =>
      criterion({ kind: 'error_frequency', at_most: 0.5, watch: { last: 2 }, ...more })
    const two = ended('sf', ['python.exception', 'http.timeout'])
    expect(judge(errors({}), two)).toEqual({ met: false, value: 1 })
    expect(judge(errors({ codes: ['python.'] }), two)).toEqual({ met: true, value: 0.5 })
    expect(judge(errors({ codes: ['python'] }), two)).toEqual({ met: true, value: 0 })
  })

  it('is crossed by one execution alone, and again only after it was met', () => {
    const crossings = (letters: string) =>
      [...letters].flatMap((_, index) =>
        crossing(rate(), ended(letters.slice(0, index + 1))) ? [index + 1] : [],
      )
    expect(crossings('ssssffffff')).toEqual([7])
    expect(crossings('ffffff')).toEqual([4])
    expect(crossings('ssssfffssssfff')).toEqual([7, 14])
  })

  it('says what it watches: 20 executions, unless told otherwise, and nothing else', () => {
    const kind = { ...about, kind: 'success_rate', at_least: 0.9 }
    expect(criterionSchema.parse({ ...kind, watch: {} })).toMatchObject({
      watch: { last: 20, deactivate: false },
    })
    expect(isWatched(criterionSchema.parse(kind))).toBe(false)
    for (const watch of [
      { last: 0 },
      { last: 1.5 },
      { lsat: 5 },
      { deactivate: 'yes' },
      { channel: '' },
      true,
    ])
      expect(criterionSchema.safeParse({ ...kind, watch }).success).toBe(false)
    const elsewhere = { ...about, kind: 'scenarios', watch: {} }
    expect(criterionSchema.safeParse(elsewhere).success).toBe(false)
  })
})

/** An office that watches the workflow `orders`, whose work fails while `failing` is set. */
function watchedOffice(
  criteria: WatchedCriterion[],
  more: { owner?: string; post?: () => Promise<never> } = {},
) {
  const version = versionOf('orders', more.owner === undefined ? {} : { owner: more.owner })
  version.definition.criteria = criteria
  const state = { failing: false }
  const office = openOffice({
    workflows: { orders: { version } },
    work: {
      work: async ({ step }) => ({
        output: await step('run', async () => {
          if (state.failing) throw new WorkflowError('orders.lost', 'The order is lost.')
          return 'done'
        }),
      }),
    },
    ...(more.post ? { services: { messenger: { post: more.post } } } : {}),
  })
  const { records, versions, clock } = office.services
  office.services.activation = createActivation({ records, versions, clock, firstVersions: 'trusted' })
  const untold: object[] = []
  const unexpected: unknown[] = []
  const open = () => {
    const watch = createProductionWatch(office.services, {
      untold: (what) => untold.push(what),
      unexpected: (thrown) => unexpected.push(thrown),
    })
    watch.start()
    return watch
  }
  const first = open()
  const runs = async (letters: string, watch = first) => {
    for (const letter of letters) {
      state.failing = letter === 'f'
      await office.ran('orders')
      await settled()
      await watch.settled()
    }
    expect(unexpected).toEqual([])
  }
  const actions = () =>
    office.audit.entries.map(({ action }) => action).filter((one) => !/started$/.test(one))
  return { ...office, runs, open, watch: first, untold, actions, state }
}

describe('when real executions no longer reach a threshold', () => {
  it('the channel is told once, with the figures and the execution', async () => {
    const { runs, messenger, actions } = watchedOffice([rate({ channel: '#ops' })], { owner: 'U0BEN' })
    await runs('ssssff')
    expect(messenger.posted).toEqual([])
    await runs('fff')
    expect(messenger.posted).toHaveLength(1)
    expect(messenger.posted[0]).toMatchObject({
      key: 'watch:orders:1:Orders go out:x7',
      message: {
        to: '#ops',
        title: 'The orders: “Orders go out” is no longer met',
        text: '25 % of its last 4 executions succeeded, and it takes 50 %. Customers wait.',
        origin: { executionId: 'x7', workflowId: 'orders' },
      },
    })
    expect(actions()).toEqual(['workflow.criterion_not_met'])
    await runs('ssssfff')
    expect(messenger.posted.map(({ key }) => key.split(':').at(-1))).toEqual(['x7', 'x16'])
  })

  it('the owner is told where no channel is named; a name or a group is nobody to write to', async () => {
    const owned = watchedOffice([rate()], { owner: 'U0BEN' })
    await owned.runs('ffff')
    expect(owned.messenger.posted[0]?.message.to).toBe('U0BEN')
    for (const owner of ['Purchasing', 'S0BUYERS', undefined]) {
      const { runs, messenger, untold, audit } = watchedOffice([rate()], owner === undefined ? {} : { owner })
      await runs('ffff')
      expect(messenger.posted).toEqual([])
      expect(untold).toEqual([{ workflow: 'orders', criterion: 'Orders go out' }])
      expect(audit.entries.at(-1)).toMatchObject({
        action: 'workflow.criterion_not_met',
        actor: { kind: 'workflow', id: 'orders' },
        details: { told: null, execution: 'x4' },
      })
    }
  })

  it('a message that cannot be posted is written down and does not keep it from deactivating itself', async () => {
    const post = () => Promise.reject(new WorkflowError('notify.archived', 'The channel is archived.'))
    const { runs, untold, audit, refused } = watchedOffice([rate({ channel: '#old', deactivate: true })], {
      post,
    })
    await runs('ffff')
    expect(untold).toMatchObject([{ error: { code: 'notify.archived' } }])
    expect(audit.entries.at(-1)).toMatchObject({
      action: 'workflow.deactivated',
      details: { told: null, code: 'notify.archived' },
    })
    expect((await refused(ana, 'run', { workflowId: 'orders' })).code).toBe('workflow.deactivated')
  })

  it('errors count too, when they are what is watched', async () => {
    const errors = { kind: 'error_frequency', at_most: 0, codes: ['orders.lost'], watch: { last: 2 } }
    const { runs, messenger } = watchedOffice([criterion(errors)], { owner: 'U0BEN' })
    await runs('ssf')
    expect(messenger.posted[0]?.message.text).toMatch(
      /^There were 0\.5 errors for each of its last 2 executions/,
    )
  })

  it('what ended while nobody watched is found at the start, and told once in all', async () => {
    const { runs, open, watch, messenger, actions } = watchedOffice([rate({ channel: '#ops' })])
    await watch.close()
    await runs('ffff')
    expect(messenger.posted).toEqual([])
    for (let start = 0; start < 2; start++) await open().close()
    expect(messenger.posted.map(({ key }) => key)).toEqual(['watch:orders:1:Orders go out:x4'])
    expect(actions()).toEqual(['workflow.criterion_not_met'])
  })

  it('executions that somebody cancelled do not count', async () => {
    const { runs, messenger, engine } = watchedOffice([rate({ channel: '#ops' })])
    await runs('ff')
    const report = await engine.engine.result('x2')
    for (const id of ['c1', 'c2']) {
      const cancelled = { ...report, id, status: 'cancelled', success: false, cancelledBy: ana } as const
      engine.store.reports.set(id, cancelled)
    }
    await runs('f')
    expect(messenger.posted).toEqual([])
    await runs('f')
    expect(messenger.posted.map(({ key }) => key.split(':').at(-1))).toEqual(['x4'])
  })

  it('the version before is named, with the way back to it', async () => {
    const { runs, messenger, services, entries } = watchedOffice([rate({ channel: '#ops' })])
    const [entry] = entries
    if (!entry?.version) throw new Error('there is no version')
    const { activation } = services
    await runs('ffff')
    expect(messenger.posted[0]?.message.text).not.toContain('goes back')
    const earlier = { ...entry.version, hash: 'e'.repeat(64) }
    await activation.activate(earlier, { how: 'first' }, 0)
    await activation.activate(
      { ...entry.version, number: 2 },
      { how: 'edited' },
      activation.of('orders')?.rev ?? 0,
    )
    entry.version = { ...entry.version, number: 2 }
    await runs('ffff')
    expect(messenger.posted.at(-1)?.message.text).toContain(
      'Version 1 answered before this one: `/workflow activate orders version=1` goes back to it.',
    )
  })

  it('rollbacks are no executions of their own: what they mend does not count as done', async () => {
    const { runs, messenger, services } = watchedOffice([rate({ channel: '#ops' })])
    for (const failed of [1, 3, 5]) {
      await services.claims.claim(`once:rollback:x${failed}`, { executionId: `x${failed + 1}`, at: 0 })
      await runs('fs')
    }
    expect(messenger.posted).toEqual([])
    await runs('f')
    expect(messenger.posted[0]?.message.text).toContain('0 % of its last 4 executions succeeded')
  })

  it('a single execution is spoken of as one', async () => {
    const criteria = [
      criterion({ kind: 'success_rate', at_least: 1, watch: { last: 1, channel: '#ops' } }),
      criterion({
        name: 'No errors',
        kind: 'error_frequency',
        at_most: 0,
        watch: { last: 1, channel: '#ops' },
      }),
    ]
    const { runs, messenger } = watchedOffice(criteria)
    await runs('f')
    expect(messenger.posted.map(({ message }) => message.text.split('.')[0])).toEqual([
      'Its last execution did not succeed',
      'There was one error in its last execution, and at most 0 are good enough',
    ])
  })

  it('criteria that do not ask for it watch nothing', async () => {
    const { runs, messenger, untold } = watchedOffice([])
    await runs('ffffff')
    expect([...messenger.posted, ...untold]).toEqual([])
  })
})

describe('a workflow that deactivated itself', () => {
  async function deactivated() {
    const office = watchedOffice([rate({ deactivate: true })], { owner: 'U0BEN' })
    await office.runs('ffff')
    return office
  }

  it('refuses every start, with the reason and how to bring it back', async () => {
    const { refused, messenger } = await deactivated()
    const { code, message, hint } = await refused(ana, 'run', { workflowId: 'orders' })
    expect({ code, message, hint }).toEqual({
      code: 'workflow.deactivated',
      message: '"orders" has deactivated itself: 0 % of its last 4 executions succeeded, and it takes 50 %.',
      hint: 'Once it is mended, bring it back: activate orders version=1',
    })
    expect((await refused(ana, 'retry', { executionId: 'x4' })).code).toBe('workflow.deactivated')
    expect(messenger.posted[0]?.message.text).toContain('`/workflow activate orders version=1`')
  })

  it('answers again once somebody activates it, and is counted afresh from then on', async () => {
    const { ask, runs, refused, engine, messenger, audit } = await deactivated()
    await engine.clock.advance(1000)
    expect(await ask(chiara, 'activate', { workflowId: 'orders', reason: 'Mended' })).toMatchObject({
      kind: 'activated',
      version: 1,
      from: 1,
    })
    expect(audit.entries.at(-1)).toMatchObject({
      actor: chiara,
      action: 'workflow.activated',
      details: { reason: 'Mended' },
    })
    await runs('fff')
    expect(messenger.posted).toHaveLength(1)
    await runs('f')
    expect(messenger.posted).toHaveLength(2)
    expect((await refused(ana, 'run', { workflowId: 'orders' })).code).toBe('workflow.deactivated')
  })

  it('is not stopped by what an earlier version did, when another one came to answer in that moment', async () => {
    const office = watchedOffice([rate({ deactivate: true })], { owner: 'U0BEN' })
    const { runs, services, entries, messenger } = office
    await runs('fff')
    const { recent } = services.history
    services.history.recent = async (...asked) => {
      const items = await recent(...asked)
      const [entry] = entries
      if (entry?.version) entry.version = { ...entry.version, number: 2, hash: 'b'.repeat(64) }
      return items
    }
    await runs('f')
    expect(deactivationOf(services.records, 'orders')).toBeUndefined()
    expect(messenger.posted).toEqual([])
  })

  it('still lets what it did be rolled back', async () => {
    const { services, entries, engine } = await deactivated()
    const version = entries[0]?.version
    if (!version) throw new Error('there is no version')
    const trigger = { node: 'start', type: 'manual' }
    const request = { version, trigger, inputs: {}, startedBy: ana }
    await expect(startExecution(services, request)).rejects.toMatchObject({ code: 'workflow.deactivated' })
    const { executionId, started } = await startExecution(services, {
      ...request,
      rollbackOf: { executionId: 'x4' },
    })
    expect(started).toBe(true)
    await engine.engine.result(executionId)
  })

  it('is brought back only by people who may activate it', async () => {
    const { refused } = await deactivated()
    expect((await refused(ben, 'activate', { workflowId: 'orders' })).code).toBe('access.refused')
    expect((await refused(ben, 'run', { workflowId: 'orders' })).code).toBe('workflow.deactivated')
  })

  it('cannot be activated twice', async () => {
    const { ask, refused } = await deactivated()
    await ask(chiara, 'activate', { workflowId: 'orders' })
    expect((await refused(chiara, 'activate', { workflowId: 'orders' })).code).toBe('activation.already')
  })
})
