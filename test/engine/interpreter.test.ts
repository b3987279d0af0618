import { describe, expect, test } from 'vitest'
import { type ActionContext, NodeFailure } from '../../src/engine/action.ts'
import { type Report, reportSchema } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import { settled } from '../support/clock.ts'
import { ana, edge, engineOf, workflow } from '../support/workflow.ts'

const statuses = (report: Report) => Object.fromEntries(report.nodes.map((node) => [node.name, node.status]))
const reasonOf = (report: Report, name: string) => {
  const node = report.nodes.find((one) => one.name === name)
  return node?.status === 'skipped' ? node.reason : undefined
}
const broken = () => {
  throw new WorkflowError('test.broken', 'It broke.', { hint: 'Mend it.' })
}

describe('order and data', () => {
  test('nodes run after what they depend on, in the order of the file where both would do', async () => {
    const seen: string[] = []
    const note = (name: string) => [name, async () => ({ output: seen.push(name) })] as const
    const { run } = engineOf(Object.fromEntries(['d', 'c', 'b', 'a'].map(note)))
    const version = workflow(
      ['d', 'c', 'b', 'a'],
      [edge('start -> a'), edge('start -> b'), edge('a -> d'), edge('b -> c'), edge('c -> d')],
    )
    expect((await run(version)).status).toBe('succeeded')
    expect(seen).toEqual(['b', 'c', 'a', 'd'])
  })

  test('a node reads the outputs of earlier nodes, the inputs and the context that they left', async () => {
    const { run } = engineOf({
      first: async ({ context }) => ({ output: { n: 1 }, context: { ...context, seen: ['first'] } }),
      second: async ({ outputs, inputs, context }) => ({ output: [outputs.first ?? null, inputs, context] }),
    })
    const report = await run(
      workflow(['first', 'second'], [edge('start -> first'), edge('first -> second')], {
        context: { currency: 'EUR' },
      }),
      {
        inputs: { who: 'Ana' },
      },
    )
    expect(report.nodes[2]).toMatchObject({
      output: [{ n: 1 }, { who: 'Ana' }, { currency: 'EUR', seen: ['first'] }],
    })
    expect(report.context).toEqual({ currency: 'EUR', seen: ['first'] })
  })

  test('what a failed node did to the context is gone', async () => {
    const { run } = engineOf({
      first: async ({ context }) => {
        context.spoiled = true
        return broken()
      },
    })
    expect((await run(workflow(['first'], [edge('start -> first')]))).context).toEqual({})
  })

  test('a report satisfies its schema, whatever the outcome', async () => {
    const { run } = engineOf({ b: broken })
    const version = workflow(['a', 'b', 'c'], [edge('start -> a'), edge('a -> b'), edge('b -> c')])
    expect(reportSchema.parse(await run(version))).toMatchObject({ status: 'failed', success: false })
  })
})

describe('branches', () => {
  const branching = workflow(
    ['count', 'few', 'many', 'done'].map((name) => (name === 'done' ? { name, join: 'any' } : name)),
    [
      edge('start -> count'),
      edge('count -> many', { when: 'outputs.count > 10' }),
      edge('count -> few', { else: true }),
      edge('many -> done'),
      edge('few -> done'),
    ],
  )

  test('a condition takes one branch, and the other says why it was skipped', async () => {
    const report = await engineOf({ count: async () => ({ output: 12 }) }).run(branching)
    expect(statuses(report)).toMatchObject({ many: 'succeeded', few: 'skipped', done: 'succeeded' })
    expect(reasonOf(report, 'few')).toBe('"count" went on to "many"')
  })

  test('an else edge is taken when no condition was met', async () => {
    const report = await engineOf({ count: async () => ({ output: 3 }) }).run(branching)
    expect(statuses(report)).toMatchObject({ many: 'skipped', few: 'succeeded', done: 'succeeded' })
    expect(reasonOf(report, 'many')).toBe('the condition `outputs.count > 10` after "count" was not met')
  })

  test('a condition that cannot be evaluated fails the node that it leads to, with the expression', async () => {
    const report = await engineOf({ count: async () => ({ output: 'a lot' }) }).run(branching)
    expect(report.status).toBe('failed')
    expect(report.errors).toHaveLength(1)
    expect(report.errors[0]).toMatchObject({ node: 'many', code: expect.stringMatching(/^expression\./) })
    expect(report.errors[0]?.message).toContain('outputs.count > 10')
    expect(statuses(report)).toMatchObject({ many: 'failed', few: 'skipped' })
  })

  test('skips propagate, and each says why', async () => {
    const version = workflow(
      ['a', 'b', 'c'],
      [edge('start -> a', { when: 'false' }), edge('a -> b'), edge('b -> c')],
    )
    const report = await engineOf({}).run(version)
    expect([reasonOf(report, 'a'), reasonOf(report, 'b'), reasonOf(report, 'c')]).toEqual([
      'the condition `false` after "start" was not met',
      '"a" was skipped',
      '"b" was skipped',
    ])
    expect(report.status).toBe('succeeded')
  })

  test.each([
    ['all', 'skipped'],
    ['any', 'succeeded'],
    [2, 'succeeded'],
    [3, 'skipped'],
  ] as const)('with two of three edges taken, a join of %s is %s', async (join, status) => {
    const version = workflow(
      ['a', 'b', 'c', { name: 'end', join }],
      [
        edge('start -> a'),
        edge('start -> b'),
        edge('start -> c', { when: 'false' }),
        edge('a -> end'),
        edge('b -> end'),
        edge('c -> end'),
      ],
    )
    expect(statuses(await engineOf({}).run(version)).end).toBe(status)
  })
})

