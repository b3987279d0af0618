// What a saved scenario starts with and expects: the records that the execution found, as little else as can be, and
// nothing that a second play does not come to as well.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PythonHost, RecordWrite } from '../../src/actions/ports.ts'
import { describeFault } from '../../src/definition/fault.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { Actor, FinishedReport } from '../../src/engine/report.ts'
import type { Json, JsonObject } from '../../src/json.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { scenarioText } from '../../src/scenarios/from-report.ts'
import { createSaving, loadScenarios, type MadeScenario } from '../../src/scenarios/index.ts'
import { match } from '../../src/scenarios/match.ts'
import { play } from '../../src/scenarios/play.ts'
import { settle } from '../../src/scenarios/played-values.ts'
import { CopiedRecords } from '../../src/scenarios/records.ts'
import { triggerOf } from '../../src/scenarios/run.ts'
import { scenarioSchema } from '../../src/scenarios/schema.ts'
import { writeRecords } from '../../src/scenarios/starting-records.ts'
import { open, testFolder } from '../store/support.ts'
import { fakePython, folderOf, sample, testWorkflow } from './support.ts'

type Work = Parameters<typeof fakePython>[0]

const began = Date.parse('2026-05-04T10:00:00Z')
const ana: Actor = { kind: 'slack', id: 'U0ANA0001', name: 'Ana Lima' }

const items = 'sku,stock,buyer_email\nA-1,3,ops@corp.test\nA-2,8,ops@corp.test\nA-3,12,\n'
const workflow = sample(
  `  - { name: work, type: code, code: return 1 }
  - { name: tell, type: notify, to: "#ops", text: "Done" }`,
  '  - { from: start, to: work }\n  - { from: work, to: tell, on: always }',
  'collections: { items: { key: sku, seed: items.csv, fields: { stock: number } }, notes: { key: id } }',
).replace('type: manual }', 'type: manual, inputs: { who: { type: string } } }')

/** The workflow beside a real store, in which time goes on as the test says. */
async function shop(work: Work, source = workflow) {
  const clock = { at: began - 60_000, now: () => clock.at }
  const store = await open(testFolder(), { clock })
  const dir = await folderOf({ 'workflow.yaml': source, 'items.csv': items })
  const { workflows } = await loadWorkflows(dir, nodeKinds())
  const good = workflows.find(({ id }) => id === 'sample')?.good
  if (!good) throw new Error(workflows.flatMap(({ faults }) => faults.map(describeFault)).join('\n'))
  for (const { collection, key, records } of good.seeds) await store.records.seed(collection, key, records)
  const version = { number: 3, hash: good.hash, definition: good.definition }
  const python = fakePython(work)
  let writes = 0

  function saving(past = store.past, real = python) {
    const ids = { execution: () => `try-${++writes}` }
    return createSaving({
      ...{ dir, shown: 'workflows', python: real, records: store.records, past, ids },
      stopwatch: () => 0,
    })
  }

  return {
    dir,
    store,
    clock,
    /** Somebody else changes a record; null takes it away. */
    async change(collection: string, key: string, value: JsonObject | null) {
      const rev = store.records.get(collection, key)?.rev
      const write: RecordWrite =
        rev === undefined
          ? { kind: 'insert', collection, key, value: value ?? {} }
          : value
            ? { kind: 'update', collection, key, rev, value }
            : { kind: 'delete', collection, key, rev }
      await store.records.apply(`other/${++writes}`, [write])
    },
    async run(id = 'x1', more: { who?: string; undeliverable?: string[] } = {}): Promise<FinishedReport> {
      clock.at = Math.max(began, clock.at) + 1000
      const { who = 'anybody', undeliverable = [] } = more
      // Time stands still only for what needs no disk, so the store hears of it afterwards.
      const records = new CopiedRecords({}, store.records)
      const applied: Parameters<typeof store.records.apply>[] = []
      const { apply } = store.records
      const { report } = await play({
        ...{ version, python, playId: `real ${id}`, executionId: id },
        records: Object.assign(records, {
          apply: (...one: Parameters<typeof apply>) => {
            applied.push(one)
            return CopiedRecords.prototype.apply.call(records, ...one)
          },
        }),
        trigger: triggerOf(version, 'start'),
        inputs: { who },
        startedBy: ana,
        startAt: clock.at - 500,
        answers: scenarioSchema.parse({ name: 'Real', undeliverable }),
        stopwatch: () => 0,
      })
      for (const one of applied) await apply(...one)
      clock.at += 1000
      return report
    },
    saving,
    save: (report: FinishedReport, earlier: FinishedReport[] = []): Promise<MadeScenario> =>
      saving().make(report, version, earlier),
    version,
    async differences({ scenario }: MadeScenario) {
      await writeFile(join(dir, 'sample', 'scenarios.yaml'), scenarioText(scenario))
      const { scenarios } = await testWorkflow(python, 'sample', () => {}, dir)
      return scenarios.flatMap((one) => one.differences)
    },
  }
}

