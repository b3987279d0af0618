// The first version of a workflow that promises something: it answers when it was measured to be right, and until then
// people hear why it does not.
import { describe, expect, it } from 'vitest'
import { createActivation } from '../../src/commands/activation.ts'
import { executeCommand } from '../../src/commands/execute.ts'
import { createFirstVersions } from '../../src/commands/first-versions.ts'
import { formToRun, runnableWorkflows } from '../../src/commands/forms.ts'
import { findHook, startByHook } from '../../src/commands/hook.ts'
import type { Version } from '../../src/definition/schema.ts'
import { deferred } from '../../src/engine/deferred.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { TestReport, Tests } from '../../src/scenarios/index.ts'
import { type ManualClock, settled } from '../support/clock.ts'
import { noTests } from '../support/no-tests.ts'
import { emptyDisk, type LabOptions, openLab, versionNamed } from './lifecycle-lab.ts'
import { ana, ben, chiara, openOffice, program } from './office.ts'

const orders = { workflowId: 'orders' }

const openTested = (options: LabOptions = {}) => openLab({ firstVersions: 'tested', ...options })

describe('a first version that promises something', () => {
  it('does not answer until it has passed, and then by itself', async () => {
    const { edit, stands, first, said, audit, activation } = openTested()
    await edit(versionNamed('a'))
    expect(stands()).toEqual([undefined, 1])
    await first.settled()
    expect(stands()).toEqual([1, undefined])
    expect(said).toEqual({ activated: [1], waiting: [], untold: [] })
    expect(activation.of('orders')?.versions).toMatchObject([{ number: 1, how: 'first' }])
    expect(audit.entries).toMatchObject([
      { action: 'workflow.tested', subject: 'orders', details: { version: 1, passed: true, test: 'test-1' } },
      {
        action: 'workflow.activated',
        subject: 'orders',
        details: { version: 1, insteadOf: null, how: 'first' },
      },
    ])
  })

  it('stays a draft when it does not pass, and the owner is told once what is wrong and what to do', async () => {
    const { edit, stands, first, said, messenger, refused } = openTested({ passes: () => false })
    await edit(versionNamed('a', { owner: 'U0ANA' }))
    await first.settled()
    first.look()
    await first.settled()
    expect(stands()).toEqual([undefined, 1])
    const message =
      'It does not pass its tests: 1 of 1 scenarios do not pass (first: "Ten percent"); not met: "All right".'
    expect(said.waiting).toEqual([{ workflow: 'orders', version: 1, message }])
    expect(messenger.posted).toMatchObject([
      {
        message: {
          to: 'U0ANA',
          title: 'The orders: version 1 does not answer yet',
          text: expect.stringContaining(message),
        },
      },
    ])
    expect(messenger.posted[0]?.message.text).toContain(
      'each edit is tested at once, and it answers when it passes',
    )
    expect(await refused(ben, 'run', orders)).toMatchObject({
      code: 'workflow.not_active',
      message: 'No version of "orders" answers yet: version 1 does not pass its tests.',
      hint: 'See what is wrong, and mend it: test orders',
    })
  })

  it('is told of in the failure channel when its owner is no person, and in the log when nobody is named', async () => {
    const named = openTested({ passes: () => false })
    await named.edit(versionNamed('a', { owner: 'The buyers', channel: '#ops' }))
    await named.first.settled()
    expect(named.messenger.posted).toMatchObject([{ message: { to: '#ops' } }])
    const unnamed = openTested({ passes: () => false })
    await unnamed.edit(versionNamed('a'))
    await unnamed.first.settled()
    expect(unnamed.messenger.posted).toEqual([])
    expect(unnamed.said.untold).toHaveLength(1)
  })

  it('is told of once over restarts, and again where nobody could be reached', async () => {
    const disk = emptyDisk()
    const passes = () => false
    const unreachable = async () => {
      throw new WorkflowError('notify.unreachable', 'Slack does not answer.')
    }
    const told: number[] = []
    for (const post of [unreachable, undefined, undefined]) {
      const lab = openTested({ disk, passes, ...(post ? { post } : {}) })
      await lab.edit(versionNamed('a', { owner: 'U0ANA' }))
      await lab.first.settled()
      told.push(lab.messenger.posted.length)
    }
    expect(told).toEqual([0, 1, 0])
    expect(disk.reports).toHaveLength(1)
  })

  it('is tested again when its files or its scenarios are mended, and answers then', async () => {
    const { edit, stands, first, state } = openTested({ passes: (letter) => letter === 'b' })
    await edit(versionNamed('a'))
    await first.settled()
    await edit(versionNamed('b'))
    await first.settled()
    expect(stands()).toEqual([2, undefined])
    expect(state.tested).toEqual(['a', 'b'])
  })

  it('is tested again when only its scenarios have changed', async () => {
    const lab = openTested({ passes: () => lab.state.scenarios === 'mended' })
    await lab.edit(versionNamed('a'))
    await lab.first.settled()
    expect(lab.stands()).toEqual([undefined, 1])
    lab.state.scenarios = 'mended'
    lab.first.look()
    await lab.first.settled()
    expect(lab.stands()).toEqual([1, undefined])
  })

  it('that was only too slow while everything starts gets a second look, and one that is wrong does not', async () => {
    let turn = 0
    const slow = openTested({ passes: () => ++turn === 2, differences: [{ at: 'time' }] })
    await slow.edit(versionNamed('a'))
    await slow.first.settled()
    expect(slow.stands()).toEqual([1, undefined])
    const slower = openTested({ passes: () => false, differences: [{ at: 'time' }] })
    await slower.edit(versionNamed('a'))
    await slower.first.settled()
    expect([slower.stands(), slower.state.tested]).toEqual([
      [undefined, 1],
      ['a', 'a'],
    ])
    const wrong = openTested({ passes: () => false, differences: [{ at: 'time' }, { at: 'output' }] })
    await wrong.edit(versionNamed('a'))
    await wrong.first.settled()
    expect(wrong.state.tested).toEqual(['a'])
  })

  it('is no more than a draft when there is nothing to test it on', async () => {
    const { edit, stands, first, said, state, refused } = openTested()
    state.count = 0
    await edit(versionNamed('a'))
    await first.settled()
    expect(stands()).toEqual([undefined, 1])
    expect(said.waiting[0]?.message).toBe('It promises something, and has no scenarios to be tested on.')
    expect((await refused(ana, 'run', orders)).message).toMatch(/version 1 has not been tested/)
    expect(state.tested).toEqual([])
  })

  it('waits for two people where two are needed, tested or not', async () => {
    const { edit, stands, first, said, ask, refused, services } = openTested()
    services.access = { ...services.access, admins: ['U0ANA', 'U0BEN'] }
    await edit(versionNamed('a', { two: true }))
    await first.settled()
    expect(stands()).toEqual([undefined, 1])
    expect(said.waiting[0]?.message).toBe('It takes two people to let it answer.')
    expect((await refused(ana, 'run', orders)).message).toMatch(/version 1 waits for people to activate it/)
    expect(await ask(ana, 'activate', orders)).toMatchObject({ kind: 'activation_proposed', version: 1 })
    expect(await ask(ben, 'activate', orders)).toMatchObject({
      kind: 'activated',
      version: 1,
      from: null,
      previous: null,
    })
    expect(stands()).toEqual([1, undefined])
  })

  it('may be activated by an admin who takes it upon themselves', async () => {
    const { edit, first, ask, ran } = openTested({ passes: () => false })
    await edit(versionNamed('a'))
    await first.settled()
    const answer = await ask(chiara, 'activate', { ...orders, override: true, reason: 'It is an emergency' })
    expect(answer).toMatchObject({ kind: 'activated', from: null, how: 'overridden' })
    await ran('orders')
  })

  it('answers at once when it promises nothing, or where first versions are trusted', async () => {
    const free = openTested()
    await free.edit(versionNamed('a', { gated: false }))
    expect(free.stands()).toEqual([1, undefined])
    const trusting = openLab({ firstVersions: 'trusted' })
    await trusting.edit(versionNamed('a', { two: true }))
    expect(trusting.stands()).toEqual([1, undefined])
    expect(trusting.state.tested).toEqual([])
  })

  it('keeps answering when an edit makes it promise something', async () => {
    const { edit, stands, first, state } = openTested()
    await edit(versionNamed('a', { gated: false }))
    await edit(versionNamed('b'))
    await first.settled()
    expect(stands()).toEqual([1, 2])
    expect(state.tested).toEqual([])
  })
})