describe('failures', () => {
  test('a failure stops what depends on it and nothing else', async () => {
    const version = workflow(
      ['a', 'after a', 'b'],
      [edge('start -> a'), edge('a -> after a'), edge('start -> b')],
    )
    const report = await engineOf({ a: broken }).run(version)
    expect(statuses(report)).toEqual({
      start: 'succeeded',
      a: 'failed',
      'after a': 'skipped',
      b: 'succeeded',
    })
    expect(report.errors).toEqual([
      { code: 'test.broken', message: 'It broke.', hint: 'Mend it.', node: 'a' },
    ])
    expect(reasonOf(report, 'after a')).toBe('"a" failed')
  })

  test('a failure edge handles the failure, and the execution ends as a warning', async () => {
    const version = workflow(
      ['a', 'rescue', 'next'],
      [edge('start -> a'), edge('a -> rescue', { on: 'failure' }), edge('a -> next')],
    )
    const report = await engineOf({ a: broken }).run(version)
    expect(report).toMatchObject({ status: 'warning', success: true })
    expect(statuses(report)).toMatchObject({ a: 'failed', rescue: 'succeeded', next: 'skipped' })
    expect(report.errors).toHaveLength(1)
  })

  test('a failure edge whose condition is not met handles nothing', async () => {
    const version = workflow(
      ['a', 'rescue'],
      [edge('start -> a'), edge('a -> rescue', { on: 'failure', when: 'false' })],
    )
    expect((await engineOf({ a: broken }).run(version)).status).toBe('failed')
  })

  test('an edge on always runs after both outcomes, and does not handle a failure', async () => {
    const version = workflow(['a', 'tidy'], [edge('start -> a'), edge('a -> tidy', { on: 'always' })])
    const failed = await engineOf({ a: broken }).run(version)
    expect([failed.status, statuses(failed).tidy]).toEqual(['failed', 'succeeded'])
    expect(statuses(await engineOf({}).run(version)).tidy).toBe('succeeded')
  })

  test('continue_on_error goes on, and the execution ends as a warning', async () => {
    const version = workflow(
      [{ name: 'a', continue_on_error: true }, 'next'],
      [edge('start -> a'), edge('a -> next')],
    )
    const report = await engineOf({ a: broken }).run(version)
    expect([report.status, statuses(report).next]).toEqual(['warning', 'succeeded'])
  })

  test('a mistake of ours ends the node without a stack, and is told to the log', async () => {
    const told: unknown[] = []
    const mistake = new TypeError('undefined is not a function at /secret/path.ts')
    const { run } = engineOf(
      { a: () => Promise.reject(mistake) },
      { unexpected: (thrown) => told.push(thrown) },
    )
    const report = await run(workflow(['a'], [edge('start -> a')]))
    expect(report.errors[0]).toMatchObject({ code: 'internal.unexpected' })
    expect(JSON.stringify(report)).not.toContain('secret')
    expect(told).toEqual([mistake])
  })
})

