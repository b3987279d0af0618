// Workflows made up by fast-check, with nodes that behave in ways known beforehand, and a second opinion on what must
// become of each node: written from the documentation, not from the engine.
import fc from 'fast-check'
import type { Edge, Version, WorkflowNode } from '../../src/definition/schema.ts'
import type { ActionContext, ActionResult } from '../../src/engine/action.ts'
import type { NodeResult } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { JsonObject } from '../../src/json.ts'
import { workflow } from '../support/workflow.ts'

/** What one node does: which of its attempts fail, at which of its steps, and whether it pauses. */
export interface Behaviour {
  steps: number
  /** The first so many attempts fail. */
  failures: number
  /** Of a node with `for_each`: items of which the same holds; the others succeed at once. */
  failingItems: number[]
  pauses: boolean
  writesContext: boolean
}

export interface Sample {
  version: Version
  behaviours: Map<string, Behaviour>
}

const conditions = ['true', 'false', 'inputs.yes', '!inputs.yes', 'inputs.missing == 1', 'output'] as const

const retry = fc.record({
  attempts: fc.integer({ min: 1, max: 3 }),
  delay: fc.constantFrom('1s', '10s'),
  backoff: fc.constantFrom('constant', 'exponential'),
  max_delay: fc.constant('15s'),
  jitter: fc.boolean(),
  on: fc.option(fc.constantFrom(['test.'], ['other.']), { nil: undefined }),
})

const forEach = fc.record({
  items: fc.constantFrom('inputs.list', 'inputs.empty', 'inputs.missing'),
  at_once: fc.integer({ min: 1, max: 4 }),
  on_error: fc.constantFrom('stop', 'continue'),
})

const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 })

const nodeShape = fc.record({
  retry: rarely(retry),
  for_each: rarely(forEach),
  join: fc.constantFrom('all', 'any', 1, 2),
  continue_on_error: fc.boolean(),
  steps: fc.integer({ min: 0, max: 3 }),
  failures: fc.constantFrom(0, 0, 0, 1, 2, 9),
  failingItems: fc.subarray([0, 1, 2]),
  pauses: fc.boolean(),
  writesContext: fc.boolean(),
})

const edgeShape = (when: readonly string[]) =>
  fc.record({
    on: fc.constantFrom('success', 'success', 'failure', 'always'),
    when: fc.option(fc.constantFrom(...when), { nil: undefined, freq: 2 }),
    else: fc.boolean(),
  })

/** Workflows of which the second opinion knows what becomes of them. */
export const samples = workflows(conditions)

/** Workflows whose conditions look at nodes that may not even come before, or have ended, on the way there. */
export const wildSamples = workflows([
  ...conditions,
  'outputs["n0"] != 7',
  'outputs["n1"] != 7',
  'size(context.by) < 2',
])

/** Nodes n0, n1, … where each edge leads to a later one; "lonely" is reached by another trigger alone. */
function workflows(when: readonly string[]): fc.Arbitrary<Sample> {
  return fc
    .record({
      shapes: fc.array(nodeShape, { minLength: 1, maxLength: 8 }),
      links: fc.array(fc.tuple(fc.nat(), fc.nat(), edgeShape(when)), { maxLength: 18 }),
      mode: fc.constantFrom('sequential' as const, 'parallel' as const),
    })
    .map(({ shapes, links, mode }) => {
      const names = shapes.map((_, index) => `n${index}`)
      const nodes = shapes.map(({ retry, for_each, join, continue_on_error }, index) => {
        const fields = { name: names[index] as string, join, continue_on_error, retry, for_each }
        return JSON.parse(JSON.stringify(fields)) as WorkflowNode
      })
      return {
        version: workflow(
          [...nodes, { name: 'other', type: 'manual' }, 'lonely'],
          [...edgesOf(names, links), { from: 'other', to: 'lonely', on: 'success' }],
          { settings: { mode, timeout: '300d' }, context: { by: [] } },
        ),
        behaviours: new Map(shapes.map((shape, index) => [names[index] as string, shape])),
      }
    })
}

type Link = [number, number, { on: string; when?: string; else: boolean }]

function edgesOf(names: string[], links: Link[]): Edge[] {
  const edges: Edge[] = []
  const add = (from: string, to: string, shape: Link[2]) => {
    const on = (from === 'start' ? 'success' : shape.on) as Edge['on']
    if (edges.some((edge) => edge.from === from && edge.to === to && edge.on === on)) return
    const siblings = edges.filter((edge) => edge.from === from && edge.on === on)
    if (shape.else && siblings.some((edge) => !edge.else)) edges.push({ from, to, on, else: true })
    else if (shape.when === undefined) edges.push({ from, to, on })
    else edges.push({ from, to, on, when: conditionText(shape.when, from) })
  }
  for (const [a, b, shape] of links) {
    const to = b % names.length
    const from = a % (to + 1)
    add(from === 0 ? 'start' : (names[from - 1] as string), names[to] as string, shape)
  }
  for (const to of names)
    if (!edges.some((edge) => edge.to === to)) add('start', to, { on: 'success', else: false })
  return edges
}