const query = (host: PythonHost, collection: string, where: JsonObject | null = null) =>
  host.call('records.query', { collection, where, order_by: null, limit: null })

const lookAtAll: Work = { work: async (_request, host) => ({ found: await query(host, 'items') }) }

describe('the records that a saved scenario starts with', () => {
  it('are the seed and what was different from it then, whatever has changed since', async () => {
    const { change, run, save, differences } = await shop(lookAtAll)
    await change('items', 'A-1', { sku: 'A-1', stock: 0, buyer_email: 'ops@corp.test' })
    await change('items', 'A-2', null)
    await change('items', 'B-9', { sku: 'B-9', stock: 1, buyer_email: null })
    const report = await run()
    await change('items', 'A-1', { sku: 'A-1', stock: 777, buyer_email: 'ops@corp.test' })
    await change('items', 'A-3', null)
    const made = await save(report)
    expect(made.scenario.records).toEqual({
      items: {
        seed: true,
        change: { 'A-1': { stock: 0 } },
        remove: ['A-2'],
        rows: [{ sku: 'B-9', stock: 1, buyer_email: null }],
      },
    })
    expect(made).toMatchObject({ records: 'found', left: [], open: 1, tried: { passed: true } })
    expect(await differences(made)).toEqual([])
  })

  it('are without what the execution did itself, also where it went on from a step in the middle', async () => {
    const work: Work = {
      work: async (_request, host) => {
        const before = await host.call('records.count', { collection: 'notes', where: null })
        await host.call('records.insert', { collection: 'notes', record: { id: `n${before}` } })
        return { before }
      },
    }
    const { run, save, differences } = await shop(work)
    const first = await run('x1')
    expect((await save(first)).scenario.records).toEqual({ items: { seed: true } })
    const again = { ...(await run('x2')), rerunOf: { executionId: 'x1', from: 'tell' } }
    expect(again.nodes.find(({ name }) => name === 'work')).toMatchObject({ output: { before: 1 } })
    const kept = {
      ...again,
      nodes: again.nodes.map((node) => (node.name === 'work' ? first.nodes[1] : node)),
    }
    const made = await save(kept as FinishedReport, [first])
    expect(made.scenario.records).toEqual({ items: { seed: true } })
    expect(made.scenario.description).toContain('It went on from "tell"; here every step runs.')
    expect(made.records).toBe('found')
    expect(await differences(made)).toEqual([])
    // Without the execution that it goes back to nobody can tell what was there.
    expect((await save(kept as FinishedReport, [])).records).toBe('seed')
  })

  it('are the seed, and the scenario says why, when what they were is not known', async () => {
    const { run, saving, version, change, dir } = await shop(lookAtAll)
    await change('items', 'A-1', { sku: 'A-1', stock: 0, buyer_email: null })
    const report = await run()
    const made = await saving({ since: () => report.startedAt, changes: () => [] }).make(report, version, [])
    expect(made.scenario.records).toEqual({ items: { seed: true } })
    expect(made.scenario.description).toContain('what they were then is not known any more')
    expect(made.records).toBe('seed')
    expect(made.tried?.passed).toBe(false)
    expect(made.tried?.differences[0]?.at).toContain('outputs.work.found')
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), made.text)
  })

  it('are those alone that it looked at; of a collection that is too large, those that it names', async () => {
    const work: Work = {
      work: async (_request, host) => host.call('records.get', { collection: 'notes', key: 'n7' }),
    }
    const { run, save, change, differences, store } = await shop(work)
    for (const id of ['n1', 'n7']) await change('notes', id, { id, text: `about ${id}` })
    await change('elsewhere', 'e1', { id: 'e1' })
    await change('_favourites', 'f1', { id: 'f1' })
    const few = await save(await run('x1'))
    expect(few.scenario.records).toEqual({ items: { seed: true }, notes: [{ id: 'n7', text: 'about n7' }] })
    const many = Array.from({ length: 500 }, (_, index): RecordWrite => {
      const key = `m${index}`
      return { kind: 'insert', collection: 'notes', key, value: { id: key } }
    })
    await store.records.apply('import/1', many)
    const made = await save(await run('x2', { who: 'n7' }))
    expect(made.scenario.records).toEqual(few.scenario.records)
    expect(made.left).toEqual(['notes'])
    expect(made.scenario.description).toContain('too many to be written down in notes')
    expect(await differences(made)).toEqual([])
  })

  it('name their key where another workflow declares them', async () => {
    const work: Work = {
      work: async (_request, host) => query(host, 'parts'),
    }
    const { run, save, store, differences, dir, version } = await shop(work)
    await store.records.seed('parts', 'number', [{ number: 'P-1' }])
    const made = await save(await run())
    expect(made.scenario.records).toMatchObject({ parts: { key: 'number', rows: [{ number: 'P-1' }] } })
    expect(await differences(made)).toEqual([])
    // One that the workflow declares itself has no other.
    const wrong = { name: 'Wrong', records: { items: { key: 'number', rows: [] } } }
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), scenarioText(wrong))
    const place = { folder: join(dir, 'sample'), shown: 'workflows/sample' }
    expect(await loadScenarios(place, version.definition)).toMatchObject({
      ok: false,
      faults: [{ code: 'scenario.key', field: 'scenarios[0].records.items.key' }],
    })
  })

  it('hold no secrets and nothing about people, but what the seed shows anyway', async () => {
    const work: Work = {
      work: async (request, host) => ({
        mine: await query(host, 'notes', { mail: (request.inputs as JsonObject).who as Json }),
        items: await query(host, 'items'),
      }),
    }
    const { run, save, change, differences } = await shop(work)
    await change('notes', 'n1', { id: 'n1', mail: 'eva@corp.test', api_key: 'sk-live-123', pin: 4711 })
    await change('notes', 'bob@corp.test', { id: 'bob@corp.test', mail: 'bob@corp.test', api_key: 'sk-2' })
    await change('items', 'A-1', { sku: 'A-1', stock: 3, buyer_email: 'eva@corp.test' })
    const made = await save(await run('x1', { who: 'eva@corp.test' }))
    expect(made.text).not.toMatch(/eva@|bob@|sk-live|sk-2|4711|Ana Lima|U0ANA0001/)
    expect(made.text).toContain('masked-')
    expect(made.masked).toBeGreaterThanOrEqual(6)
    // The same person is the same placeholder in inputs, records and outputs, so that it still finds its own.
    expect(made.tried?.passed).toBe(true)
    expect(await differences(made)).toEqual([])
    expect(JSON.stringify(made.scenario.expect)).toMatch(/"id":"n1"/)
  })
})

