// Turns an execution into a scenario and tries it: finds the records that it started from, plays it once more with
// everything captured, and expects what came out both times.
import { access, constants, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PythonSandbox, RecordStore, RecordsPast } from '../actions/ports.ts'
import { maxFileBytes, readBeside } from '../definition/beside.ts'
import type { Version, WorkflowDefinition } from '../definition/schema.ts'
import { checkAgainst } from '../definition/schema-faults.ts'
import { readSeed } from '../definition/seed.ts'
import type { Ids } from '../engine/ports.ts'
import type { FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { requireRoom } from './append.ts'
import { capturingMessenger } from './capture.ts'
import { judge } from './expect.ts'
import {
  expected,
  outputsIn,
  peopleIn,
  requireRepeatable,
  scenarioFromReport,
  scenarioText,
} from './from-report.ts'
import { inTurn } from './in-turn.ts'
import { scenariosFile } from './load.ts'
import { createMasker, type Masker } from './mask.ts'
import type { Difference } from './match.ts'
import { type Looks, NotedRecords } from './noted-records.ts'
import { knows, PastRecords } from './past-records.ts'
import type { Deeds, Outside } from './play.ts'
import { settle } from './played-values.ts'
import { CopiedRecords } from './records.ts'
import { type Attempt, playScenario } from './run.ts'
import { type Scenario, scenarioSchema } from './schema.ts'
import { type Seeds, StartingPoint } from './starting-point.ts'

export interface MadeScenario {
  scenario: JsonObject
  /** A whole scenarios.yaml with this one scenario. */
  text: string
  /** How many different values were replaced by placeholders. */
  masked: number
  /** Whether it starts with the records that the execution found, as far as it needs any; with their seed otherwise. */
  records: 'found' | 'seed'
  /** Collections whose records are too many to be written down. */
  left: string[]
  /** How many values may be anything, since they came out differently. */
  open: number
  /** How it went on the version that ran; null where trying it would take too long. */
  tried: { passed: boolean; differences: Difference[] } | null
}

export interface Saving {
  /**
   * `version` is the one that ran. `earlier`: the executions that a re-run from a step in the middle goes back to, the
   * latest first. Rejects `scenario.not_repeatable`, `scenario.too_large`.
   */
  make(report: FinishedReport, version: Version, earlier: readonly FinishedReport[]): Promise<MadeScenario>
  /** The file that a scenario belongs into, as people know it, and whether it may be added there now. */
  place(workflowId: string, scenario: JsonObject): Promise<{ file: string; addable: 'yes' | 'there' | 'no' }>
}

export interface SavingOptions {
  /** Absolute path of the folder of workflows. */
  dir: string
  /** The same as people know it: `workflows`. */
  shown: string
  /** Only read. */
  records: RecordStore
  past: RecordsPast
  python: PythonSandbox
  ids: Ids
  stopwatch(): number
}

/** An output longer than this as JSON (characters) is not written down. */
const outputLength = 30_000
/** Code that really took longer than this in all is not run once more. */
const patienceMs = 30_000
const differencesShown = 3

export function createSaving(options: SavingOptions): Saving {
  const { dir, shown } = options
  const next = inTurn()
  return {
    make: (report, version, earlier) => next(() => make(report, version, earlier, options)),

    async place(workflowId, scenario) {
      const folder = join(dir, workflowId)
      const file = `${shown}/${workflowId}/${scenariosFile}`
      try {
        await access(folder, constants.W_OK)
        const text = await readFile(join(folder, scenariosFile), 'utf8').catch(
          (thrown: NodeJS.ErrnoException) => {
            if (thrown.code === 'ENOENT') return ''
            throw thrown
          },
        )
        if (text.trim() !== '') requireRoom(text, scenario)
        return { file, addable: 'yes' }
      } catch (thrown) {
        const there = thrown instanceof WorkflowError && thrown.code === 'scenario.duplicate'
        return { file, addable: there ? 'there' : 'no' }
      }
    },
  }
}

async function make(
  report: FinishedReport,
  version: Version,
  earlier: readonly FinishedReport[],
  options: SavingOptions,
): Promise<MadeScenario> {
  requireRepeatable(report)
  const { definition } = version
  const { seeds, texts } = await readSeeds(join(options.dir, report.workflow.id), definition)
  const mask = createMasker({
    people: peopleIn(report),
    // What stands in the workflow's own files is no secret beside them.
    written: [JSON.stringify(definition), ...texts].join('\n'),
  })
  const found = recordsFoundBy(report, earlier, options)
  const start = new StartingPoint({ definition, seeds, found, mask, named: textsIn(report) })

  const undeliverable: string[] = []
  const besides = { mask, description: '', records: {}, undeliverable }
  const draft = checked(scenarioFromReport(report, definition, besides))
  const records = new CopiedRecords({}, start)
  const seen = new NotedRecords(records)
  const attempt = isQuick(report)
    ? await playScenario(draft, records, {
        ...options,
        version,
        seen,
        outside: (deeds) => unreached(report, deeds, undeliverable),
      })
    : undefined

  const again = playedAgain(attempt, report)
  // What it looks at when it goes another way says nothing about this one.
  const looks = again ? seen.looks : allDeclared(definition)
  const isFound = found !== undefined || looks.size === 0
  const { outputs, open } = expectedOutputs(report, mask, isFound ? again : undefined)
  const written = start.written(looks)
  const facts: Facts = { found: isFound, left: start.left, open }
  const scenario = scenarioFromReport(report, definition, {
    ...besides,
    records: written,
    outputs,
    description: describe(report, facts),
  })
  const text = scenarioText(scenario)
  if (Buffer.byteLength(text) > maxFileBytes) throw tooLarge()
  return {
    scenario,
    text,
    masked: mask.masked,
    records: isFound ? 'found' : 'seed',
    left: start.left,
    open,
    tried: attempt ? judged(attempt, checked(scenario)) : null,
  }
}

/** As they were when it began, without what it did to them itself; undefined when nobody knows any more. */
function recordsFoundBy(
  report: FinishedReport,
  earlier: readonly FinishedReport[],
  { records, past }: SavingOptions,
): PastRecords | undefined {
  // All steps run from the start, so what the executions before it had done is left out, too.
  const chain = report.rerunOf?.from ? [report, ...earlier] : [report]
  const first = chain.at(-1)
  if (!first || first.rerunOf?.from || !knows(past, first.startedAt)) return undefined
  const own = new Set(chain.map(({ id }) => id))
  const together: RecordsPast = {
    since: () => past.since(),
    *changes() {
      for (const change of past.changes()) yield own.has(change.by) ? { ...change, by: report.id } : change
    },
  }
  return new PastRecords(records, together, { at: report.startedAt, own: report.id })
}

/** Every text that it was given or that came out of it: keys of records, for one thing. */
function textsIn(report: FinishedReport): Set<string> {
  const texts = new Set<string>()
  const open: Json[] = [report.inputs, report.context, ...outputsIn(report).map(([, output]) => output)]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') texts.add(next)
    else if (typeof next === 'object' && next !== null) open.push(...Object.values(next))
  }
  return texts
}