describe('retries', () => {
  const retrying = (retry: object) => workflow([{ name: 'a', retry } as never], [edge('start -> a')])

  test('a node is tried again after a wait, and the last attempt decides', async () => {
    const attempts: number[] = []
    const { start, engine, clock } = engineOf({
      a: async (context) => {
        attempts.push(context.attempt)
        return { output: await context.step('run', async () => (context.attempt < 3 ? broken() : 'at last')) }
      },
    })
    const { executionId } = await start(
      retrying({ attempts: 3, delay: '10s', backoff: 'constant', max_delay: '5m', jitter: false }),
    )
    await settled()
    expect(engine.info(executionId)).toMatchObject({
      status: 'waiting',
      waitingFor: { kind: 'retry', attempt: 2, until: '2026-03-02T08:00:10.000Z' },
    })
    await clock.advance(20_000)
    expect(await engine.result(executionId)).toMatchObject({ status: 'succeeded', durationMs: 20_000 })
    expect(attempts).toEqual([1, 2, 3])
  })

  test('only the named error codes are tried again', async () => {
    const { run } = engineOf({ a: broken })
    const report = await run(
      retrying({
        attempts: 5,
        delay: '10s',
        backoff: 'constant',
        max_delay: '5m',
        jitter: false,
        on: ['python.'],
      }),
    )
    expect(report.nodes[1]).toMatchObject({ status: 'failed', attempts: 1 })
  })

  test('the node context is kept over attempts', async () => {
    const { start, engine, clock } = engineOf({
      a: async ({ attempt, nodeContext }) => {
        if (attempt === 2) return { output: nodeContext }
        throw new NodeFailure(
          { code: 'test.broken', message: 'It broke.' },
          { nodeContext: { tries: attempt } },
        )
      },
    })
    const { executionId } = await start(
      retrying({ attempts: 2, delay: '1s', backoff: 'exponential', max_delay: '5m', jitter: true }),
    )
    await clock.advance(5000)
    expect((await engine.result(executionId)).nodes[1]).toMatchObject({
      status: 'succeeded',
      output: { tries: 1 },
    })
  })
})

describe('time limits', () => {
  test('a node that takes too long fails, and the rest of the execution goes on', async () => {
    const version = workflow([{ name: 'a', timeout: '5s' }, 'b'], [edge('start -> a'), edge('start -> b')])
    const { start, engine, clock } = engineOf({
      a: async (context) => ({
        output: await context.step('run', () => new Promise<string>(() => undefined)),
      }),
    })
    const { executionId } = await start(version)
    await clock.advance(5000)
    const report = await engine.result(executionId)
    expect(report.errors[0]).toMatchObject({ node: 'a', code: 'node.timed_out' })
    expect(statuses(report)).toMatchObject({ a: 'failed', b: 'succeeded' })
  })

  test('an execution that takes too long ends as timed_out', async () => {
    const version = workflow(['a', 'b'], [edge('start -> a'), edge('a -> b')], {
      settings: { timeout: '1m' },
    })
    const { start, engine, clock } = engineOf({
      a: async (context) => ({
        output: await context.step('run', () => new Promise<string>(() => undefined)),
      }),
    })
    const { executionId } = await start(version)
    await clock.advance(60_000)
    const report = reportSchema.parse(await engine.result(executionId))
    expect(report).toMatchObject({ status: 'timed_out', success: false, durationMs: 60_000 })
    expect(statuses(report)).toMatchObject({ a: 'cancelled', b: 'skipped' })
    expect(report.errors.at(-1)?.code).toBe('workflow.timed_out')
  })
})

describe('parallel branches', () => {
  test('run side by side where the definition asks for it, with the same report', async () => {
    const work = {
      slow: async (context: Parameters<NonNullable<Parameters<typeof engineOf>[0][string]>>[0]) => {
        await context.sleep('pause', 60_000)
        return { output: 'slow', context: { ...context.context, last: 'slow' } }
      },
      fast: async ({ context }: { context: object }) => ({
        output: 'fast',
        context: { ...context, last: 'fast' },
      }),
    }
    const version = workflow(
      ['slow', 'fast', 'end'],
      [edge('start -> slow'), edge('start -> fast'), edge('slow -> end'), edge('fast -> end')],
      {
        settings: { mode: 'parallel' },
      },
    )
    const { start, engine, clock } = engineOf(work as never)
    const { executionId } = await start(version)
    await settled()
    expect(statuses(engine.info(executionId) as Report)).toMatchObject({
      slow: 'running',
      fast: 'succeeded',
      end: 'pending',
    })
    await clock.advance(60_000)
    const report = await engine.result(executionId)
    expect(report.status).toBe('succeeded')
    // The order of the file decides what the context is, not who was faster.
    expect(report.context).toEqual({ last: 'fast' })
  })
})

