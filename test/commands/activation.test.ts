// Which version answers: what it takes, who has to want it, what happens at once and what after a crash.
import { describe, expect, it } from 'vitest'
import type { RecordStore } from '../../src/actions/ports.ts'
import { deactivate } from '../../src/commands/deactivation.ts'
import { ActivationRefused } from '../../src/commands/gate.ts'
import type { CommandResult } from '../../src/commands/types.ts'
import { WorkflowError } from '../../src/errors.ts'
import { emptyDisk, openLab, versionNamed } from './lifecycle-lab.ts'
import { ana, ben, chiara, slack } from './office.ts'

const orders = { workflowId: 'orders' }
const two = { two: true }
/** Both may activate whatever the lists say. */
const admins = { admins: ['U0ANA', 'U0BEN', 'U0CHIARA'] }

function openLabOfAdmins(...given: Parameters<typeof openLab>) {
  const lab = openLab(...given)
  lab.services.access = { ...lab.services.access, ...admins }
  return lab
}

/** Version 1 answers, version 2 is a draft that passes its test. */
async function withDraft(more: { two?: boolean } = {}) {
  const lab = openLabOfAdmins()
  await lab.edit(versionNamed('a', more))
  await lab.edit(versionNamed('b', more))
  await lab.ask(ana, 'test', orders)
  expect(lab.stands()).toEqual([1, 2])
  return lab
}

async function stop(lab: Awaited<ReturnType<typeof withDraft>>) {
  await deactivate(lab.services.records, {
    ...{ workflowId: 'orders', version: 1, criterion: 'All right', reason: 'Half of them failed.' },
    ...{ executionId: 'x1', at: '2026-03-02T08:00:00.000Z' },
  })
}

describe('a test counts', () => {
  it('only for the scenarios as they were when it ran', async () => {
    const { ask, refused, state } = await withDraft()
    state.scenarios = 'with one taken out'
    const error = await refused(ana, 'activate', orders)
    expect(error).toMatchObject({
      code: 'activation.outdated',
      message: 'The scenarios of "orders" have changed since version 2 was tested.',
      hint: 'Test it again: test orders',
    })
    expect(await ask(ana, 'versions', orders)).toMatchObject({
      versions: [
        { number: 2, state: 'draft', outdated: true },
        { number: 1, state: 'active' },
      ],
    })
    await ask(ana, 'test', orders)
    expect(await ask(ana, 'activate', orders)).toMatchObject({ kind: 'activated', version: 2 })
  })

  it('again once the scenarios are what they were', async () => {
    const { ask, state } = await withDraft()
    state.scenarios = 'weaker'
    state.scenarios = 'as they were'
    expect(await ask(ana, 'activate', orders)).toMatchObject({ kind: 'activated' })
  })

  it('not when it was passed on weaker scenarios that were put back afterwards', async () => {
    const lab = openLabOfAdmins({ passes: (letter) => letter === 'a' || lab.state.scenarios === 'weaker' })
    await lab.edit(versionNamed('a'))
    await lab.edit(versionNamed('b'))
    lab.state.scenarios = 'weaker'
    await lab.ask(ana, 'test', orders)
    lab.state.scenarios = 'as they were'
    expect((await lab.refused(ana, 'activate', orders)).code).toBe('activation.outdated')
  })

  it('not when it does not say which scenarios it was on', async () => {
    const { disk, refused } = await withDraft()
    for (const report of disk.reports) delete report.scenariosHash
    expect((await refused(ana, 'activate', orders)).code).toBe('activation.outdated')
  })

  it('not while the files of the scenarios have faults', async () => {
    const { services, refused } = await withDraft()
    services.tests.scenarios = async () => undefined
    expect((await refused(ana, 'activate', orders)).code).toBe('activation.outdated')
  })
})

