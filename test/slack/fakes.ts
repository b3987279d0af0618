// What stands behind the Slack surface in these tests: a catalog, an engine that a test advances by hand, and links
// that outlive a restart of the bot.
import { openPolicy } from '../../src/commands/access.ts'
import type { CatalogEntry, Services } from '../../src/commands/types.ts'
import type { StartRequest } from '../../src/engine/ports.ts'
import {
  type Actor,
  type FinishedReport,
  isFinished,
  type NodeResult,
  type Report,
} from '../../src/engine/report.ts'
import type { Json } from '../../src/json.ts'
import type { Log, SurfaceLinks } from '../../src/slack/index.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { noMaintenance } from '../support/no-maintenance.ts'
import { noActivation, noReplays, noSaving, noTests } from '../support/no-tests.ts'
import { historyOf, MemoryAudit, MemoryMessenger } from '../support/services.ts'
import { edge, workflow } from '../support/workflow.ts'

export const startTime = '2026-03-02T08:00:00.000Z'

export function entry(id: string, name: string, more: Partial<CatalogEntry> = {}): CatalogEntry {
  const version = workflow(
    [{ name: 'check stock', description: 'Finds what is low' }, { name: 'notify buyers' }],
    [
      edge('start -> check stock'),
      edge('check stock -> notify buyers', { when: 'outputs["check stock"].low > 0' }),
    ],
  )
  version.definition.nodes[0] = { name: 'start', type: 'manual', inputs: { note: { type: 'string' } } }
  version.definition.metadata = { id, name, description: `What ${name} does.`, tags: [], owner: 'U0ANALIMA' }
  return { id, version, faults: [], file: `workflows/${id}/workflow.yaml`, ...more }
}

export function node(name: string, more: Partial<NodeResult> = {}): NodeResult {
  return { name, type: 'code', role: 'action', status: 'pending', ...more } as NodeResult
}

export function done(name: string, more: { output?: Json; durationMs?: number } = {}): NodeResult {
  const { output = null, durationMs = 1200 } = more
  return node(name, {
    status: 'succeeded',
    attempts: 1,
    startedAt: startTime,
    endedAt: startTime,
    durationMs,
    printed: [],
    output,
  })
}

export function running(name: string): NodeResult {
  return node(name, { status: 'running', attempts: 1, startedAt: startTime, printed: [] })
}

const base = {
  workflow: { id: 'reorder-check', name: 'Reorder check' },
  version: { number: 3, hash: 'a'.repeat(64) },
  trigger: { node: 'start', type: 'manual' },
  startedBy: { kind: 'slack', id: 'U0ANALIMA', name: 'ana' } as const,
  inputs: {},
  context: {},
  errors: [],
  createdAt: startTime,
  startedAt: startTime,
}

export function runningReport(id: string, nodes: NodeResult[], more: Partial<Report> = {}): Report {
  return { ...base, id, nodes, status: 'running', success: null, ...more } as Report
}

export function finishedReport(id: string, nodes: NodeResult[], more: Partial<Report> = {}): FinishedReport {
  const end = { endedAt: '2026-03-02T08:00:04.200Z', durationMs: 4200 }
  return { ...base, ...end, id, nodes, status: 'succeeded', success: true, ...more } as FinishedReport
}

/** Executions advance when a test says so, by `show`. */
export class HandEngine {
  readonly starts: StartRequest[] = []
  readonly #live = new Map<string, Report>()
  readonly #ended = new Map<string, FinishedReport>()
  readonly #once = new Map<string, string>()
  readonly #observers = new Set<(report: Report) => void>()
  /** What a start shows at first. */
  opening = (id: string): Report => runningReport(id, [running('check stock'), node('notify buyers')])

  async start(request: StartRequest) {
    const key = request.once?.key
    const earlier = key === undefined ? undefined : this.#once.get(key)
    if (earlier) return { executionId: earlier, started: false }
    this.starts.push(request)
    const id = `x${this.starts.length}`
    if (key !== undefined) this.#once.set(key, id)
    this.show({ ...this.opening(id), startedBy: request.startedBy, inputs: request.inputs } as Report)
    return { executionId: id, started: true }
  }

  show(report: Report): void {
    if (isFinished(report)) {
      this.#live.delete(report.id)
      this.#ended.set(report.id, report)
    } else this.#live.set(report.id, report)
    for (const observer of this.#observers) observer(report)
  }

  /** As `show`, but nobody hears of it: what happens while the bot is down. */
  silently(report: Report): void {
    const observers = [...this.#observers]
    this.#observers.clear()
    this.show(report)
    for (const observer of observers) this.#observers.add(observer)
  }

  info(id: string) {
    return this.#live.get(id)
  }

  running() {
    return [...this.#live.values()]
  }

  observe(observer: (report: Report) => void) {
    this.#observers.add(observer)
    return () => void this.#observers.delete(observer)
  }

  async result(id: string): Promise<FinishedReport> {
    const report = this.#ended.get(id)
    if (!report) throw new Error(`${id} has not ended`)
    return report
  }

  ended(id: string) {
    return this.#ended.get(id)
  }

  reports(): FinishedReport[] {
    return [...this.#ended.values()]
  }

  async signal() {
    return false
  }

  async cancel(_id: string, _by: Actor) {
    return false
  }

  async resume() {
    return this.#live.size
  }

  async close() {}
}

export function servicesOf(engine: HandEngine, entries: CatalogEntry[], clock: Services['clock']): Services {
  const claims = new Map<string, Json>()
  return {
    people: {
      isMember: async () => false,
      inChannel: async () => false,
      person: async () => ({ standing: 'member', isAdmin: false }),
    },
    versions: {
      get: async (id) => entries.find((one) => one.id === id)?.version,
      list: async () => [],
    },
    catalog: {
      list: () => entries,
      get: (id) => entries.find((one) => one.id === id),
      faults: () => entries.flatMap((one) => one.faults),
    },
    tests: noTests,
    replays: noReplays,
    saving: noSaving,
    activation: noActivation,
    maintenance: noMaintenance,
    claims: {
      async claim(key, value) {
        if (!claims.has(key)) claims.set(key, value)
        const stands = claims.get(key) as typeof value
        return { claimed: stands === value, value: stands }
      },
      get: (key) => claims.get(key),
    },
    records: new MemoryRecords({
      tasks: { key: 'id', records: [{ id: 't1', title: 'Call the supplier', status: 'open' }] },
    }),
    kinds: [],
    engine,
    history: historyOf(() => engine.reports()),
    clock,
    messenger: new MemoryMessenger(),
    audit: new MemoryAudit(),
    access: openPolicy,
  }
}

/** Links in memory; the map is what a disk would keep. */
export function linksOn(disk: Map<string, Json>): SurfaceLinks {
  return {
    get: (key) => disk.get(key),
    async set(key, value) {
      disk.set(key, value)
    },
    async claim(key, value) {
      const claimed = !disk.has(key)
      if (claimed) disk.set(key, value)
      return { claimed, value: disk.get(key) as Json }
    },
    async delete(key) {
      disk.delete(key)
    },
  }
}

export interface Line {
  level: keyof Log
  fields: object
  message: string
}

/** A log that a test can read. */
export function logInto(lines: Line[]): Log {
  const write = (level: keyof Log) => (fields: object, message: string) =>
    void lines.push({ level, fields, message })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
