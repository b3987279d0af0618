// Tests that the bot runs for people: kept, compared with the one before; scenarios that people keep.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { Version } from '../../src/definition/schema.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { createTests } from '../../src/scenarios/index.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { ana } from '../support/workflow.ts'
import { fakePython, folderOf, nothingToGoBy, sample } from './support.ts'

const workflow = sample(
  '  - { name: count, type: code, code: return 1 }\n  - { name: tell, type: notify, to: "#ops", text: "{{ outputs.count }} items" }',
  '  - { from: start, to: count }\n  - { from: count, to: tell }',
  'collections: { items: { key: id } }\ncriteria: [{ name: Finds all, why: It matters, kind: scenarios }]',
)
const scenarios = 'scenarios: [{ name: Two, expect: { outputs: { count: 2 } } }, { name: Runs }]'

const answering = ({ hash }: Version) => ({ hash, since: '' })

async function team(files: { [name: string]: string } = {}) {
  const dir = await folderOf({ 'workflow.yaml': workflow, 'scenarios.yaml': scenarios, ...files })
  const { workflows } = await loadWorkflows(dir, nodeKinds())
  const good = workflows[0]?.good
  if (!good) throw new Error(JSON.stringify(workflows))
  const records = new MemoryRecords({ items: { key: 'id', records: [{ id: 'a' }] } })
  const answer = { count: 2 }
  const clock = new ManualClock()
  let id = 0
  const tests = createTests({
    dir,
    shown: 'workflows',
    python: fakePython({
      async count(_request, host) {
        await host.call('records.insert', { collection: 'items', record: { id: 'b' } })
        const all = await host.call('records.count', { collection: 'items', where: null })
        return answer.count === 0 ? all : answer.count
      },
    }),
    records,
    ids: { execution: () => `t${++id}` },
    clock,
    stopwatch: () => 0,
    dryRuns: nothingToGoBy,
  })
  const version = (number: number): Version => ({
    number,
    hash: `${number}`.repeat(64),
    definition: good.definition,
  })
  return { tests, records, answer, version, dir, clock }
}