function allDeclared({ collections }: WorkflowDefinition): Looks {
  return new Map(Object.keys(collections).map((name) => [name, 'whole']))
}

async function readSeeds(
  folder: string,
  { collections }: WorkflowDefinition,
): Promise<{ seeds: Seeds; texts: string[] }> {
  const seeds: Seeds = new Map()
  const texts: string[] = []
  for (const [name, declared] of Object.entries(collections)) {
    if (declared.seed === undefined) continue
    const text = await readBeside(folder, declared.seed)
    const read = text.ok ? readSeed(text.text, declared.seed, declared) : undefined
    // A seed that cannot be read is no help; the scenario then has the records themselves.
    if (!text.ok || !read?.ok) continue
    seeds.set(name, read.records)
    texts.push(text.text)
  }
  return { seeds, texts }
}

/** What can be told from a report is what the schema accepts. */
function checked(scenario: JsonObject): Scenario {
  const found = checkAgainst(scenarioSchema, scenario)
  if (found.ok) return found.value
  throw new Error(`a scenario was made that cannot be read: ${found.faults[0]?.message}`)
}

/** Code that ran into a limit would do so again. */
function isQuick({ nodes }: FinishedReport): boolean {
  const tookMs = nodes.map((node) => (node.type === 'code' && 'durationMs' in node ? node.durationMs : 0))
  const codes = nodes.flatMap((node) => (node.status === 'failed' ? [node.error.code] : []))
  const hitLimits = /^(python\.(timed_out|out_of_memory|crashed|unavailable)|node\.timed_out)$/
  return (
    tookMs.reduce((total, ms) => total + ms, 0) <= patienceMs && !codes.some((code) => hitLimits.test(code))
  )
}

