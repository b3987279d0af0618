// Why a node ran, was skipped or failed: told from real reports of the engine, back to the root cause.
import { describe, expect, it } from 'vitest'
import type { Why } from '../../src/commands/answers.ts'
import type { Edge } from '../../src/definition/schema.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { Json } from '../../src/json.ts'
import { edge } from '../support/workflow.ts'
import { ana, asking, held, type OfficeOptions, openOffice, program, versionOf } from './office.ts'

const giving = (output: Json) => async () => ({ output })
const failing = async () => {
  throw new WorkflowError('http.refused', 'The supplier did not answer.', { hint: 'Call them.' })
}

function officeOf(
  nodes: NonNullable<Parameters<typeof versionOf>[1]>['nodes'],
  edges: Edge[],
  work: OfficeOptions['work'] = {},
  context: { [key: string]: Json } = {},
) {
  const version = versionOf('open', { nodes, edges })
  version.definition.context = context
  return openOffice({ workflows: { open: { version } }, work })
}

async function why(office: ReturnType<typeof openOffice>, node: string, executionId?: string): Promise<Why> {
  const result = await office.ask(ana, 'why', {
    executionId: executionId ?? (await office.ran('open')),
    node,
  })
  if (result.kind !== 'why') throw new Error(result.kind)
  return result
}

const chain = ({ causes }: Why) => causes.map(({ node, status }) => `${node}: ${status}`)

describe('a node that ran', () => {
  it('ran because of the edges that were taken, with the values of their conditions', async () => {
    const condition = 'outputs["count"].low > inputs.limit || outputs["count"].missing == 1'
    const office = officeOf(
      ['count', 'order'],
      [edge('start -> count'), edge('count -> order', { when: condition })],
      { count: giving({ low: 7 }) },
    )
    const trigger = office.entries[0]?.version?.definition.nodes[0]
    if (trigger) trigger.inputs = { limit: { type: 'integer', default: 3 } }
    const answer = await why(office, 'order')
    expect(answer).toMatchObject({
      status: 'succeeded',
      summary: `"order" ran: the condition \`${condition}\` after "count" was met.`,
      join: 'all',
      edges: [
        {
          from: 'count',
          fromStatus: 'succeeded',
          taken: 'yes',
          when: condition,
          values: [
            { read: 'outputs["count"].low', value: 7 },
            { read: 'inputs.limit', value: 3 },
            { read: 'outputs["count"].missing' },
          ],
        },
      ],
    })
    expect(answer.edges[0]?.values[2]).not.toHaveProperty('value')
    expect(chain(answer)).toEqual(['order: succeeded'])
  })

  it('and was the trigger says who started it', async () => {
    const office = officeOf(['count'], [edge('start -> count')])
    expect((await why(office, 'start')).summary).toBe(
      '"start" ran: it started the execution, for nightly-export.',
    )
  })

  it('marks values of the context, which are known as they were at the end', async () => {
    const office = officeOf(
      ['count'],
      [edge('start -> count', { when: 'context.factor > 1' })],
      {},
      { factor: 2 },
    )
    expect((await why(office, 'count')).edges[0]?.values).toEqual([
      { read: 'context.factor', value: 2, late: true },
    ])
  })

  it('in the place of another says that nothing else was taken', async () => {
    const office = officeOf(
      ['count', 'order', 'rest'],
      [
        edge('start -> count'),
        edge('count -> order', { when: 'outputs["count"] > 5' }),
        edge('count -> rest', { else: true }),
      ],
      { count: giving(1) },
    )
    const executionId = await office.ran('open')
    expect((await why(office, 'rest', executionId)).summary).toBe(
      '"rest" ran: nothing else was taken after "count".',
    )
    expect((await why(office, 'order', executionId)).summary).toBe(
      '"order" was skipped: the condition `outputs["count"] > 5` after "count" was not met.',
    )
  })
})

describe('a node that was skipped', () => {
  it('leads over skipped nodes to the condition that was not met', async () => {
    const office = officeOf(
      ['count', 'order', 'pay', 'tell'],
      [
        edge('start -> count'),
        edge('count -> order', { when: 'outputs["count"].low > 0' }),
        edge('order -> pay'),
        edge('pay -> tell'),
      ],
      { count: giving({ low: 0 }) },
    )
    const answer = await why(office, 'tell')
    expect(chain(answer)).toEqual(['tell: skipped', 'pay: skipped', 'order: skipped'])
    expect(answer.summary).toBe('"tell" was skipped: "pay" was skipped.')
    expect(answer.causes.at(-1)?.why).toBe(
      '"order" was skipped: the condition `outputs["count"].low > 0` after "count" was not met.',
    )
  })

  it('leads to the node that failed, with its error', async () => {
    const office = officeOf(
      ['count', 'fetch', 'order', 'tell'],
      [
        edge('start -> count'),
        edge('start -> fetch'),
        edge('count -> order'),
        edge('fetch -> order'),
        edge('order -> tell'),
      ],
      { fetch: failing },
    )
    const answer = await why(office, 'tell')
    expect(chain(answer)).toEqual(['tell: skipped', 'order: skipped', 'fetch: failed'])
    expect(answer.causes.at(-1)).toMatchObject({
      why: '"fetch" failed: The supplier did not answer.',
      error: { code: 'http.refused', hint: 'Call them.', node: 'fetch' },
    })
  })

  it('because its failure edge was not needed says so, and blames nobody', async () => {
    const office = officeOf(
      ['fetch', 'apologise'],
      [edge('start -> fetch'), edge('fetch -> apologise', { on: 'failure' })],
    )
    const answer = await why(office, 'apologise')
    expect(answer.summary).toBe('"apologise" was skipped: "fetch" did not fail.')
    expect(chain(answer)).toEqual(['apologise: skipped'])
  })

  it('by an execution that was cancelled names who did it', async () => {
    const { work, release } = held()
    const office = officeOf(['count', 'order'], [edge('start -> count'), edge('count -> order')], {
      count: work,
    })
    const started = await office.ask(program, 'run', { workflowId: 'open' })
    const executionId = started.kind === 'started' ? started.executionId : ''
    await office.ask(ana, 'cancel', { executionId, reason: 'wrong week' })
    release()
    const order = await why(office, 'order', executionId)
    expect(order.summary).toContain('the execution was cancelled by ana (wrong week)')
    expect(chain(order)).toEqual(['order: skipped', 'count: cancelled'])
  })
})

