// A small bot for tests of what asks it: the real commands and engine, workflows whose nodes do what the test says.
import pino from 'pino'
import { openPolicy } from '../../src/commands/access.ts'
import type { CatalogEntry, Services } from '../../src/commands/types.ts'
import type { Fault } from '../../src/definition/fault.ts'
import type { Version } from '../../src/definition/schema.ts'
import { type Api, createApi } from '../../src/http/api.ts'
import type { ManualClock } from '../support/clock.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { noMaintenance } from '../support/no-maintenance.ts'
import { noActivation, noReplays, noSaving, noTests } from '../support/no-tests.ts'
import { historyOf, MemoryAudit, MemoryMessenger } from '../support/services.ts'
import { edge, engineOf, workflow } from '../support/workflow.ts'

export const fault: Fault = {
  code: 'workflow.unknown_node',
  message: 'leads to "notfy"',
  hint: 'did you mean "notify"?',
  file: 'workflows/broken/workflow.yaml',
  line: 31,
  subject: 'edge 3',
}

/** One node that waits until the test lets it go, and one that fails when it is told to. */
const definition: Version = workflow(
  ['prepare', 'finish'],
  [edge('start -> prepare'), edge('prepare -> finish')],
)
const start = definition.definition.nodes[0]
if (start) start.inputs = { name: { type: 'string' }, count: { type: 'integer', min: 1 } }

const entries: CatalogEntry[] = [
  { id: 'broken', version: undefined, faults: [fault], file: 'workflows/broken/workflow.yaml' },
  { id: 'sample', version: definition, faults: [], file: 'workflows/sample/workflow.yaml' },
]

export interface Bot {
  api: Api
  services: Services
  clock: ReturnType<typeof engineOf>['clock']
  /** Lets nodes named `prepare` go on, or fail with this error. */
  release(failure?: Error): void
  /** How often `prepare` was run. */
  prepared(): number
  /** Lines of the log. */
  log: { level: number; msg: string; [field: string]: unknown }[]
  /** Asks the API as a program on this machine would, or from another address. */
  ask(path: string, init?: RequestInit & { from?: string }): Promise<Response>
  post(body: unknown, headers?: { [name: string]: string }): Promise<Response>
}

export interface BotOptions {
  token?: string
  /** Whether nodes named `prepare` wait for `release`. */
  blocked?: boolean
  /** Workflows beside "sample", and what their nodes do. */
  workflows?: Version[]
  work?: Parameters<typeof engineOf>[0]
  clock?: ManualClock
}

export function createBot(options: BotOptions = {}): Bot {
  const { token, blocked = false, workflows = [], work = {} } = options
  const known: CatalogEntry[] = [
    ...entries,
    ...workflows.map((version) => {
      const { id } = version.definition.metadata
      return { id, version, faults: [], file: `workflows/${id}/workflow.yaml` }
    }),
  ]
  let prepared = 0
  let open: (failure?: Error) => void = () => {}
  const gate = new Promise<void>((resolve, reject) => {
    open = (failure) => (failure ? reject(failure) : resolve())
  })
  gate.catch(() => {})
  if (!blocked) open()
  const nodes: BotOptions['work'] = {
    ...work,
    prepare: async (context) => ({
      output: await context.step('run', async () => {
        prepared++
        await gate
        return { ready: true }
      }),
    }),
  }
  const { engine, store, clock } = engineOf(nodes, options.clock ? { clock: options.clock } : {})
  const services: Services = {
    catalog: {
      list: () => known,
      get: (id) => known.find((entry) => entry.id === id),
      faults: () => [fault],
    },
    people: {
      isMember: async () => false,
      inChannel: async () => false,
      person: async () => ({ standing: 'member', isAdmin: false }),
    },
    versions: {
      get: async (id) => known.find((entry) => entry.id === id)?.version,
      list: async () => [],
    },
    tests: noTests,
    replays: noReplays,
    saving: noSaving,
    activation: noActivation,
    maintenance: noMaintenance,
    claims: { claim: async (_key, value) => ({ claimed: true, value }), get: () => undefined },
    records: new MemoryRecords(),
    kinds: [],
    engine,
    history: historyOf(() => [...store.reports.values()]),
    clock,
    messenger: new MemoryMessenger(),
    audit: new MemoryAudit(),
    access: openPolicy,
  }
  const log: Bot['log'] = []
  const api = createApi({
    services,
    secret: (name) => (name === 'SHOP' ? 'a-secret-of-the-shop' : undefined),
    ...(token === undefined ? {} : { token }),
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
  })
  const ask: Bot['ask'] = async (path, { from = '127.0.0.1', ...init } = {}) =>
    api.app.request(
      path,
      { ...init, headers: { Host: '127.0.0.1:3200', ...(init.headers as { [name: string]: string }) } },
      { incoming: { socket: { remoteAddress: from, remotePort: 1, remoteFamily: 'IPv4' } } },
    )
  return {
    api,
    services,
    clock,
    release: open,
    prepared: () => prepared,
    log,
    ask,
    post: (body, headers = {}) =>
      ask('/api/workflows/sample/executions', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}
