// Wires the bot together, in the order in which its parts need one another, and takes it apart in the reverse order.
// The same for real Slack, the simulator and tests: what differs is in the configuration.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parse } from 'yaml'
import { createHttpClient } from './actions/http-client.ts'
import { createActions } from './actions/index.ts'
import type { PythonSandbox } from './actions/ports.ts'
import { createSecrets } from './actions/secrets.ts'
import { createBuiltinHost } from './builtins/host.ts'
import { createIds, systemClock } from './clock.ts'
import { answeredLast, createActivation } from './commands/activation.ts'
import { auditCatalogChange } from './commands/audit-facts.ts'
import { createFirstVersions, type FirstVersions } from './commands/first-versions.ts'
import { commandList } from './commands/index.ts'
import { latestExecutions } from './commands/past-executions.ts'
import { createSchedules } from './commands/schedules.ts'
import { createSubWorkflows, findSubWorkflow } from './commands/sub-workflows.ts'
import type { Services } from './commands/types.ts'
import { createProductionWatch } from './commands/watch-production.ts'
import type { Config } from './config.ts'
import type { Catalog } from './definition/catalog.ts'
import { describeFault } from './definition/fault.ts'
import { createCatalog } from './definition/watch.ts'
import { createLocalEngine } from './engine/local.ts'
import type { Clock, Engine } from './engine/ports.ts'
import { createApi } from './http/api.ts'
import { type RunningApi, startApi } from './http/server.ts'
import type { Logger } from './log.ts'
import { createPictures } from './pictures/index.ts'
import { createReplays, createSaving, createTests } from './scenarios/index.ts'
import { type Simulator, startSimulator } from './simulator/index.ts'
import {
  createApprovalDesk,
  createMessenger,
  createPeople,
  createSlackApp,
  createSlackClients,
  type SlackApp,
  type SlackConfig,
} from './slack/index.ts'
import { openStore, ownRetention, type Store, type StoreLog, tellingOfRefusals } from './store/index.ts'
import { triggers } from './triggers/index.ts'
import type { Scheduler } from './triggers/scheduler.ts'

export interface BotOptions {
  config: Config
  log: Logger
  /** Runs code nodes; the caller starts and closes it, so that tests may share one. */
  python: PythonSandbox
  clock?: Clock
  /** Path of manifest.yml, which the simulator reads for commands and scopes. */
  manifest: string
}

export interface Bot {
  /** Where the simulator's page is; undefined with real Slack. */
  simulator: Simulator | undefined
  api: RunningApi
  services: Services
  engine: Engine
  store: Store
  /** Which workflows the clock starts, and when. */
  schedules: Scheduler
  /** Reads the workflow files now, instead of when they have been quiet for a moment. */
  reload(): Promise<void>
  /** Stops taking requests, lets what is under way be recorded, and disconnects. What is unfinished goes on at the next start. */
  close(): Promise<void>
}