describe('a refused activation', () => {
  it('carries the test that it is about', async () => {
    const { edit, ask, refused, disk } = openLabOfAdmins({ passes: () => false })
    await edit(versionNamed('a'))
    await edit(versionNamed('b'))
    const untested = await refused(ana, 'activate', orders)
    expect(untested).toBeInstanceOf(ActivationRefused)
    expect(untested).toMatchObject({ code: 'activation.not_tested', version: 2, report: null })
    await ask(ana, 'test', orders)
    expect(await refused(ana, 'activate', orders)).toMatchObject({
      code: 'activation.not_met',
      message:
        'Version 2 of "orders" cannot be activated: 1 of 1 scenarios do not pass (first: "Ten percent"); not met: "All right".',
      workflow: { id: 'orders', name: 'The orders' },
      report: disk.reports[0],
    })
  })

  it('of a workflow that asks for two people alone has nothing to be tested on', async () => {
    const { edit, ask, state, stands } = openLabOfAdmins()
    state.count = 0
    await edit(versionNamed('a', { gated: false, two: true }))
    await edit(versionNamed('b', { gated: false, two: true }))
    expect(stands()).toEqual([1, 2])
    expect(await ask(ana, 'activate', orders)).toMatchObject({ kind: 'activation_proposed', version: 2 })
    expect(await ask(ben, 'activate', orders)).toMatchObject({ kind: 'activated', version: 2 })
  })
})

describe('what was activated', () => {
  it('says which version answered before, so that one click goes back', async () => {
    const { ask } = await withDraft()
    expect(await ask(ana, 'activate', orders)).toMatchObject({ version: 2, from: 1, previous: 1 })
    const back = await ask(ana, 'activate', { ...orders, version: 1 })
    expect(back).toMatchObject({ version: 1, from: 2, previous: 2, how: 'rolled_back' })
  })

  it('answers although its file has a fault, also after a restart', async () => {
    const lab = await withDraft()
    const entry = { id: 'orders', version: undefined, faults: [], file: 'workflows/orders/workflow.yaml' }
    const broken = { list: () => [entry], get: () => entry, faults: () => [] }
    expect(lab.activation.over(broken).get('orders')?.version?.number).toBe(1)
    const next = openLab({ disk: lab.disk })
    await next.activation.start()
    expect(next.activation.over(broken).get('orders')?.version?.number).toBe(1)
  })

  it('does not keep code in service that its file has taken back, where nothing is promised', async () => {
    const lab = openLab()
    await lab.edit(versionNamed('a', { gated: false }))
    const entry = { id: 'orders', version: undefined, faults: [], file: 'workflows/orders/workflow.yaml' }
    const broken = { list: () => [entry], get: () => entry, faults: () => [] }
    expect(lab.activation.over(broken).get('orders')?.version).toBeUndefined()
  })

  it('is compared with what answered: a draft with the version in service', async () => {
    const { disk, ask } = await withDraft()
    expect(disk.reports.at(-1)?.compared).toBe('a'.repeat(64))
    await ask(ana, 'activate', orders)
    await ask(ana, 'test', orders)
    expect(disk.reports.at(-1)?.compared).toBe('b'.repeat(64))
  })

  it('is told to those who follow it, and only when another version answers', async () => {
    const { ask, activation } = await withDraft()
    const heard: string[] = []
    activation.observe((id) => heard.push(id))
    await ask(ana, 'activate', orders)
    expect(heard).toEqual(['orders'])
  })
})

