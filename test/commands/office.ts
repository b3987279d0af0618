// An office for tests of commands: people of every kind, workflows with an `access` of their own, the real engine, and
// services in memory. Everything is asked through executeCommand, as every surface does.
import { openPolicy } from '../../src/commands/access.ts'
import { executeCommand } from '../../src/commands/execute.ts'
import type { AccessPolicy, CatalogEntry, CommandResult, Person, Services } from '../../src/commands/types.ts'
import type { Access, Edge, Version, WorkflowNode } from '../../src/definition/schema.ts'
import type { ActionContext } from '../../src/engine/action.ts'
import type { Actor, Decision, DecisionRules, FinishedReport } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { Json } from '../../src/json.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { noMaintenance } from '../support/no-maintenance.ts'
import { noActivation, noReplays, noSaving, noTests } from '../support/no-tests.ts'
import { historyOf, MemoryAudit, MemoryMessenger } from '../support/services.ts'
import { edge, engineOf, workflow } from '../support/workflow.ts'

const member: Person = { standing: 'member', isAdmin: false }

/** Ana, Ben and Dora are members, Chiara administers the workspace, Gil is a guest, Sam comes from elsewhere. */
export const cast: { [id: string]: Person } = {
  U0ANA: member,
  U0BEN: member,
  U0DORA: member,
  U0CHIARA: { standing: 'member', isAdmin: true },
  U0GIL: { standing: 'guest', isAdmin: false },
  U0SAM: { standing: 'stranger', isAdmin: false },
}
/** Gil, a guest, is in a user group and in a channel; so is Sam. */
const groups: { [id: string]: string[] } = { S0BUYERS: ['U0ANA', 'U0GIL', 'U0SAM', 'U0GONE'] }
const channels: { [id: string]: string[] } = { C0BUYING: ['U0ANA', 'U0GIL', 'U0SAM'] }

export const slack = (id: string): Actor => ({ kind: 'slack', id, name: id.slice(2).toLowerCase() })
export const ana = slack('U0ANA')
export const ben = slack('U0BEN')
export const chiara = slack('U0CHIARA')
export const dora = slack('U0DORA')
export const gil = slack('U0GIL')
export const sam = slack('U0SAM')
/** Somebody who has left, or whom nobody knows. */
export const gone = slack('U0GONE')
export const program: Actor = { kind: 'api', id: 'nightly-export', name: 'nightly-export' }
export const terminal: Actor = { kind: 'cli', id: 'ana', name: 'ana' }

type Work = (context: ActionContext, node: WorkflowNode) => Promise<{ output: Json }>

export interface OfficeOptions {
  /** By workflow id; each is `start -> work -> finish` unless it says otherwise. */
  workflows?: { [id: string]: { access?: Access; owner?: string; version?: Version; broken?: boolean } }
  work?: { [node: string]: Work }
  policy?: Partial<AccessPolicy>
  people?: Partial<Services['people']>
  /** Ended executions beside those of the engine, oldest first. */
  reports?: FinishedReport[]
  services?: Partial<Services>
}

export interface Office {
  services: Services
  audit: MemoryAudit
  messenger: MemoryMessenger
  engine: ReturnType<typeof engineOf>
  entries: CatalogEntry[]
  ask(actor: Actor, name: string, input?: unknown, place?: string): Promise<CommandResult>
  /** The refusal, or a failed test. */
  refused(actor: Actor, name: string, input?: unknown): Promise<WorkflowError>
  /** Starts as Ana and waits for the end. */
  ran(workflowId: string): Promise<string>
}

/** A workflow of this id: nodes named by texts do what `work` says. */
export function versionOf(
  id: string,
  more: { access?: Access; owner?: string; nodes?: Parameters<typeof workflow>[0]; edges?: Edge[] } = {},
): Version {
  const version = workflow(
    more.nodes ?? ['work', 'finish'],
    more.edges ?? [edge('start -> work'), edge('work -> finish')],
  )
  version.definition.metadata = {
    id,
    name: `The ${id}`,
    description: `What ${id} does.`,
    tags: [],
    ...(more.owner === undefined ? {} : { owner: more.owner }),
  }
  if (more.access) version.definition.access = more.access
  return version
}