const conditionText = (condition: string, from: string) =>
  condition === 'output' ? `outputs["${from}"] != 7` : condition

export const inputs: JsonObject = { yes: true, list: [0, 1, 2], empty: [] }

/** Does what the behaviour says. `effect` is told the key of every step that really runs. */
export function behave(
  { steps, failures, failingItems, pauses, writesContext }: Behaviour,
  effect: (key: string) => void,
) {
  return async (context: ActionContext, node: WorkflowNode): Promise<ActionResult> => {
    const { attempt, each } = context
    const fails = attempt <= failures && (each === undefined || failingItems.includes(each.index))
    const broken = new WorkflowError('test.broken', `${node.name} broke`)
    if (fails && steps === 0) throw broken
    const seen: string[] = []
    for (let step = 0; step < steps; step++) {
      seen.push(
        await context.step(`step ${step}`, async ({ key }) => {
          effect(key)
          if (fails && step === steps - 1) throw broken
          return `${node.name} ${step}`
        }),
      )
      if (pauses && step === 0) await context.sleep('pause', 90_000)
      if (pauses && step === 1) await context.promise('nobody answers', 5_000)
    }
    const by = [...(context.context.by as string[]), node.name]
    return {
      output: { seen, attempt, item: each?.item ?? null, read: Object.keys(context.outputs).sort() },
      ...(writesContext ? { context: { ...context.context, by, [node.name]: attempt } } : {}),
    }
  }
}

/** Node by node, what must have become of it, given what became of those before it. */
export function expectedFate(
  { version, behaviours }: Sample,
  order: string[],
): Map<string, { fate: 'succeeded' | 'failed' | 'skipped'; handled: boolean }> {
  const { nodes, edges } = version.definition
  const fates: ReturnType<typeof expectedFate> = new Map([
    ['start', { fate: 'succeeded', handled: false }],
    ['other', { fate: 'skipped', handled: false }],
    ['lonely', { fate: 'skipped', handled: false }],
  ])
  const taken = (edge: Edge): boolean | 'unknown' => {
    const from = nodes.find((node) => node.name === edge.from)
    const fate = fates.get(edge.from)?.fate
    if (fate === 'skipped') return false
    if (fate === 'failed' && edge.on === 'success' && !from?.continue_on_error) return false
    if (fate === 'succeeded' && edge.on === 'failure') return false
    if (edge.else) {
      const rivals = edges.filter((one) => one.from === edge.from && one.on === edge.on && !one.else)
      return rivals.every((one) => taken(one) === false)
    }
    if (edge.when === undefined || edge.when === 'true' || edge.when === 'inputs.yes') return true
    if (edge.when === 'false' || edge.when === '!inputs.yes') return false
    if (edge.when.startsWith('outputs')) return fate === 'succeeded' ? true : 'unknown'
    return 'unknown'
  }
  for (const name of order) {
    const node = nodes.find((one) => one.name === name)
    const behaviour = behaviours.get(name)
    if (!node || !behaviour) continue
    const incoming = edges.filter((edge) => edge.to === name)
    const verdicts = incoming.map(taken)
    const count = verdicts.filter((one) => one === true).length
    const { join } = node
    const needed =
      join === 'any' ? 1 : typeof join === 'number' ? Math.min(join, incoming.length) : incoming.length
    if (verdicts.includes('unknown')) fates.set(name, { fate: 'failed', handled: false })
    else if (count < needed) fates.set(name, { fate: 'skipped', handled: false })
    else {
      const fate = ends(node, behaviour)
      fates.set(name, { fate, handled: false })
      for (const [index, edge] of incoming.entries()) {
        const rescued = fates.get(edge.from)
        if (edge.on === 'failure' && verdicts[index] === true && rescued) rescued.handled = true
      }
    }
  }
  for (const [name, fate] of fates) {
    const continues = nodes.find((one) => one.name === name)?.continue_on_error === true
    if (fate.fate === 'failed' && continues) fate.handled = true
  }
  return fates
}

/** How a node ends once it runs. */
function ends({ retry, for_each }: WorkflowNode, behaviour: Behaviour): 'succeeded' | 'failed' {
  const tries = retry && (retry.on === undefined || retry.on[0] === 'test.') ? retry.attempts : 1
  const fails = behaviour.failures >= tries
  if (!for_each) return fails ? 'failed' : 'succeeded'
  if (for_each.items === 'inputs.missing') return 'failed'
  const failing = fails && for_each.items === 'inputs.list' ? behaviour.failingItems.length : 0
  if (for_each.on_error === 'stop') return failing > 0 ? 'failed' : 'succeeded'
  return failing === 3 ? 'failed' : 'succeeded'
}

/** A report without what depends on when it was made. */
export function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) =>
      ['startedAt', 'endedAt', 'createdAt', 'durationMs'].includes(key) ? undefined : inner,
    ),
  )
}

export const terminal = (node: NodeResult) => ['succeeded', 'failed', 'skipped'].includes(node.status)