/** Messages of nodes that could not send them arrive nowhere this time either; `places` learns where that was. */
function unreached(report: FinishedReport, { messages }: Deeds, places: string[]): Outside {
  const captured = capturingMessenger(messages, places)
  const failed = new Set(
    report.nodes.flatMap((node) =>
      node.status === 'failed' && node.error.code.startsWith('notify.') ? [node.name] : [],
    ),
  )
  return {
    messenger: {
      async post(message, key) {
        if (failed.has(message.origin.node) && !places.includes(message.to)) places.push(message.to)
        return captured.post(message, key)
      },
    },
  }
}

/** What came of it when it went the same way once more. */
function playedAgain(attempt: Attempt | undefined, report: FinishedReport) {
  if (!attempt || !('outcome' in attempt)) return undefined
  const { played } = attempt.outcome
  const statuses = (one: FinishedReport) =>
    one.nodes.map(({ name, status }) => `${status} ${name}`).join('\n')
  const alike = played.report.status === report.status && statuses(played.report) === statuses(report)
  return alike ? { report: played.report } : undefined
}

function expectedOutputs(
  report: FinishedReport,
  mask: Masker,
  again: { report: FinishedReport } | undefined,
): { outputs: { [node: string]: Json }; open: number } {
  const played = new Map(again ? outputsIn(again.report) : [])
  let open = 0
  const outputs = outputsIn(report).flatMap(([node, output]): [string, Json][] => {
    const then = mask.value(output)
    if (JSON.stringify(then).length > outputLength) {
      open++
      return []
    }
    if (!again) return [[node, expected(then)]]
    const settled = settle(then, played.get(node))
    open += settled.open
    return settled.expected === undefined ? [] : [[node, settled.expected]]
  })
  return { outputs: Object.fromEntries(outputs), open }
}

function judged(attempt: Attempt, scenario: Scenario): NonNullable<MadeScenario['tried']> {
  const differences = 'outcome' in attempt ? judge(scenario.expect, attempt.outcome) : attempt.refused
  return { passed: differences.length === 0, differences: differences.slice(0, differencesShown) }
}

interface Facts {
  found: boolean
  left: string[]
  open: number
}

/** What somebody who reads it in a year should know. */
function describe(report: FinishedReport, { found, left, open }: Facts): string {
  const { version, status, startedAt, rerunOf } = report
  const sentences = [
    `Version ${version.number} ended as ${status} on ${startedAt.slice(0, 10)}.`,
    found
      ? 'Records are those that it found.'
      : 'Records start with their seed, which may not be what it found: what they were then is not known any more.',
    ...(left.length > 0
      ? [`There were too many to be written down in ${left.join(', ')}; what is here of those is not all.`]
      : []),
    ...(rerunOf?.from ? [`It went on from "${rerunOf.from}"; here every step runs.`] : []),
    ...(open > 0 ? [`${open === 1 ? 'One value' : `${open} values`} may be anything.`] : []),
  ]
  return sentences.join(' ').slice(0, 2000)
}

function tooLarge(): WorkflowError {
  return new WorkflowError(
    'scenario.too_large',
    'What this execution was given and answered is too large for a file of scenarios.',
    { hint: 'Save one with smaller inputs and answers.' },
  )
}