describe('while a first version is tested', () => {
  async function testing(options: LabOptions = {}) {
    const gate = deferred<boolean>()
    const lab = openTested({ passes: () => gate.promise, ...options })
    await lab.edit(versionNamed('a'))
    return { ...lab, gate }
  }

  it('a start waits, and goes on when it passes', async () => {
    const { ask, gate, engine } = await testing()
    const started = ask(program, 'run', orders)
    gate.resolve(true)
    const result = await started
    if (result.kind !== 'started') throw new Error(result.kind)
    expect(await engine.engine.result(result.executionId)).toMatchObject({ version: { number: 1 } })
  })

  it('a start waits, and is refused when it does not pass', async () => {
    const { refused, gate } = await testing()
    const error = refused(ana, 'run', orders)
    gate.resolve(false)
    expect((await error).code).toBe('workflow.not_active')
  })

  it('an activation waits, too, and is told that it answers already', async () => {
    const { refused, gate } = await testing()
    const error = refused(chiara, 'activate', orders)
    gate.resolve(true)
    expect((await error).code).toBe('activation.already')
  })

  it('people may fill in its form already, but not once it has failed', async () => {
    const { services, gate, first } = await testing()
    const asking = { actor: ana, services }
    expect(await runnableWorkflows(asking)).toMatchObject([{ id: 'orders' }])
    expect((await formToRun('orders', asking)).version.number).toBe(1)
    gate.resolve(false)
    await first.settled()
    expect(await runnableWorkflows(asking)).toEqual([])
    await expect(formToRun('orders', asking)).rejects.toMatchObject({ code: 'workflow.not_active' })
  })

  it('a webhook waits, and starts what answers then', async () => {
    const gate = deferred<boolean>()
    const lab = openTested({ passes: () => gate.promise })
    const content = versionNamed('a')
    content.definition.nodes.push({ name: 'shop', type: 'webhook', secret: 'SHOP' } as never)
    await lab.edit(content)
    const hook = findHook(lab.services, 'orders', 'shop')
    if (!hook) throw new Error('no webhook')
    const started = startByHook(lab.services, hook, { body: {}, id: 'd1', signature: 's' })
    gate.resolve(true)
    expect(await started).toMatchObject({ started: true })
  })

  it('whoever waits is told why, when it takes longer than a moment', async () => {
    const { ask: _, services, gate, engine } = await testing()
    const told: object[] = []
    const waiting = (workflow: object) => told.push(workflow)
    const started = executeCommand('run', orders, { actor: ana, services, waiting })
    await settled()
    expect(told).toEqual([])
    await (services.clock as ManualClock).advance(1000)
    expect(told).toEqual([{ id: 'orders', name: 'The orders' }])
    gate.resolve(true)
    const result = await started
    expect(result.kind).toBe('started')
    if (result.kind === 'started') await engine.engine.result(result.executionId)
    // What answers makes nobody wait.
    await executeCommand('run', orders, { actor: ana, services, waiting })
    await (services.clock as ManualClock).advance(1000)
    expect(told).toHaveLength(1)
  })

  it('of several, the one that somebody waits for is tested first', async () => {
    const tested: string[] = []
    const gate = deferred<void>()
    const versions = ['a', 'b', 'c'].map((id): Version => {
      const version = { ...versionNamed(id), number: 1 }
      version.definition.metadata.id = id
      return version
    })
    const { services } = openOffice()
    const activation = createActivation({
      ...{ records: services.records, clock: services.clock, firstVersions: 'tested' },
      versions: { get: async () => undefined, list: async () => [] },
    })
    const list = () =>
      versions.map((version) => ({ id: version.hash.slice(0, 1), version, faults: [], file: '' }))
    const catalog = { list, get: (id: string) => list().find((one) => one.id === id), faults: () => [] }
    const tests: Tests = {
      ...noTests,
      scenarios: async () => ({ count: 1, hash: 's' }),
      async run({ hash }) {
        tested.push(hash.slice(0, 1))
        await gate.promise
        return { id: hash, passed: false, scenarios: [], criteria: [] } as unknown as TestReport
      },
    }
    const silent = () => undefined
    const first = createFirstVersions(
      { ...services, catalog: activation.over(catalog), activation, tests },
      Promise.resolve(),
      { activated: silent, waiting: silent, untold: silent, unexpected: silent },
    )
    first.look()
    await settled()
    const waited = activation.settled('c')
    gate.resolve()
    await waited
    await first.settled()
    expect(tested).toEqual(['a', 'c', 'b'])
  })

  it('an edit makes a first version of its own, and only that one can answer', async () => {
    const gate = deferred<boolean>()
    const { edit, stands, first, state } = openTested({
      passes: (letter) => (letter === 'a' ? gate.promise : true),
    })
    await edit(versionNamed('a'))
    await edit(versionNamed('b'))
    gate.resolve(true)
    await first.settled()
    expect(stands()).toEqual([2, undefined])
    expect(state.tested).toEqual(['a', 'b'])
  })

  it('nothing answers where Python was refused, and nobody waits for ever', async () => {
    const python = Promise.reject(new Error('refused'))
    const { refused, state, stands } = await testing({ python })
    expect((await refused(ana, 'run', orders)).code).toBe('workflow.not_active')
    expect(state.tested).toEqual([])
    expect(stands()).toEqual([undefined, 1])
  })

  it('a stop of the bot ends the wait', async () => {
    const { refused, first } = await testing({ python: new Promise(() => {}) })
    const error = refused(ana, 'run', orders)
    await first.close()
    expect((await error).code).toBe('workflow.not_active')
  })
})

describe('after a crash', () => {
  it('in the middle of the test it is tested again', async () => {
    const disk = emptyDisk()
    const dying = openTested({ disk, passes: () => new Promise(() => {}) })
    await dying.edit(versionNamed('a'))
    const next = openTested({ disk })
    await next.edit(versionNamed('a'))
    await next.first.settled()
    expect(next.stands()).toEqual([1, undefined])
  })

  it('between the test and the activation it answers without another test', async () => {
    const disk = emptyDisk()
    const dying = openTested({ disk })
    dying.activation.activate = () => new Promise(() => {})
    await dying.edit(versionNamed('a'))
    await expect.poll(() => disk.reports.length).toBe(1)
    const next = openTested({ disk })
    await next.edit(versionNamed('a'))
    await next.first.settled()
    expect(next.stands()).toEqual([1, undefined])
    expect(next.state.tested).toEqual([])
  })
})