export function openOffice(options: OfficeOptions = {}): Office {
  const audit = new MemoryAudit()
  const messenger = new MemoryMessenger()
  const engine = engineOf(options.work ?? {})
  const known = new Map<string, Version>()
  const entries = Object.entries(options.workflows ?? { open: {} }).map(([id, one]): CatalogEntry => {
    const version = one.version ?? versionOf(id, one)
    known.set(id, version)
    const file = `workflows/${id}/workflow.yaml`
    const fault = { code: 'workflow.invalid_field', message: 'is wrong', file, line: 3 }
    return one.broken ? { id, version: undefined, faults: [fault], file } : { id, version, faults: [], file }
  })
  const claims = new Map<string, Json>()
  const services: Services = {
    people: {
      person: async (id) => cast[id] ?? { standing: 'nobody', isAdmin: false },
      isMember: async (id, group) => groups[group]?.includes(id) === true,
      inChannel: async (id, channel) => channels[channel]?.includes(id) === true,
      ...options.people,
    },
    versions: {
      get: async (id, which) => {
        const version = known.get(id)
        return version && [version.number, version.hash].includes(which) ? version : undefined
      },
      list: async (id) => {
        const version = known.get(id)
        return version ? [{ number: version.number, hash: version.hash, at: '2026-03-02T07:00:00.000Z' }] : []
      },
    },
    catalog: {
      list: () => entries,
      get: (id) => entries.find((one) => one.id === id),
      faults: () => entries.flatMap((one) => one.faults),
    },
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
    engine: engine.engine,
    history: historyOf(() => [...(options.reports ?? []), ...engine.store.reports.values()]),
    clock: engine.clock,
    messenger,
    audit,
    access: { ...openPolicy, ...options.policy },
    tests: noTests,
    replays: noReplays,
    saving: noSaving,
    activation: noActivation,
    maintenance: noMaintenance,
    ...options.services,
  }
  const ask: Office['ask'] = (actor, name, input = {}, place = undefined) =>
    executeCommand(name, input, { actor, services, ...(place === undefined ? {} : { place }) })
  return {
    services,
    audit,
    messenger,
    engine,
    entries,
    ask,
    async refused(actor, name, input) {
      const thrown = await ask(actor, name, input).then(
        (result) => new Error(`not refused: ${JSON.stringify(result).slice(0, 300)}`),
        (error: unknown) => error,
      )
      if (thrown instanceof WorkflowError) return thrown
      throw thrown
    },
    async ran(workflowId) {
      const result = await ask(program, 'run', { workflowId })
      if (result.kind !== 'started') throw new Error('it did not start')
      await engine.engine.result(result.executionId)
      return result.executionId
    },
  }
}

/** A node that asks these people, and gives their decision. */
export function asking(rules: Partial<DecisionRules>): Work {
  return async (context) => {
    context.waiting({
      kind: 'person',
      what: 'Order 12 pallets?',
      until: '2026-03-03T08:00:00.000Z',
      signal: context.signalName('decision'),
      rules: {
        users: [],
        groups: [],
        notRequester: false,
        needed: 1,
        reason: 'optional',
        form: {},
        ...rules,
      },
      decisions: [],
    })
    const decision = await context.promise<Decision & { [key: string]: Json }>('decision')
    context.waiting(null)
    return { output: decision as Json }
  }
}

/** A node that goes on when the test says so. */
export function held(): { work: Work; release(): void } {
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  return {
    release: () => release(),
    work: async (context) => ({
      output: await context.step('run', async () => {
        await gate
        return null
      }),
    }),
  }
}
