// The process that is killed: the real store on a real folder, the real engine, the real waits, approvals and
// sub-workflows. It is asked for things on its standard input and tells an outside observer, on its standard output
// and before anything else goes on, what it does and what it has promised. Argument: path of db.json.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { approvalAction } from '../../src/actions/approval.ts'
import { waitAction } from '../../src/actions/wait.ts'
import { workflowAction } from '../../src/actions/workflow.ts'
import { createIds, systemClock } from '../../src/clock.ts'
import { createSubWorkflows } from '../../src/commands/sub-workflows.ts'
import type { Services } from '../../src/commands/types.ts'
import type { Action } from '../../src/engine/action.ts'
import { createLocalEngine } from '../../src/engine/local.ts'
import type { ExecutionStore } from '../../src/engine/ports.ts'
import { type Actor, isFinished, type Report } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import type { Fact, Request } from './facts.ts'
import { slowDisk } from './slow-disk.ts'
import { workflows } from './workflows.ts'

const path = process.argv[2] ?? ''
const tell = (fact: Fact) => writeSync(1, `${JSON.stringify(fact)}\n`)
const person: Actor = { kind: 'cli', id: 'driver', name: 'driver' }

const store = await openStore({
  path,
  clock: systemClock,
  log: () => undefined,
  foldBytes: 60_000,
  disk: slowDisk,
})
for (const { hash, definition } of workflows)
  await store.versions.register(definition.metadata.id, hash, definition)
await store.records.seed('counters', 'id', [{ id: 'all', total: 0 }])

/** Tells which steps are recorded, so that the observer knows what must never run again. */
const executions: ExecutionStore = {
  ...store.executions,
  async append(executionId, entry) {
    const first = await store.executions.append(executionId, entry)
    if (first && entry.kind === 'step') tell({ fact: 'recorded', key: `${executionId}/${entry.name}` })
    return first
  },
}

const effect: Action = {
  type: 'effect',
  role: 'action',
  summary: 'Does something outside that cannot be taken back',
  fields: z.strictObject({}),
  async run(node, context) {
    await context.step('act', async ({ key }) => {
      tell({ fact: 'effect', key })
      await systemClock.sleep(1)
      if (node.retry && context.attempt === 1)
        throw new WorkflowError('torture.flaky', 'The first attempt fails.')
      return null
    })
    return { output: null }
  },
}

const count: Action = {
  type: 'count',
  role: 'action',
  summary: 'Adds one to a counter, and a record of its own',
  fields: z.strictObject({}),
  async run(_, context) {
    await context.step('apply', async ({ key }) => {
      tell({ fact: 'effect', key })
      await addOne(store, key, context.execution.id)
      return null
    })
    return { output: null }
  },
}

/** Others count at the same time: then it reads again, as a person would. */
async function addOne({ records }: Store, key: string, executionId: string): Promise<void> {
  for (;;) {
    const counter = records.get('counters', 'all')
    if (!counter) throw new Error('the counter is gone')
    const value = { id: 'all', total: (counter.value.total as number) + 1 }
    try {
      await records.apply(key, [
        { kind: 'update', collection: 'counters', key: 'all', rev: counter.rev, value },
        { kind: 'insert', collection: 'counted', key: executionId, value: { id: executionId } },
      ])
      return
    } catch (thrown) {
      if (!(thrown instanceof WorkflowError) || thrown.code !== 'records.conflict') throw thrown
    }
  }
}

const post = async (_: unknown, key: string) => {
  tell({ fact: 'effect', key })
  return { channel: 'C1', messageId: key }
}
const actions: Action[] = [
  effect,
  count,
  waitAction({ clock: systemClock }),
  workflowAction({ workflows: createSubWorkflows(() => services) }),
  approvalAction({
    clock: systemClock,
    messenger: { post },
    desk: { ask: post, revise: async () => undefined, reply: (_, text, key) => post(text, key) },
  }),
]

const engine = createLocalEngine({
  store: executions,
  findReport: (id) => store.history.report(id),
  once: {
    get: (key) => store.links.get<{ executionId: string; at: number }>(`once:${key}`),
    set: (key, value) => store.links.set(`once:${key}`, value),
  },
  clock: systemClock,
  ids: createIds(systemClock),
  maxBusy: 20,
  action: (type) => actions.find((action) => action.type === type),
  unexpected: (thrown) => tell({ fact: 'unexpected', what: String(thrown) }),
})
/** As much of the services as a sub-workflow needs. */
const services = {
  ...store,
  engine,
  claims: store.links,
  clock: systemClock,
  catalog: {
    get: (id: string) => ({
      version: workflows.find((one) => one.definition.metadata.id === id),
      faults: [],
    }),
    list: () => [],
  },
} as unknown as Services

engine.observe(show)
await engine.resume()
tell({ fact: 'ready' })
for (const report of engine.running()) show(report)

/** A question that is open, or an end that is durable. */
function show(report: Report): void {
  if (isFinished(report)) {
    tell({ fact: 'ended', id: report.id, workflow: report.workflow.id, status: report.status })
  } else if (report.status === 'waiting' && report.waitingFor.kind === 'person') {
    tell({ fact: 'asks', id: report.id, signal: report.waitingFor.signal })
  }
}

async function answer(request: Request): Promise<void> {
  if (request.ask === 'start') {
    const version = workflows.find((one) => one.definition.metadata.id === request.workflow)
    if (!version) throw new Error(`no workflow ${request.workflow}`)
    const { token } = request
    const { executionId } = await engine.start({
      version,
      trigger: { node: 'start', type: 'manual' },
      inputs: { token },
      startedBy: person,
      once: { key: token, windowMs: 1e12 },
    })
    tell({ fact: 'started', token, id: executionId })
  } else if (request.ask === 'decide') {
    const { id, signal, token } = request
    const decision = {
      decision: request.decision,
      by: person,
      at: new Date().toISOString(),
      reason: token,
      form: {},
    }
    if (await engine.signal(id, signal, decision)) tell({ fact: 'decided', id, token })
  } else if (request.ask === 'cancel') {
    if (await engine.cancel(request.id, person)) tell({ fact: 'cancelled', id: request.id })
  } else if (request.ask === 'end') {
    const report = await store.history.report(request.id)
    if (report) show(report)
  } else {
    await engine.close()
    await store.close()
    process.exit(0)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  answer(JSON.parse(line) as Request).catch((thrown) => tell({ fact: 'unexpected', what: String(thrown) }))
}