describe('a node that failed', () => {
  it('is its own cause', async () => {
    const office = officeOf(['fetch'], [edge('start -> fetch')], { fetch: failing })
    const answer = await why(office, 'fetch')
    expect(answer.summary).toBe('"fetch" failed: The supplier did not answer.')
    expect(chain(answer)).toEqual(['fetch: failed'])
  })

  it('because its condition could not be judged shows what the condition looked at', async () => {
    const office = officeOf(
      ['count', 'order'],
      [edge('start -> count'), edge('count -> order', { when: 'outputs["count"].low.deep > 0' })],
      { count: giving({ lwo: 1 }) },
    )
    const answer = await why(office, 'order')
    expect(answer).toMatchObject({
      status: 'failed',
      edges: [{ taken: 'unknown', values: [{ read: 'outputs["count"].low.deep' }] }],
      causes: [{ error: { code: 'expression.failed' } }],
    })
  })
})

describe('a node that has not ended', () => {
  it('leads to what everybody waits for', async () => {
    const office = officeOf(
      ['ask', 'order', 'tell'],
      [edge('start -> ask'), edge('ask -> order'), edge('order -> tell')],
      { ask: asking({}) },
    )
    const started = await office.ask(program, 'run', { workflowId: 'open' })
    const executionId = started.kind === 'started' ? started.executionId : ''
    while (office.engine.engine.info(executionId)?.status !== 'waiting') await office.engine.clock.advance(0)
    const answer = await why(office, 'tell', executionId)
    expect(chain(answer)).toEqual(['tell: pending', 'order: pending', 'ask: waiting'])
    expect(answer.summary).toBe('"tell" waits for "order".')
    expect(answer.causes.at(-1)).toMatchObject({
      why: '"ask" waits for a decision: Order 12 pallets?.',
      waitingFor: { kind: 'person' },
    })
    await office.ask(ana, 'reject', { executionId })
    await office.engine.engine.result(executionId)
  })
})

describe('the question itself', () => {
  it('may be typed in any case, and says what was meant when it is misspelt', async () => {
    const office = officeOf(['Find low stock'], [edge('start -> Find low stock')])
    const executionId = await office.ran('open')
    expect((await why(office, ' find LOW stock ', executionId)).node).toBe('Find low stock')
    const { code, hint } = await office.refused(ana, 'why', { executionId, node: 'find low stok' })
    expect(code).toBe('execution.unknown_node')
    expect(hint).toBe('did you mean "Find low stock"?')
  })

  it('about values of any size gets an answer that people can read', async () => {
    const office = officeOf(
      ['count', 'order'],
      [edge('start -> count'), edge('count -> order', { when: 'outputs["count"].text != "x"' })],
      { count: giving({ text: '🦆'.repeat(50_000) }) },
    )
    const answer = await why(office, 'order')
    expect(JSON.stringify(answer).length).toBeLessThan(5000)
    expect(JSON.stringify(answer)).not.toContain('\ud83e"')
  })

  it('about a rollback says what it takes back', async () => {
    const office = officeOf([{ name: 'order', undo: 'withdraw' }, 'withdraw'], [edge('start -> order')])
    const executionId = await office.ran('open')
    const result = await office.ask(ana, 'rollback', { executionId })
    const again = result.kind === 'started' ? result.executionId : ''
    await office.engine.engine.result(again)
    const answer = await why(office, 'withdraw', again)
    expect(answer.summary).toBe(`"withdraw" ran: it takes back what execution ${executionId} did.`)
    expect(answer.edges).toEqual([])
  })

  it('about a re-run says what was kept', async () => {
    let broken = true
    const office = officeOf(['fetch', 'order'], [edge('start -> fetch'), edge('fetch -> order')], {
      order: async () => {
        if (broken) return failing()
        return { output: 'done' }
      },
    })
    const executionId = await office.ran('open')
    broken = false
    const result = await office.ask(ana, 'retry', { executionId })
    const again = result.kind === 'started' ? result.executionId : ''
    await office.engine.engine.result(again)
    expect((await why(office, 'fetch', again)).summary).toBe(
      `"fetch" did not run again: its output was kept from execution ${executionId}.`,
    )
  })
})