describe('two people', () => {
  it('have to want the same version: an edit in between makes a proposal of its own', async () => {
    const { ask, edit, stands } = await withDraft(two)
    expect(await ask(ana, 'activate', orders)).toMatchObject({ kind: 'activation_proposed', version: 2 })
    await edit(versionNamed('c', two))
    await ask(ben, 'test', orders)
    expect(await ask(ben, 'activate', orders)).toMatchObject({ kind: 'activation_proposed', version: 3 })
    expect(stands()).toEqual([1, 3])
    expect(await ask(ana, 'activate', orders)).toMatchObject({ kind: 'activated', version: 3 })
  })

  it('may both name the version, whatever was edited since', async () => {
    const { ask, edit, stands } = await withDraft(two)
    await ask(ana, 'activate', orders)
    await edit(versionNamed('c', two))
    expect(await ask(ben, 'activate', { ...orders, version: 2 })).toMatchObject({
      kind: 'activated',
      version: 2,
    })
    expect(stands()).toEqual([2, 3])
  })

  it('are two, however one of them asks', async () => {
    const { ask, refused } = await withDraft(two)
    await ask(ana, 'activate', orders)
    for (const kind of ['api', 'cli'] as const)
      expect((await refused({ kind, id: 'slack:U0ANA', name: 'ana' }, 'activate', orders)).code).toBe(
        'activation.second_person',
      )
    expect(await ask(ben, 'activate', orders)).toMatchObject({ kind: 'activated' })
  })

  it('are needed to bring back a workflow that stopped itself, with this version or an earlier one', async () => {
    const lab = await withDraft(two)
    await stop(lab)
    const again = { ...orders, version: 1 }
    expect(await lab.ask(ana, 'activate', again)).toMatchObject({ kind: 'activation_proposed', version: 1 })
    expect((await lab.refused(ana, 'activate', again)).code).toBe('activation.second_person')
    expect((await lab.refused(ana, 'run', orders)).code).toBe('workflow.deactivated')
    expect(await lab.ask(ben, 'activate', again)).toMatchObject({ kind: 'activated', version: 1, from: 1 })
    await lab.ran('orders')

    await lab.ask(ana, 'activate', orders)
    await lab.ask(ben, 'activate', orders)
    expect(lab.stands()[0]).toBe(2)
    await deactivate(lab.services.records, {
      ...{ workflowId: 'orders', version: 2, criterion: 'All right', reason: 'All of them failed.' },
      ...{ executionId: 'x2', at: '2026-03-02T09:00:00.000Z' },
    })
    expect(await lab.ask(ana, 'activate', again)).toMatchObject({ kind: 'activation_proposed' })
    expect(await lab.ask(ben, 'activate', again)).toMatchObject({ kind: 'activated', how: 'rolled_back' })
  })

  it('are not needed to go back to a version that answered before', async () => {
    const { ask } = await withDraft(two)
    await ask(ana, 'activate', orders)
    await ask(ben, 'activate', orders)
    expect(await ask(ana, 'activate', { ...orders, version: 'previous' })).toMatchObject({ version: 1 })
  })

  it('are replaced by an admin only with a reason', async () => {
    const { ask, refused, services } = await withDraft(two)
    services.access = {
      ...services.access,
      admins: ['U0CHIARA'],
      defaults: { ...services.access.defaults, activate: ['everyone'] },
    }
    const override = { ...orders, override: true }
    expect((await refused(ben, 'activate', override)).code).toBe('access.refused')
    expect((await refused(chiara, 'activate', override)).code).toBe('activation.reason_needed')
    expect(await ask(chiara, 'activate', { ...override, reason: 'Sale tonight' })).toMatchObject({
      how: 'overridden',
      reason: 'Sale tonight',
    })
  })

  it('cannot be edited away', async () => {
    const { ask, edit } = await withDraft(two)
    await edit(versionNamed('c', { gated: false }))
    await ask(ana, 'test', orders)
    expect(await ask(ana, 'activate', orders)).toMatchObject({ kind: 'activation_proposed', version: 3 })
  })
})

describe('at the same time', () => {
  it('two who want the same version are two people', async () => {
    const { ask, stands } = await withDraft(two)
    const both = await Promise.all([ask(ana, 'activate', orders), ask(ben, 'activate', orders)])
    expect(both.map(({ kind }) => kind).sort()).toEqual(['activated', 'activation_proposed'])
    expect(stands()).toEqual([2, undefined])
  })

  it('one who asks twice stays one person', async () => {
    const { ask, code, stands } = await withDraft(two)
    const both = await Promise.all([code(ask(ana, 'activate', orders)), code(ask(ana, 'activate', orders))])
    expect(both.sort()).toEqual(['activation.second_person', 'done'])
    expect(stands()).toEqual([1, 2])
  })

  it('of two who activate one is told that it answers already', async () => {
    const { ask, code, activation } = await withDraft()
    const both = await Promise.all([code(ask(ana, 'activate', orders)), code(ask(ben, 'activate', orders))])
    expect(both.sort()).toEqual(['activation.already', 'done'])
    expect(activation.of('orders')?.versions.map(({ number }) => number)).toEqual([1, 2])
  })

  it('versions that different people activate answer one after the other, and none is lost', async () => {
    const { ask, edit, activation, stands } = await withDraft()
    await edit(versionNamed('c'))
    await ask(ana, 'test', orders)
    await Promise.all([
      ask(ana, 'activate', { ...orders, version: 2 }),
      ask(ben, 'activate', { ...orders, version: 3 }),
    ])
    const numbers = activation.of('orders')?.versions.map(({ number }) => number) ?? []
    expect([...numbers].sort()).toEqual([1, 2, 3])
    expect(stands()[0]).toBe(numbers.at(-1))
  })

  it('an edit that is read while somebody activates takes nothing back', async () => {
    const { ask, edit, stands } = await withDraft()
    await Promise.all([edit(versionNamed('c')), ask(ana, 'activate', { ...orders, version: 2 })])
    expect(stands()).toEqual([2, 3])
  })

  it('an edit that asks for nothing and an activation do not lose one another', async () => {
    const lab = openLabOfAdmins()
    await lab.edit(versionNamed('a', { gated: false }))
    await Promise.all([
      lab.edit(versionNamed('b', { gated: false })),
      lab.edit(versionNamed('c', { gated: false })),
    ])
    expect(lab.activation.of('orders')?.versions.map(({ number }) => number)).toEqual([1, 2, 3])
    expect(lab.stands()[0]).toBe(3)
  })
})

