// How each version of a workflow stands, and what lists say of one that does not answer.
import { describe, expect, it } from 'vitest'
import { deactivate } from '../../src/commands/deactivation.ts'
import type { CommandResult, VersionState } from '../../src/commands/types.ts'
import { openLab, versionNamed } from './lifecycle-lab.ts'
import { ana, chiara } from './office.ts'

const orders = { workflowId: 'orders' }

async function statesOf(lab: ReturnType<typeof openLab>): Promise<VersionState[]> {
  const result = await lab.ask(ana, 'versions', orders)
  if (result.kind !== 'versions') throw new Error(result.kind)
  return result.versions
}

describe('a version', () => {
  it('is a draft, then tested, then active, then retired', async () => {
    const lab = openLab()
    const state = async (number: number) => (await statesOf(lab)).find((one) => one.number === number)?.state
    await lab.edit(versionNamed('a'))
    await lab.edit(versionNamed('b'))
    expect([await state(1), await state(2)]).toEqual(['active', 'draft'])
    await lab.ask(ana, 'test', orders)
    expect(await state(2)).toBe('tested')
    await lab.ask(chiara, 'activate', orders)
    expect([await state(1), await state(2)]).toEqual(['retired', 'active'])
    await lab.edit(versionNamed('c'))
    await lab.edit(versionNamed('d'))
    expect([await state(3), await state(4)]).toEqual(['retired', 'draft'])
    // The file is what it was once: that version waits again.
    await lab.edit(versionNamed('c'))
    expect([await state(3), await state(4)]).toEqual(['draft', 'retired'])
  })

  it('says who let it answer and why, who wants it to, and how its latest test went', async () => {
    const lab = openLab({ passes: (letter) => letter !== 'b' })
    await lab.edit(versionNamed('a', { two: true }))
    await lab.edit(versionNamed('b', { two: true }))
    await lab.ask(ana, 'test', orders)
    await lab.ask(chiara, 'activate', { ...orders, override: true, reason: 'Sale tonight' })
    await lab.edit(versionNamed('c', { two: true }))
    await lab.ask(ana, 'test', orders)
    await lab.ask(chiara, 'activate', orders)
    expect(await statesOf(lab)).toMatchObject([
      { number: 3, state: 'tested', activated: null, proposed: { by: chiara }, test: { passed: true } },
      {
        number: 2,
        state: 'active',
        activated: { how: 'overridden', by: chiara, reason: 'Sale tonight' },
        proposed: null,
        test: { passed: false },
      },
      { number: 1, state: 'retired', activated: { how: 'first' }, test: null, outdated: false, replay: null },
    ])
  })

  it('that was tested on other scenarios is outdated, whatever it is', async () => {
    const lab = openLab()
    for (const letter of 'abc') {
      await lab.edit(versionNamed(letter))
      await lab.ask(ana, 'test', orders)
    }
    expect((await statesOf(lab)).map(({ outdated }) => outdated)).toEqual([false, false, false])
    lab.state.scenarios = 'other ones'
    expect((await statesOf(lab)).map(({ outdated, state }) => [outdated, state])).toEqual([
      [true, 'draft'],
      [true, 'retired'],
      [true, 'active'],
    ])
  })

  it('is held to the scenarios by its own steps, whatever those of a newer one are called', async () => {
    const lab = openLab()
    await lab.edit(versionNamed('a'))
    await lab.ask(ana, 'test', orders)
    const renamed = versionNamed('b')
    const nodes = renamed.definition.nodes.map((node) => ({ ...node, name: `${node.name} too` }))
    await lab.edit({ ...renamed, definition: { ...renamed.definition, nodes } })
    const { tests } = lab.services
    const { scenarios } = tests
    await lab.ask(ana, 'test', orders)
    // They name steps that only the first version has.
    tests.scenarios = async (version) => (version.hash.startsWith('a') ? scenarios(version) : undefined)
    expect((await statesOf(lab)).map(({ outdated }) => outdated)).toEqual([true, false])
  })

  it('is shown among the newest thirty, or because it answers or waits', async () => {
    const lab = openLab()
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ'
    for (const letter of letters) await lab.edit(versionNamed(letter))
    const numbers = (await statesOf(lab)).map(({ number }) => number)
    expect(numbers).toHaveLength(30)
    expect([numbers[0], numbers.at(-2), numbers.at(-1)]).toEqual([36, 8, 1])
    await lab.edit(versionNamed('b'))
    expect((await statesOf(lab)).slice(-3).map(({ number, state }) => [number, state])).toEqual([
      [9, 'retired'],
      [2, 'draft'],
      [1, 'active'],
    ])
  })
})

describe('a workflow', () => {
  const listed = async (lab: ReturnType<typeof openLab>) => {
    const result: CommandResult = await lab.ask(ana, 'list')
    if (result.kind !== 'workflows') throw new Error(result.kind)
    return result.workflows.map(({ version, draft, deactivated }) => ({ version, draft, deactivated }))
  }

  it('is listed and shown as being tested while its first version is, and no longer', async () => {
    let pass = () => {}
    const passed = new Promise<boolean>((resolve) => {
      pass = () => resolve(true)
    })
    const lab = openLab({ firstVersions: 'tested', passes: () => passed })
    const testing = async () => {
      const [list, shown] = [await lab.ask(ana, 'list'), await lab.ask(ana, 'show', orders)]
      if (list.kind !== 'workflows' || shown.kind !== 'workflow') throw new Error(list.kind)
      return [list.workflows[0]?.testing, shown.testing]
    }
    await lab.edit(versionNamed('a'))
    expect(await testing()).toEqual([true, true])
    pass()
    await lab.first.settled()
    expect(await testing()).toEqual([false, false])
  })

  it('is listed with what answers, what waits, and whether it stopped itself', async () => {
    const lab = openLab({ firstVersions: 'tested', passes: () => false })
    await lab.edit(versionNamed('a'))
    await lab.first.settled()
    expect(await listed(lab)).toEqual([{ version: null, draft: 1, deactivated: false }])
    await lab.ask(chiara, 'activate', { ...orders, override: true, reason: 'Now' })
    await lab.edit(versionNamed('b'))
    expect(await listed(lab)).toEqual([{ version: 1, draft: 2, deactivated: false }])
    await deactivate(lab.services.records, {
      ...{ workflowId: 'orders', version: 1, criterion: 'All right', reason: 'Half of them failed.' },
      ...{ executionId: 'x1', at: '2026-03-02T08:00:00.000Z' },
    })
    expect(await listed(lab)).toEqual([{ version: 1, draft: 2, deactivated: true }])
    expect(await lab.ask(ana, 'versions', orders)).toMatchObject({ deactivation: { criterion: 'All right' } })
  })

  it('is shown with how the version that answers and the one that waits stand', async () => {
    const lab = openLab()
    await lab.edit(versionNamed('a'))
    expect(await lab.ask(ana, 'show', orders)).toMatchObject({
      standing: { active: { number: 1 }, draft: null },
      deactivation: null,
    })
    await lab.edit(versionNamed('b'))
    await lab.ask(ana, 'test', orders)
    expect(await lab.ask(ana, 'show', orders)).toMatchObject({
      standing: { active: { number: 1, state: 'active' }, draft: { number: 2, state: 'tested' } },
    })
  })
})