describe('a test', () => {
  it('is kept, newest first, and leaves no trace among the records of workflows', async () => {
    const { tests, records, version } = await team()
    const first = await tests.run(version(1), { startedBy: ana })
    const second = await tests.run(version(2), { startedBy: ana })
    expect(first).toMatchObject({ passed: true, version: { number: 1 }, startedBy: ana, compared: null })
    expect(tests.list('sample').map((report) => report.id)).toEqual([second.id, first.id])
    expect(tests.list('sample', version(1).hash)).toEqual([first])
    expect(tests.list('other')).toEqual([])
    expect([...records.all('items')]).toHaveLength(1)
  })

  it('is compared with the one before: what passes now, and what does not any more', async () => {
    const { tests, answer, version } = await team()
    await tests.run(version(1), { startedBy: ana })
    answer.count = 3
    const worse = await tests.run(version(2), { startedBy: ana })
    expect(worse.passed).toBe(false)
    expect(worse.compared).toMatchObject({
      with: { version: 1 },
      better: [],
      worse: ['"Two" does not pass any more', 'Finds all: scenarios that pass went from 100 % to 50 %'],
    })
    answer.count = 2
    const again = await tests.run(version(3), { startedBy: ana })
    expect(again.compared?.better).toEqual([
      '"Two" passes now',
      'Finds all: scenarios that pass went from 50 % to 100 %',
    ])
  })

  it('is compared with the latest one of the version that answers, and else with the one before', async () => {
    const { tests, answer, version } = await team()
    const [one, two, three] = [version(1), version(2), version(3)]
    await tests.run(one, { startedBy: ana })
    answer.count = 3
    await tests.run(two, { startedBy: ana, answering: answering(one) })
    const third = await tests.run(three, { startedBy: ana, answering: answering(one) })
    expect(third.compared).toMatchObject({ with: { version: 1 }, worse: { length: 2 } })
    const untested = await tests.run(three, { startedBy: ana, answering: answering(version(9)) })
    expect(untested.compared).toMatchObject({ with: { id: third.id, version: 3 }, worse: [] })
  })

  it('is compared with the test that let the version answer, not with one on weaker scenarios since', async () => {
    const { tests, version, dir, clock } = await team()
    const file = join(dir, 'sample', 'scenarios.yaml')
    const [one, two] = [version(1), version(2)]
    const earned = await tests.run(one, { startedBy: ana })
    await clock.advance(1000)
    const since = new Date(clock.now()).toISOString()
    await clock.advance(1000)
    await writeFile(file, 'scenarios: [{ name: Runs }]')
    await tests.run(one, { startedBy: ana })
    const next = await tests.run(two, { startedBy: ana, answering: { hash: one.hash, since } })
    expect(next.compared).toMatchObject({ with: { id: earned.id }, worse: ['"Two" is gone'] })
  })

  it('shows when less is asked for than before: scenarios gone or changed, criteria gone, thresholds lower', async () => {
    const { tests, version, dir } = await team()
    const [before, after] = [version(1), version(2)]
    const held = { name: 'Runs', why: 'It matters', kind: 'scenarios', at_least: 1 } as const
    before.definition = { ...before.definition, criteria: [...(before.definition.criteria ?? []), held] }
    after.definition = { ...after.definition, criteria: [{ ...held, at_least: 0.5 }] }
    await tests.run(before, { startedBy: ana })
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), 'scenarios: [{ name: Two }]')
    const { compared } = await tests.run(after, { startedBy: ana })
    expect(compared).toMatchObject({
      better: [],
      worse: [
        '"Runs" is gone',
        'Runs: scenarios that pass is held to 50 % instead of 100 %',
        'the criterion "Finds all" is gone',
      ],
      changed: ['Two'],
    })
    const { compared: back } = await tests.run(before, { startedBy: ana })
    expect(back?.better).toEqual(['Runs: scenarios that pass is held to 100 % instead of 50 %'])
  })

  it('says what its scenarios said: another expectation, label or record is another test', async () => {
    const labelled = 'scenarios: [{ name: A, labels: { right: { file: labels.csv, key: id, column: ok } } }]'
    const { tests, version, dir } = await team({ 'scenarios.yaml': labelled, 'labels.csv': 'id,ok\na,yes\n' })
    const write = (name: string, text: string) => writeFile(join(dir, 'sample', name), text)
    const hash = async () => (await tests.scenarios(version(1)))?.hash
    const first = await hash()
    expect((await tests.run(version(1), { startedBy: ana })).scenariosHash).toBe(first)
    await write('scenarios.yaml', `# A comment\n${labelled.replace('[{', '\n  - {').replace('}]', '}\n')}`)
    expect(await hash()).toBe(first)
    await write('labels.csv', 'id,ok\na,no\n')
    const relabelled = await hash()
    expect(relabelled).not.toBe(first)
    await write('scenarios.yaml', labelled.replace('name: A', 'name: A, records: { items: [{ id: b }] }'))
    expect(new Set([first, relabelled, await hash()]).size).toBe(3)
    await write('scenarios.yaml', 'scenarios: [{ nam: A }]')
    expect(await tests.scenarios(version(1))).toBeUndefined()
  })

  it('tells how far it is', async () => {
    const { tests, version } = await team()
    const told: unknown[] = []
    await tests.run(version(1), { startedBy: ana, progress: (progress) => told.push(progress) })
    expect(told).toEqual([
      { done: 1, total: 2, failed: 0 },
      { done: 2, total: 2, failed: 0 },
    ])
  })

  it('of a workflow without scenarios, or with faulty ones, is refused with what to do', async () => {
    const none = await team({ 'scenarios.yaml': 'scenarios: [{ nam: A }]' })
    await expect(none.tests.run(none.version(1), { startedBy: ana })).rejects.toMatchObject({
      code: 'scenario.broken',
      message: expect.stringContaining('workflows/sample/scenarios.yaml:1'),
    })
  })

  it('is remembered thirty times', async () => {
    const { tests, version } = await team()
    for (let turn = 0; turn < 33; turn++) await tests.run(version(1), { startedBy: ana })
    const kept = tests.list('sample')
    expect(kept).toHaveLength(30)
    expect(kept[0]?.id).not.toBe(kept[29]?.id)
  })
})

describe('a scenario that is kept', () => {
  const scenario = { name: 'Saved', inputs: {} }

  it('is tried from then on, beside those that were there', async () => {
    const { tests, version } = await team({ 'scenarios.yaml': 'scenarios:\n  - name: First\n' })
    expect(await tests.keep('sample', scenario)).toBe('workflows/sample/scenarios.yaml')
    const report = await tests.run(version(1), { startedBy: ana })
    expect(report.scenarios.map(({ name }) => name)).toEqual(['First', 'Saved'])
    await expect(tests.keep('sample', scenario)).rejects.toMatchObject({ code: 'scenario.duplicate' })
  })

  it('is refused where its file cannot be written', async () => {
    const { tests } = await team()
    await expect(tests.keep('nowhere', scenario)).rejects.toMatchObject({ code: 'scenario.not_writable' })
  })
})