describe('what a saved scenario expects', () => {
  it('leaves open what comes out differently the second time', async () => {
    let turn = 0
    const { run, save, differences } = await shop({
      work: () => ({ same: [1, 2], token: `t-${++turn}`, list: Array.from({ length: turn }, () => 0), turn }),
    })
    const made = await save(await run())
    expect(made.scenario.expect).toMatchObject({
      outputs: { work: { same: [1, 2], list: { $any: true }, turn: { $any: true } } },
    })
    expect(made.scenario.description).toContain('values may be anything')
    expect(await differences(made)).toEqual([])
  })

  it('needs no past of records where the execution looked at none', async () => {
    let turn = 0
    const { run, saving, version } = await shop({ work: () => ({ n: 1, turn: ++turn }) })
    const made = await saving({ since: () => '9999', changes: () => [] }).make(await run(), version, [])
    expect(made).toMatchObject({ records: 'found', tried: { passed: true } })
    expect(made.scenario.expect).toMatchObject({ outputs: { work: { n: 1, turn: { $any: true } } } })
  })

  it('is said not to hold when the execution goes another way the second time', async () => {
    let turn = 0
    const { run, save } = await shop({
      work: () => {
        if (++turn > 1) throw new Error('not again')
        return { at: '2026-05-04T10:00:00Z', n: 1 }
      },
    })
    const made = await save(await run())
    expect(made.tried).toMatchObject({ passed: false, differences: [{ at: 'status' }, {}] })
    // What is expected is what was, with times left open as ever.
    expect(made.scenario.expect).toMatchObject({ outputs: { work: { at: { $any: true }, n: 1 } } })
  })

  it('remembers where no message arrived', async () => {
    const { run, save, differences } = await shop({ work: () => 1 })
    const report = await run('x1', { undeliverable: ['#ops'] })
    expect(report.status).toBe('failed')
    const made = await save(report)
    expect(made.scenario.undeliverable).toEqual(['#ops'])
    expect(made.tried).toEqual({ passed: true, differences: [] })
    expect(await differences(made)).toEqual([])
  })

  it('leaves out enormous outputs; what is too large as a whole is refused', async () => {
    const huge = 'x'.repeat(200_000)
    const { run, save, differences } = await shop({ work: () => ({ huge }) })
    const report = await run()
    const made = await save(report)
    expect(made.text.length).toBeLessThan(3000)
    expect(made.open).toBeGreaterThanOrEqual(1)
    expect(await differences(made)).toEqual([])
    await expect(save({ ...report, inputs: { who: 'y'.repeat(1_100_000) } })).rejects.toMatchObject({
      code: 'scenario.too_large',
    })
    const cut = { cut: 'The inputs had 900000 characters of JSON', length: 900_000, begins: '{' }
    await expect(save({ ...report, inputs: cut })).rejects.toMatchObject({
      code: 'scenario.not_repeatable',
      message: expect.stringContaining('too large to be kept'),
    })
  })

  it('is not tried when the code ran into a limit, which it would do again', async () => {
    const { run, saving, version } = await shop({
      work: () => {
        throw Object.assign(new Error('took too long'), { code: 'python.timed_out' })
      },
    })
    const report = await run()
    const untouchable = fakePython({
      work: () => {
        throw new Error('nobody should run this')
      },
    })
    const made = await saving(undefined, untouchable).make(report, version, [])
    expect(made.tried).toBeNull()
    expect(made.scenario.expect).toMatchObject({ status: 'failed', errors: ['python.timed_out'] })
  })
})

