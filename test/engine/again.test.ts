// Re-runs and rollbacks: what runs once more, what is kept, and what is taken back in which order.
import { describe, expect, test } from 'vitest'
import { rerun, rollback } from '../../src/engine/again.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import { edge, engineOf, workflow } from '../support/workflow.ts'

const broken = () => Promise.reject(new WorkflowError('test.broken', 'It broke.'))
const statuses = (report: FinishedReport) =>
  Object.fromEntries(report.nodes.map((node) => [node.name, node.status]))

/** An engine in which the named nodes fail, and that notes what ran. */
function failing(...names: string[]) {
  const ran: string[] = []
  const seen: { [node: string]: unknown } = {}
  const all = ['a', 'b', 'c', 'd', 'undo a', 'undo b'].map((name) => [
    name,
    async ({ outputs, context }: { outputs: object; context: object }) => {
      ran.push(name)
      seen[name] = outputs
      return names.includes(name) ? broken() : { output: `${name} done`, context: { ...context, last: name } }
    },
  ])
  return { ...engineOf(Object.fromEntries(all)), ran, seen }
}

describe('a re-run', () => {
  const version = workflow(['a', 'b', 'c'], [edge('start -> a'), edge('a -> b'), edge('b -> c')])

  test('from the failed node keeps what succeeded before it, outputs and context', async () => {
    const first = await failing('b').run(version, { inputs: { week: 12 } })
    const { run, ran, seen } = failing()
    const again = await run(version, rerun(first, version, 'failed'))
    expect(ran).toEqual(['b', 'c'])
    expect(seen.b).toMatchObject({ a: 'a done' })
    expect(again).toMatchObject({
      status: 'succeeded',
      inputs: { week: 12 },
      rerunOf: { executionId: first.id, from: 'b' },
      context: { last: 'c' },
    })
    expect(again.nodes.find((node) => node.name === 'a')).toMatchObject({ kept: true, output: 'a done' })
  })

  test('from the start runs everything', async () => {
    const first = await failing('b').run(version)
    const { run, ran } = failing()
    expect(await run(version, rerun(first, version, 'start'))).toMatchObject({ rerunOf: { from: null } })
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  test('runs again what came after the failure because of it', async () => {
    const rescued = workflow(
      ['a', 'b', 'c', { name: 'd', join: 'any' }],
      [edge('start -> a'), edge('a -> b', { on: 'failure' }), edge('a -> c'), edge('b -> d'), edge('c -> d')],
    )
    const first = await failing('a').run(rescued)
    expect(statuses(first)).toMatchObject({ b: 'succeeded', c: 'skipped', d: 'succeeded' })
    const { run, ran } = failing()
    const again = await run(rescued, rerun(first, rescued, 'failed'))
    expect(ran).toEqual(['a', 'c', 'd'])
    expect(statuses(again)).toMatchObject({ a: 'succeeded', b: 'skipped', c: 'succeeded', d: 'succeeded' })
  })

  test('on a newer version keeps only what that version still has', async () => {
    const first = await failing('c').run(version)
    const newer = workflow(['a', 'c'], [edge('start -> a'), edge('a -> c')])
    const { run, ran } = failing()
    await run(newer, rerun(first, newer, 'failed'))
    expect(ran).toEqual(['c'])
  })
})

describe('a rollback', () => {
  const version = workflow(
    [{ name: 'a', undo: 'undo a' }, { name: 'b', undo: 'undo b' }, 'c', 'undo a', 'undo b'],
    [edge('start -> a'), edge('a -> b'), edge('b -> c')],
  )

  test('takes back what succeeded, the last first, with the outputs that it left', async () => {
    const first = await failing('c').run(version)
    expect(first.undoable).toEqual(['b', 'a'])
    const { run, ran, seen } = failing()
    const back = await run(version, { ...rollback(first, version) })
    expect(ran).toEqual(['undo b', 'undo a'])
    expect(seen['undo a']).toMatchObject({ a: 'a done', b: 'b done' })
    expect(back).toMatchObject({ status: 'succeeded', rollbackOf: { executionId: first.id } })
  })

  test('goes on after an undo that failed, and says so', async () => {
    const first = await failing('c').run(version)
    const { run, ran } = failing('undo b')
    expect(await run(version, { ...rollback(first, version) })).toMatchObject({ status: 'failed' })
    expect(ran).toEqual(['undo b', 'undo a'])
  })

  test('leaves out what did not happen', async () => {
    const first = await failing('b').run(version)
    const { run, ran } = failing()
    await run(version, { ...rollback(first, version) })
    expect(ran).toEqual(['undo a'])
  })

  test('of a re-run leaves alone what it kept: that belongs to the execution before', async () => {
    const first = await failing('b').run(version)
    const again = await failing('c').run(version, { ...rerun(first, version, 'failed') })
    expect(again.undoable).toEqual(['b'])
    const { run, ran } = failing()
    await run(version, { ...rollback(again, version) })
    expect(ran).toEqual(['undo b'])
  })

  test('runs a node that takes back several others once', async () => {
    const shared = workflow(
      [{ name: 'a', undo: 'undo a' }, { name: 'b', undo: 'undo a' }, 'c', 'undo a'],
      [edge('start -> a'), edge('a -> b'), edge('b -> c')],
    )
    const first = await failing('c').run(shared)
    const { run, ran } = failing()
    await run(shared, { ...rollback(first, shared) })
    expect(ran).toEqual(['undo a'])
  })

  test('is nothing where nothing can be taken back', async () => {
    const plain = workflow(['a'], [edge('start -> a')])
    expect(rollback(await failing('a').run(plain), plain)).toBeUndefined()
    expect(rollback(await failing('a').run(version), version)).toBeUndefined()
  })

  test('runs no undo node in an ordinary execution', async () => {
    const report = await failing().run(version)
    expect(report.nodes.find((node) => node.name === 'undo a')).toMatchObject({
      status: 'skipped',
      reason: 'it runs only to take back "a"',
    })
  })
})

describe('a handled failure', () => {
  test('is one whose handler ran: a rescue that is skipped leaves the execution failed', async () => {
    const version = workflow(
      ['a', 'b', 'c'],
      [
        edge('start -> a'),
        edge('start -> b', { when: 'false' }),
        edge('a -> c', { on: 'failure' }),
        edge('b -> c'),
      ],
    )
    const report = await failing('a').run(version)
    expect(statuses(report)).toMatchObject({ a: 'failed', c: 'skipped' })
    expect(report.status).toBe('failed')
  })

  test('is judged when all that leads to its handler has ended', async () => {
    const version = workflow(
      ['a', 'b', 'c'],
      [
        edge('start -> a'),
        edge('start -> b'),
        edge('a -> c', { on: 'failure', when: 'outputs.b == "b done"' }),
        edge('b -> c'),
      ],
    )
    expect(await failing('a').run(version)).toMatchObject({ status: 'warning' })
  })
})

test('side by side, a condition beside an else edge sees the same however fast its neighbours are', async () => {
  const version = workflow(
    ['slow', 'ask', 'few', 'many'],
    [
      edge('start -> slow'),
      edge('start -> ask'),
      edge('ask -> few', { else: true }),
      edge('ask -> many', { when: 'outputs.slow == 1' }),
      edge('slow -> many'),
    ],
    { settings: { mode: 'parallel' } },
  )
  const errors: unknown[] = []
  for (const pauseMs of [0, 1000]) {
    const { start, engine, clock } = engineOf({
      slow: async (context) => {
        if (pauseMs > 0) await context.sleep('pause', pauseMs)
        return { output: 1 }
      },
      ask: async (context) => {
        for (let step = 0; step < 5; step++) await context.step(`${step}`, async () => null)
        return { output: null }
      },
    })
    await start(version)
    await clock.advance(2000)
    errors.push((await engine.result('x1')).errors)
  }
  expect(errors[1]).toEqual(errors[0])
  expect(errors[0]).toMatchObject([{ node: 'many', code: 'expression.failed' }])
})
