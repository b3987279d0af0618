// Runs a node once for each entry of a list: in order or side by side, stopping at the first error or not.
// Deterministic: which items run depends on the records alone, not on which of them was faster.
import { evaluateExpression } from '../definition/expression.ts'
import type { ForEach } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Json } from '../json.ts'
import { NodeFailure, reportError } from './action.ts'
import type { AttemptScope } from './attempt.ts'
import type { ItemResult, ItemsResult, Printed, WaitingFor } from './report.ts'
import { type NodeOutcome, type NodeRun, runUnit } from './run-node.ts'
import type { ContextPatch } from './state.ts'

/** A longer list is refused: it would not fit into a report, and hardly into a day. */
export const maxItems = 10_000
/** How many items a report shows one by one; the failed ones first. */
const shownItems = 50

/**
 * The output is the list of outputs, in the order of the items. With `on_error: stop` the first error fails the node;
 * with `continue` a failed item gives null, and the node fails only when every item did.
 */
export async function runItems(run: NodeRun, forEach: ForEach): Promise<NodeOutcome> {
  const began = run.ports.clock.now()
  let items: Json[]
  try {
    items = listOf(forEach.items, evaluateExpression(forEach.items, run.scope))
  } catch (thrown) {
    const failure = new NodeFailure(reportError(thrown))
    return { startedAt: began, endedAt: began, attempts: 1, printed: [], failure }
  }

  const outcomes: (NodeOutcome | undefined)[] = items.map(() => undefined)
  const counts = { total: items.length, succeeded: 0, failed: 0 }
  const board = new ItemBoard(run, began, counts)
  const runOne = async (index: number) => {
    const unit = `${run.node.name}[${index}]`
    const outcome = await runUnit(run, unit, { item: items[index] as Json, index }, board.shows(index))
    outcomes[index] = outcome
    if ('failure' in outcome) counts.failed++
    else counts.succeeded++
    board.ended(index)
  }

  if (forEach.on_error === 'stop') {
    // In waves, so that what runs beside a failing item is the same on every replay.
    for (let from = 0; from < items.length && counts.failed === 0; from += forEach.at_once) {
      const wave = items.slice(from, from + forEach.at_once).map((_, offset) => runOne(from + offset))
      await run.durable.all(wave)
    }
  } else {
    let next = 0
    const worker = async () => {
      while (next < items.length) await runOne(next++)
    }
    await run.durable.all(Array.from({ length: Math.min(forEach.at_once, items.length) }, worker))
  }
  return collect(outcomes, counts, began, forEach)
}

function listOf(expression: string, value: Json): Json[] {
  if (!Array.isArray(value)) {
    throw new WorkflowError('for_each.not_a_list', `\`${expression}\` should give a list.`, {
      hint: 'for_each.items names a list, for example outputs["find"].rows.',
    })
  }
  if (value.length > maxItems) {
    throw new WorkflowError(
      'for_each.too_long',
      `\`${expression}\` has ${value.length} entries; ${maxItems} are allowed.`,
      {
        hint: 'Handle them in one code node, or in portions.',
      },
    )
  }
  return value
}

function collect(
  outcomes: (NodeOutcome | undefined)[],
  counts: { total: number; succeeded: number; failed: number },
  began: number,
  forEach: ForEach,
): NodeOutcome {
  const done = outcomes.flatMap((outcome) => outcome ?? [])
  const common = {
    startedAt: done.reduce(
      (earliest, outcome) => Math.min(earliest, outcome.startedAt),
      done[0]?.startedAt ?? began,
    ),
    endedAt: done.reduce((latest, outcome) => Math.max(latest, outcome.endedAt), done[0]?.endedAt ?? began),
    attempts: 1,
    printed: done.flatMap((outcome) => outcome.printed),
    items: itemsResult(outcomes, counts),
  }
  const fatal =
    forEach.on_error === 'stop' ? counts.failed > 0 : counts.failed > 0 && counts.failed === counts.total
  if (fatal) {
    const index = outcomes.findIndex((outcome) => outcome && 'failure' in outcome)
    const { error } = (outcomes[index] as { failure: NodeFailure }).failure
    const message = `Item ${index + 1} of ${counts.total} failed: ${error.message}`
    return { ...common, failure: new NodeFailure({ ...error, message }, { printed: common.printed }) }
  }
  const patch = mergePatches(done)
  const output = outcomes.map((outcome) => (!outcome || 'failure' in outcome ? null : outcome.output))
  return { ...common, output, patch }
}

function itemsResult(
  outcomes: (NodeOutcome | undefined)[],
  counts: { total: number; succeeded: number; failed: number },
): ItemsResult {
  const results: ItemResult[] = outcomes.map((outcome, index) => {
    if (!outcome) return { index, status: 'skipped' }
    const durationMs = Math.max(0, outcome.endedAt - outcome.startedAt)
    return 'failure' in outcome
      ? { index, status: 'failed', durationMs, error: outcome.failure.error }
      : { index, status: 'succeeded', durationMs }
  })
  const failed = results.filter((item) => item.status === 'failed').slice(0, shownItems)
  const others = results.filter((item) => item.status !== 'failed').slice(0, shownItems - failed.length)
  return { ...counts, shown: [...failed, ...others].sort((a, b) => a.index - b.index) }
}

/** Changes of the context by items apply in the order of the items. */
function mergePatches(outcomes: NodeOutcome[]): ContextPatch | null {
  const set: ContextPatch['set'] = {}
  const remove = new Set<string>()
  for (const outcome of outcomes) {
    if ('failure' in outcome || !outcome.patch) continue
    for (const key of outcome.patch.remove) {
      delete set[key]
      remove.add(key)
    }
    for (const [key, value] of Object.entries(outcome.patch.set)) {
      set[key] = value
      remove.delete(key)
    }
  }
  return Object.keys(set).length + remove.size > 0 ? { set, remove: [...remove] } : null
}

/** The items of a node show together: how many are done, what they print, and what the first of them waits for. */
class ItemBoard {
  readonly #run: NodeRun
  readonly #startedAt: number
  readonly #counts: Omit<ItemsResult, 'shown'>
  readonly #printed: Printed[] = []
  /** Items under way, by their index, and what each waits for; null for one that runs. */
  readonly #underWay = new Map<number, WaitingFor | null>()

  constructor(run: NodeRun, startedAt: number, counts: Omit<ItemsResult, 'shown'>) {
    this.#run = run
    this.#startedAt = startedAt
    this.#counts = counts
    this.#show()
  }

  shows(index: number): AttemptScope['show'] {
    return {
      running: () => this.#note(index, null),
      waiting: (waitingFor) => this.#note(index, waitingFor),
      print: (line) => {
        this.#printed.push(line)
        this.#run.state.touch()
      },
    }
  }

  ended(index: number): void {
    this.#underWay.delete(index)
    this.#show()
  }

  #note(index: number, waitingFor: WaitingFor | null): void {
    this.#underWay.set(index, waitingFor)
    this.#show()
  }

  /** The node waits when all its items under way do. One wait is shown at a time, so that people can answer it. */
  #show(): void {
    const ran = {
      startedAt: this.#startedAt,
      attempts: 1,
      printed: this.#printed,
      items: { ...this.#counts, shown: [] },
    }
    const { state, node } = this.#run
    const waits = [...this.#underWay].sort(([a], [b]) => a - b).map(([, waitingFor]) => waitingFor)
    const [first] = waits
    if (first && !waits.includes(null)) state.set(node.name, { status: 'waiting', waitingFor: first, ...ran })
    else state.set(node.name, { status: 'running', ...ran })
  }
}