describe('the place of a saved scenario', () => {
  it('is the file of the workflow, where it can be added as long as it is not there', async () => {
    const { run, save, saving, dir } = await shop({ work: () => 1 })
    const { scenario } = await save(await run())
    const place = () => saving().place('sample', scenario)
    const file = 'workflows/sample/scenarios.yaml'
    const path = join(dir, 'sample', 'scenarios.yaml')
    expect(await place()).toEqual({ file, addable: 'yes' })
    await writeFile(path, 'scenarios: [{ name: A }]')
    expect(await place()).toEqual({ file, addable: 'no' })
    await writeFile(path, scenarioText(scenario))
    expect(await place()).toEqual({ file, addable: 'there' })
    expect(await saving().place('elsewhere', scenario)).toMatchObject({ addable: 'no' })
  })

  it('has no room for more than the file may hold', async () => {
    const { run, save, saving, dir } = await shop({ work: () => 1 })
    const { scenario } = await save(await run())
    const names = Array.from({ length: 500 }, (_, index) => `  - name: s${index}\n`)
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), `scenarios:\n${names.join('')}`)
    expect(await saving().place('sample', scenario)).toMatchObject({ addable: 'no' })
  })
})

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>

describe('whatever comes out', () => {
  it('what is expected of two values fits both, and leaves nothing open where they are the same', () => {
    fc.assert(
      fc.property(json, json, (then, played) => {
        const { expected, open } = settle(then, played)
        if (expected !== undefined) {
          expect(match(expected, then, 'value')).toEqual([])
          expect(match(expected, played, 'value')).toEqual([])
        }
        expect(settle(then, structuredClone(then)).open).toBe(0)
        expect(open > 0 || match(then, played, 'value').length === 0).toBe(true)
      }),
    )
  })

  it('records that are written down come back as they were', async () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', '', null), json)
    const record = fc.record(
      { sku: fc.constantFrom('A-1', 'A-2', 'A-3', 'B', '__proto__'), stock: value, more: value },
      { requiredKeys: ['sku', 'stock'] },
    )
    const table = fc.uniqueArray(record, { selector: ({ sku }) => sku, maxLength: 5 }) as fc.Arbitrary<
      JsonObject[]
    >
    const dir = await folderOf({ 'workflow.yaml': workflow, 'items.csv': items })
    const { workflows } = await loadWorkflows(dir, nodeKinds())
    const good = workflows.find(({ id }) => id === 'sample')?.good
    const seed = good?.seeds.find(({ collection }) => collection === 'items')?.records ?? []
    const tables = [
      ...fc.sample(table, 150),
      // As changes of the seed.
      ...fc.sample(table, 50).map((rows) => [...seed.slice(1), ...rows.filter(({ sku }) => sku === 'B')]),
    ]
    const written = tables.map((records) => writeRecords(records, { key: 'sku', seed })?.written)
    const scenarios = written.map((one, index) => ({
      name: `s${index}`,
      ...(one === undefined ? {} : { records: { items: one } }),
    }))
    const text = scenarioText({ name: 'first' }) + scenarios.map(indented).join('')
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), text)
    const place = { folder: join(dir, 'sample'), shown: 'workflows/sample' }
    const loaded = await loadScenarios(place, good?.definition as NonNullable<typeof good>['definition'])
    if (!loaded.ok) throw new Error(loaded.faults.map(describeFault).join('\n'))
    for (const [index, records] of tables.entries()) {
      const found = loaded.scenarios[index + 1]?.collections.items?.records
      expect(found).toEqual(records)
    }
    expect(written.some((one) => one && !Array.isArray(one))).toBe(true)
    expect(written.some((one) => Array.isArray(one))).toBe(true)
  })
})

function indented(scenario: JsonObject): string {
  return scenarioText(scenario).replace('scenarios:\n', '')
}
