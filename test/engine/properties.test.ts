// What holds for every workflow, not for the ones that somebody thought of. A failing case prints its seed and its path.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { topologicalOrder } from '../../src/definition/graph.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { reportSchema } from '../../src/engine/report.ts'
import { ManualClock } from '../support/clock.ts'
import { MortalStore } from '../support/mortal-store.ts'
import { engineOf } from '../support/workflow.ts'
import {
  behave,
  expectedFate,
  inputs,
  type Sample,
  samples,
  terminal,
  timeless,
  wildSamples,
} from './random-workflows.ts'

/** More with PROPERTY_RUNS=5000 in front, when the engine was changed. */
const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 150) }

interface Life {
  /** Undefined when the store died first. */
  report: FinishedReport | undefined
  effects: string[]
  /** What was not as it must be while it ran. */
  disorder: string[]
  clock: ManualClock
}

/** Runs the sample on a store until it has ended or the store has died; takes it up when the store knows it. */
async function live(sample: Sample, store: MortalStore, clock = new ManualClock()): Promise<Life> {
  const { version, behaviours } = sample
  const life: Life = { report: undefined, effects: [], disorder: [], clock }
  const into = (name: string) => version.definition.edges.filter((edge) => edge.to === name)
  const works = [...behaviours].map(([name, behaviour]) => {
    const work = behave(behaviour, (key) => life.effects.push(key))
    const watched: typeof work = (context, node) => {
      const nodes = engine.info(context.execution.id)?.nodes ?? []
      for (const { from } of into(name)) {
        const before = nodes.find((one) => one.name === from)
        if (!before || !terminal(before)) life.disorder.push(`${name} ran before ${from} had ended`)
      }
      return work(context, node)
    }
    return [name, watched]
  })
  const { engine, start } = engineOf(Object.fromEntries(works), {
    store,
    clock,
    unexpected: (thrown) => life.disorder.push(String(thrown)),
  })
  const resumed = await engine.resume()
  const id = 'x1'
  if (resumed === 0) await Promise.race([start(version, { inputs }), store.death])
  engine.result(id).then(
    (report) => {
      life.report = report
    },
    () => undefined,
  )
  for (let hour = 0; hour < 30 && !life.report && !store.dead; hour++) await clock.advance(3_600_000)
  return life
}

const node = (report: FinishedReport, name: string) => {
  const found = report.nodes.find((one) => one.name === name)
  if (!found) throw new Error(`no ${name} in the report`)
  return found
}

describe('for every workflow', () => {
  test('nodes run after all that lead to them, and each ends in exactly one state that the rules ask for', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (sample) => {
        const { report, disorder } = await live(sample, new MortalStore())
        expect(disorder).toEqual([])
        if (!report) throw new Error('it did not end')
        reportSchema.parse(report)

        const order = topologicalOrder(sample.version.definition)
        expect(report.nodes.map((one) => one.name)).toEqual(order)
        const fates = expectedFate(sample, order)
        for (const name of order) {
          const found = node(report, name)
          const fate = fates.get(name)
          expect({ name, status: found.status }).toEqual({ name, status: fate?.fate })
          if (found.status === 'failed')
            expect({ name, handled: found.handled }).toEqual({ name, handled: fate?.handled })
          if (found.status === 'skipped') expect(found.reason).not.toBe('')
        }
      }),
      runs,
    )
  })

  test('the status of the execution follows from the states of its nodes', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async (sample) => {
        const { report } = await live(sample, new MortalStore())
        if (!report) throw new Error('it did not end')
        const failed = report.nodes.filter((one) => one.status === 'failed')
        const flawed = report.nodes.some((one) => one.status === 'succeeded' && (one.items?.failed ?? 0) > 0)
        const expected = failed.some((one) => !one.handled)
          ? 'failed'
          : failed.length > 0 || flawed
            ? 'warning'
            : 'succeeded'
        expect([report.status, report.success]).toEqual([expected, expected !== 'failed'])
        expect(report.errors.length > 0).toBe(expected !== 'succeeded')
        for (const { name } of failed) expect(report.errors.map((error) => error.node)).toContain(name)
      }),
      runs,
    )
  })

  test('a second run, on a store that answers in another order, gives the same report', async () => {
    const latencies = fc.infiniteStream(fc.integer({ min: 0, max: 9 }))
    await fc.assert(
      fc.asyncProperty(wildSamples, latencies, async (sample, stream) => {
        const latency = () => stream.next().value as number
        const first = await live(sample, new MortalStore())
        const second = await live(sample, new MortalStore({ latency }))
        expect(timeless(second.report)).toEqual(timeless(first.report))
        expect([...second.effects].sort()).toEqual([...first.effects].sort())
      }),
      runs,
    )
  })

  test('whatever the writes at which it is killed, it ends as it would have, and no recorded step runs again', async () => {
    const cuts = fc.array(
      fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), lastWords: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    const latencies = fc.infiniteStream(fc.integer({ min: 0, max: 9 }))
    await fc.assert(
      fc.asyncProperty(wildSamples, cuts, latencies, async (sample, kills, stream) => {
        const whole = new MortalStore()
        const original = await live(sample, whole)
        const latency = () => stream.next().value as number

        let store = new MortalStore()
        let clock = new ManualClock()
        const effects: string[] = []
        for (const { share, lastWords } of kills) {
          const left = Math.floor(share * (whole.writes + 1))
          store = successor(store, { left, lastWords, latency })
          const recorded = new Set(store.entries('x1').map((entry) => `x1/${entry.name}`))
          const life = await live(sample, store, clock)
          expect(life.effects.filter((key) => recorded.has(key))).toEqual([])
          expect(life.disorder).toEqual([])
          effects.push(...life.effects)
          clock = new ManualClock(life.clock.now() + 60_000)
          if (life.report) break
        }
        store = successor(store, { latency })
        const last = store.reports.has('x1') ? undefined : await live(sample, store, clock)
        effects.push(...(last?.effects ?? []))
        expect(timeless(store.reports.get('x1'))).toEqual(timeless(original.report))
        // Nothing was left out, and each crash repeats a step at most once.
        expect(new Set(effects)).toEqual(new Set(original.effects))
        for (const key of new Set(effects))
          expect(effects.filter((one) => one === key).length).toBeLessThanOrEqual(1 + kills.length)
      }),
      runs,
    )
  })
})

/** What the next process finds on the disk. */
function successor(before: MortalStore, options: ConstructorParameters<typeof MortalStore>[0]): MortalStore {
  const store = new MortalStore(options)
  store.inherit(before)
  return store
}
