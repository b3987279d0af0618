// Which version a dry run tries, what it may show of other workflows, and which of those it may run as parts.
import { describe, expect, it } from 'vitest'
import { deactivate } from '../../src/commands/deactivation.ts'
import { findSubWorkflow } from '../../src/commands/sub-workflows.ts'
import type { Version } from '../../src/definition/schema.ts'
import type { DryRun, Tests } from '../../src/scenarios/index.ts'
import { noTests } from '../support/no-tests.ts'
import { ana, ben, openOffice, versionOf } from './office.ts'

type Tried = { version: Version; options: Parameters<Tests['dryRun']>[1] }

/** An office in which dry runs only note what they are given. */
function office(more: Parameters<typeof openOffice>[0] = {}, inputs?: object) {
  const tried: Tried[] = []
  const version = versionOf('open')
  if (inputs) Object.assign(version.definition.nodes[0] ?? {}, { inputs })
  const second: Version = { ...version, number: 2, hash: 'second' }
  const opened = openOffice({
    ...more,
    workflows: { open: { version }, ...more.workflows },
    services: {
      tests: {
        ...noTests,
        dryRun: async (given, options) => {
          tried.push({ version: given, options })
          return {} as DryRun
        },
      },
      versions: {
        get: async (_id, which) => [version, second].find(({ number }) => number === which),
        list: async () => [],
      },
    },
  })
  return { ...opened, tried, second, last: () => tried.at(-1) }
}

describe('a dry run tries', () => {
  it('what answers, and of a workflow with a draft the draft', async () => {
    const { ask, entries, last, second } = office()
    await ask(ana, 'dry-run', { workflowId: 'open' })
    expect(last()).toMatchObject({ version: { number: 1 }, options: { answering: 1, startedBy: ana } })
    Object.assign(entries[0] ?? {}, { draft: second })
    await ask(ana, 'dry-run', { workflowId: 'open' })
    expect(last()).toMatchObject({ version: { number: 2 }, options: { answering: 1 } })
    Object.assign(entries[0] ?? {}, { version: undefined })
    await ask(ana, 'dry-run', { workflowId: 'open' })
    expect(last()).toMatchObject({ version: { number: 2 }, options: { answering: null } })
  })

  it('the version of a number, also where it is typed among the inputs', async () => {
    const { ask, last } = office()
    await ask(ana, 'dry-run', { workflowId: 'open', version: 2, inputs: { a: 1 } })
    expect(last()).toMatchObject({ version: { number: 2 }, options: { inputs: { a: 1 } } })
    await ask(ana, 'dry-run', { workflowId: 'open', inputs: { version: '2', a: 1 } })
    expect(last()?.version.number).toBe(2)
    expect(last()?.options.inputs).toEqual({ a: 1 })
  })

  it('an input that is called version as what it is', async () => {
    const { ask, last } = office({}, { version: { type: 'string' } })
    await ask(ana, 'dry-run', { workflowId: 'open', inputs: { version: '2' } })
    expect(last()).toMatchObject({ version: { number: 1 }, options: { inputs: { version: '2' } } })
    await ask(ana, 'dry-run', { workflowId: 'open', version: 2, inputs: { version: 'x' } })
    expect(last()).toMatchObject({ version: { number: 2 }, options: { inputs: { version: 'x' } } })
  })

  it('no version that there never was', async () => {
    const { refused } = office()
    for (const inputs of [{ version: '7' }, { version: 'two' }, { version: '0' }, { version: '1.5' }])
      expect(await refused(ana, 'dry-run', { workflowId: 'open', inputs })).toMatchObject({
        code: 'dry_run.unknown_version',
        hint: 'versions open shows those that there are.',
      })
  })

  it('shows of other workflows what this person may see of them', async () => {
    const { ask, last } = office({
      workflows: { secret: { access: { see: ['U0BEN'], run: ['U0BEN'] } } },
    })
    await ask(ana, 'dry-run', { workflowId: 'open' })
    expect([last()?.options.shows('open'), last()?.options.shows('secret')]).toEqual([true, false])
    await ask(ben, 'dry-run', { workflowId: 'open' })
    expect(last()?.options.shows('secret')).toBe(true)
  })
})

describe('a workflow as a part of another', () => {
  it('runs as the version that answers, down to the fifth level', async () => {
    const { services } = office()
    expect(await findSubWorkflow(services, 'open', 5)).toMatchObject({ number: 1 })
    await expect(findSubWorkflow(services, 'open', 6)).rejects.toMatchObject({ code: 'workflow.too_deep' })
  })

  it('is refused as its start would be', async () => {
    const scheduled = versionOf('scheduled')
    for (const node of scheduled.definition.nodes) if (node.type === 'manual') node.type = 'schedule'
    const { services, ask } = office({
      workflows: { scheduled: { version: scheduled }, broken: { broken: true }, locked: {}, worn: {} },
    })
    await ask(ana, 'lock', { workflowId: 'locked', duration: '1h', reason: 'stocktaking' })
    await deactivate(services.records, {
      ...{ workflowId: 'worn', version: 1, criterion: 'It works', reason: 'too many failures' },
      ...{ executionId: 'x1', at: '2026-03-02T08:00:00.000Z' },
    })
    for (const [id, code] of [
      ['nothing', 'workflow.unknown'],
      ['broken', 'workflow.broken'],
      ['scheduled', 'workflow.not_manual'],
      ['locked', 'workflow.locked'],
      ['worn', 'workflow.deactivated'],
    ] as const)
      await expect(findSubWorkflow(services, id, 1)).rejects.toMatchObject({ code })
  })
})