/** Records of a process that is killed at its n-th write from now on, before or after it is durable. */
function mortal(records: RecordStore, at: number, when: 'before' | 'after'): RecordStore {
  let writes = 0
  return {
    keyField: (collection) => records.keyField(collection),
    collections: () => records.collections(),
    get: (collection, key) => records.get(collection, key),
    all: (collection) => records.all(collection),
    seed: (...given) => records.seed(...given),
    async apply(key, wanted) {
      if (++writes < at) return records.apply(key, wanted)
      if (writes === at && when === 'after') await records.apply(key, wanted)
      throw new WorkflowError('store.closed', 'killed')
    },
  }
}

describe('a crash', () => {
  it.each([
    ['before the proposal is written', 1, 'before', [1, 2], 'activation_proposed'],
    ['after the proposal is written', 1, 'after', [1, 2], 'activated'],
    ['before the activation is written', 2, 'before', [1, 2], 'activated'],
  ] as const)('%s loses only what was not answered', async (_name, at, when, stands, then) => {
    const disk = emptyDisk()
    const before = openLabOfAdmins({ disk })
    await before.edit(versionNamed('a', two))
    await before.edit(versionNamed('b', two))
    await before.ask(ana, 'test', orders)
    const dying = openLabOfAdmins({ disk: { ...disk, records: mortal(disk.records, at, when) } })
    await dying.activation.start()
    await dying.edit(versionNamed('b', two))
    for (const actor of [ana, ben]) await dying.ask(actor, 'activate', orders).catch(() => undefined)
    const after = openLabOfAdmins({ disk })
    await after.activation.start()
    await after.edit(versionNamed('b', two))
    expect(after.stands()).toEqual(stands)
    expect(await after.ask(slack('U0CHIARA'), 'activate', orders)).toMatchObject({ kind: then })
  })

  it('after the activation is written leaves it in force', async () => {
    const disk = emptyDisk()
    const before = openLabOfAdmins({ disk })
    await before.edit(versionNamed('a'))
    await before.edit(versionNamed('b'))
    await before.ask(ana, 'test', orders)
    const dying = openLabOfAdmins({ disk: { ...disk, records: mortal(disk.records, 1, 'after') } })
    await dying.edit(versionNamed('b'))
    await expect(dying.ask(ana, 'activate', orders)).rejects.toMatchObject({ code: 'store.closed' })
    const after = openLabOfAdmins({ disk })
    await after.edit(versionNamed('b'))
    expect(after.stands()).toEqual([2, undefined])
  })

  it('never leaves a version in force of a workflow that stays stopped', async () => {
    const lab = await withDraft()
    await stop(lab)
    for (const when of ['before', 'after'] as const) {
      const dying = openLabOfAdmins({ disk: { ...lab.disk, records: mortal(lab.disk.records, 1, when) } })
      await dying.edit(versionNamed('b'))
      await dying.ask(ana, 'activate', orders).catch(() => undefined)
      const after = openLabOfAdmins({ disk: lab.disk })
      await after.edit(versionNamed('b'))
      const shown: CommandResult = await after.ask(ana, 'show', orders)
      if (shown.kind !== 'workflow') throw new Error(shown.kind)
      expect([after.stands()[0], shown.deactivation?.criterion]).toEqual(
        when === 'before' ? [1, 'All right'] : [2, undefined],
      )
    }
  })
})