/** Rejects with a WorkflowError that says which setting, file or port is to blame; whatever was started is closed again. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { config, log, python, clock = systemClock } = options
  const startedAt = clock.now()
  const closing: (() => Promise<void>)[] = []
  const close = async () => {
    for (const step of closing.splice(0).reverse()) {
      await step().catch((thrown: unknown) =>
        log.error({ err: thrown }, 'a part of the bot did not close cleanly'),
      )
    }
  }
  try {
    let inService: Catalog | undefined
    const storeLog: StoreLog = ({ level, event, message }) => log[level]({ event }, message)
    const store = await openStore({
      path: config.dataFile,
      clock,
      retention: config.history,
      // Before the files are read, and after one is gone, the version that answered last stands: no draft may have the
      // history thrown away.
      retentionOf: (id, stored) =>
        ownRetention(
          inService?.get(id)?.version?.definition ?? stored.definition(id, answeredLast(stored, id)),
        ),
      recover: config.recover,
      log: storeLog,
    })
    closing.push(() => store.close())
    const upkeep = new AbortController()
    closing.push(async () => upkeep.abort())
    everyDay(clock, upkeep.signal, () => store.maintain()).catch((thrown: unknown) => {
      if (!upkeep.signal.aborted) log.error({ err: thrown }, 'the daily upkeep of the store has stopped')
    })

    let simulator: Simulator | undefined
    if (config.slack.mode === 'simulator') {
      const manifest = parse(await readFile(options.manifest, 'utf8'))
      simulator = await startSimulator({ port: config.slack.port, manifest })
      closing.push(simulator.close)
    }
    const clients = createSlackClients(slackConfig(config, simulator), log)
    const messenger = createMessenger(clients, { links: store.links, clock, log })

    const { records } = store
    const ids = createIds(clock)
    const desk = createApprovalDesk(clients, { links: store.links, records, clock, log })
    const secrets = createSecrets(config.http.secrets)
    const actions = createActions({
      python,
      records,
      messenger,
      desk,
      builtins: createBuiltinHost({ records, clock }),
      clock,
      workflows: createSubWorkflows(() => services),
      http: createHttpClient({ clock, allowHosts: config.http.allowHosts }),
      secrets,
    })
    const kinds = [...triggers, ...actions]
    const actionByType = new Map(actions.map((action) => [action.type, action]))
    const engine = createLocalEngine({
      store: tellingOfRefusals(store.executions, storeLog),
      findReport: (id) => store.history.report(id),
      once: {
        get: (key) => store.links.get<{ executionId: string; at: number }>(`once:${key}`),
        set: (key, value) => store.links.set(`once:${key}`, value),
      },
      clock,
      ids,
      maxBusy: 20,
      action: (type) => actionByType.get(type),
      ended: (id) => python.release(id),
      unexpected: (thrown) =>
        log.error({ err: thrown }, 'something unexpected went wrong inside an execution'),
    })
    closing.push(() => engine.close())

    let schedules: Scheduler | undefined
    let firstVersions: FirstVersions | undefined
    let slack: SlackApp | undefined
    let pythonReady = false
    const activation = createActivation({
      records,
      versions: store.versions,
      clock,
      firstVersions: config.firstVersions,
    })
    await activation.start()
    const files = createCatalog({
      dir: config.workflowsDir,
      kinds,
      async register(id, hash, definition) {
        const version = await store.versions.register(id, hash, definition)
        await activation.consider(version)
        return version
      },
      seed: records.seed,
      checkCode: async (code, source) => {
        if (!pythonReady) throw new Error('Python is starting')
        return python.check(code, source)
      },
      canCheckCode: () => pythonReady,
      onChange(change) {
        const { draft, version } = activation.over(files).get(change.id) ?? {}
        const answers = version
          ? `version ${version.number} answers until it is activated`
          : 'no version answers until it has passed its tests'
        const drafted = (change.kind === 'updated' || change.kind === 'loaded') && draft
        const words = `version ${draft?.number} of "${change.id}" is a draft; ${answers}`
        log.info({ workflow: change.id }, drafted ? words : change.message)
        auditCatalogChange(change, { ...store, clock }, startedAt).catch((thrown: unknown) =>
          log.error({ err: thrown, workflow: change.id }, 'a change is missing in the audit log'),
        )
        schedules?.refresh()
        slack?.workflowsChanged()
      },
      onRead: () => firstVersions?.look(),
    })
    activation.observe(() => {
      schedules?.refresh()
      slack?.workflowsChanged()
    })
    closing.push(() => files.close())
    await files.start()
    const catalog = activation.over(files)
    inService = catalog
    const checked = python.ready().then(() => {
      pythonReady = true
      return files.reload()
    })
    checked.catch(() => undefined)
    for (const fault of catalog.faults()) log.warn({}, describeFault(fault))

    const latest = (workflowId: string, limit: number) => latestExecutions(store, workflowId, limit)
    const services: Services = {
      people: createPeople(clients, { clock, log }),
      versions: store.versions,
      catalog,
      claims: store.links,
      records,
      kinds,
      engine,
      history: store.history,
      clock,
      messenger,
      audit: store.audit,
      maintenance: store,
      access: config.access,
      activation,
      replays: createReplays({
        latest,
        ...{ records, past: store.past, python, ids, clock },
        stopwatch: () => performance.now(),
      }),
      saving: createSaving({
        dir: config.workflowsDir,
        shown: basename(config.workflowsDir),
        ...{ records, past: store.past, python, ids },
        stopwatch: () => performance.now(),
      }),
      tests: createTests({
        dir: config.workflowsDir,
        shown: basename(config.workflowsDir),
        ...{ python, records, ids, clock },
        stopwatch: () => performance.now(),
        // One at a time leaves interpreters to real executions.
        atOnce: 1,
        dryRuns: {
          subWorkflow: (id, depth) => findSubWorkflow(services, id, depth),
          latest,
          hasSecret: (name) => secrets.get(name) !== undefined,
        },
      }),
    }
    const pictures = createPictures()
    closing.push(() => pictures.close())
    slack = createSlackApp({
      pictures,
      upcoming: () => schedules?.list() ?? [],
      clients,
      messenger,
      desk,
      services,
      commands: commandList,
      links: store.links,
      log,
      clock,
    })
    closing.push(slack.stop)
    const watch = createProductionWatch(services, {
      untold: ({ error, ...about }) =>
        log.warn(about, `a criterion is no longer met, and nobody was told: ${error?.message ?? 'no owner'}`),
      unexpected: (thrown) => log.error({ err: thrown }, 'something went wrong with watching executions'),
    })
    closing.push(watch.close)
    watch.start()
    firstVersions = createFirstVersions(services, checked, {
      activated: ({ workflow, version }) =>
        log.info(
          { workflow },
          `version ${version} of "${workflow}" passes its tests and answers from now on`,
        ),
      waiting({ workflow, version, message }) {
        log.warn({ workflow }, `version ${version} of "${workflow}" does not answer yet: ${message}`)
        slack?.workflowsChanged()
      },
      untold: ({ workflow, error }) =>
        log.warn({ workflow }, `nobody was told: ${error?.message ?? 'no owner and no failure channel'}`),
      unexpected: (thrown) =>
        log.error({ err: thrown }, 'something went wrong with the test of a first version'),
    })
    closing.push(firstVersions.close)
    firstVersions.look()
    // Before anybody can ask for the same once more.
    const resumed = await engine.resume()
    if (resumed > 0) log.info({ executions: resumed }, 'took up executions that were under way')

    const api = await startApi(createApi({ services, token: config.api.token, secret: secrets.get, log }), {
      ...config.api,
      clock,
    })
    closing.push(() => api.close())
    await slack.start()
    schedules = createSchedules(services, {
      unkept: ({ error, ...time }) =>
        log.warn(
          time,
          error ? `not started by the clock: ${error.message}` : 'missed while the bot was down',
        ),
      unexpected: (thrown) => log.error({ err: thrown }, 'something went wrong with a schedule'),
    })
    closing.push(schedules.close)
    schedules.start()
    return { simulator, api, services, engine, store, schedules, reload: files.reload, close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** Retention is applied while the store is written to; this is for a bot that has nothing to do for days. */
async function everyDay(clock: Clock, signal: AbortSignal, work: () => Promise<void>): Promise<never> {
  for (;;) {
    await clock.sleep(86_400_000, signal)
    await work()
  }
}

function slackConfig({ slack }: Config, simulator: Simulator | undefined): SlackConfig {
  if (slack.mode !== 'simulator') return slack
  if (!simulator) throw new Error('the simulator is started before anything connects to it')
  return {
    mode: 'socket',
    botToken: simulator.botToken,
    appToken: simulator.appToken,
    apiUrl: simulator.slackApiUrl,
  }
}