describe('cancelling', () => {
  test('stops the node that runs, at once, and says who did it and why', async () => {
    const version = workflow(['a', 'b'], [edge('start -> a'), edge('a -> b')])
    let aborted = false
    const { start, engine } = engineOf({
      a: async (context) => ({
        output: await context.step('run', ({ signal }) => {
          signal.addEventListener('abort', () => {
            aborted = true
          })
          return new Promise<string>(() => undefined)
        }),
      }),
    })
    const { executionId } = await start(version)
    await settled()
    expect(await engine.cancel(executionId, ana, 'wrong week')).toBe(true)
    const report = reportSchema.parse(await engine.result(executionId))
    expect(report).toMatchObject({ status: 'cancelled', cancelledBy: ana, reason: 'wrong week' })
    expect(statuses(report)).toMatchObject({ a: 'cancelled', b: 'skipped' })
    expect(aborted).toBe(true)
    expect(await engine.cancel(executionId, ana)).toBe(false)
  })
})

describe('for each', () => {
  const each = (for_each: object) =>
    workflow([{ name: 'a', for_each } as never, 'after'], [edge('start -> a'), edge('a -> after')])
  const all = { items: 'inputs.list', at_once: 1, on_error: 'stop' }
  const double = {
    a: async (context: ActionContext) => {
      const item = context.each?.item as number
      return { output: await context.step('run', async () => (item < 0 ? broken() : item * 2)) }
    },
  }

  test('runs the node for each entry, with outputs in the order of the list', async () => {
    const report = await engineOf(double).run(each({ ...all, at_once: 3 }), {
      inputs: { list: [5, 1, 4, 2] },
    })
    expect(reportSchema.parse(report).nodes[1]).toMatchObject({
      status: 'succeeded',
      output: [10, 2, 8, 4],
      items: { total: 4, succeeded: 4, failed: 0 },
    })
  })

  test('stops at the first error, and says which item it was', async () => {
    const report = await engineOf(double).run(each(all), { inputs: { list: [1, -1, 2] } })
    expect(report.nodes[1]).toMatchObject({
      status: 'failed',
      items: {
        succeeded: 1,
        failed: 1,
        shown: [{ status: 'succeeded' }, { status: 'failed' }, { status: 'skipped' }],
      },
    })
    expect(report.errors[0]?.message).toBe('Item 2 of 3 failed: It broke.')
  })

  test('goes on after an error where told to, and ends as a warning that names the item', async () => {
    const report = await engineOf(double).run(each({ ...all, on_error: 'continue' }), {
      inputs: { list: [1, -1, 2] },
    })
    expect(report).toMatchObject({ status: 'warning', errors: [{ message: 'Item 2: It broke.', node: 'a' }] })
    expect(report.nodes[1]).toMatchObject({ status: 'succeeded', output: [2, null, 4] })
    expect(statuses(report).after).toBe('succeeded')
  })

  test('fails when every item failed', async () => {
    const report = await engineOf(double).run(each({ ...all, on_error: 'continue' }), {
      inputs: { list: [-1, -2] },
    })
    expect(report.status).toBe('failed')
  })

  test('an empty list is no failure', async () => {
    const report = await engineOf(double).run(each(all), { inputs: { list: [] } })
    expect(report.nodes[1]).toMatchObject({ status: 'succeeded', output: [] })
  })

  test.each([
    ['no list', { list: 'abc' }, 'for_each.not_a_list'],
    ['too long a list', { list: new Array(10_001).fill(0) }, 'for_each.too_long'],
    ['nothing of that name', {}, 'expression.failed'],
  ])('%s fails the node', async (_, inputs, code) => {
    expect((await engineOf(double).run(each(all), { inputs: inputs as never })).errors[0]).toMatchObject({
      code,
    })
  })
})
