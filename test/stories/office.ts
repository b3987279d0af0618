// A whole office for stories: the simulated workspace, the real bot with real Python, and people who do what people do
// in Slack. Nothing here looks behind the curtain; stories read what people read.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type Bot, startBot } from '../../src/bot.ts'
import { builtinErrors, builtinSpecs } from '../../src/builtins/index.ts'
import { openPolicy } from '../../src/commands/access.ts'
import type { Config } from '../../src/config.ts'
import type { Clock } from '../../src/engine/ports.ts'
import { createLogger } from '../../src/log.ts'
import { createPythonSandbox } from '../../src/python/index.ts'
import type { Delivery, SimulatedMessage } from '../../src/simulator/control.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'

export const operations = 'C0OPERATNS'
export const purchasing = 'C0PURCHASE'

/** How long a person in a story waits for something to show, real time; generous, for slow machines. */
const patienceMs = 30_000

export interface Person {
  id: string
  /** Types a command or a message. */
  types(text: string, channel?: string): Promise<Delivery | SimulatedMessage>
  /** Waits for a message that matches, the newest first, and answers it. */
  sees(pattern: RegExp, channel?: string, thread?: string): Promise<SimulatedMessage>
  /** All messages that match now. */
  messages(pattern?: RegExp, channel?: string, thread?: string): SimulatedMessage[]
  /** Presses the button with this label. */
  presses(label: string, message: SimulatedMessage, deliveries?: number): Promise<Delivery>
  /** Waits for a modal that matches, and answers all its text. */
  seesModal(pattern: RegExp): Promise<string>
}

export interface Office {
  simulator: Simulator
  bot: Bot
  folder: string
  ana: Person
  ben: Person
  chiara: Person
  /** Stops the bot and starts it again on the same data, while the workspace lives on. `meanwhile`: in between. */
  restart(meanwhile?: () => void): Promise<void>
  /** Writes a workflow file and waits until the bot has taken notice. */
  writeWorkflow(id: string, yaml: string): Promise<void>
  /** Asks the API. */
  api(path: string, init?: RequestInit): Promise<{ status: number; body: never }>
  close(): Promise<void>
}

/** One sandbox for all stories of a file: interpreters are pristine for each execution anyway. */
export function storySandbox(): PythonSandbox {
  return createPythonSandbox({
    builtins: builtinSpecs,
    errors: builtinErrors,
    cacheDir: join(process.cwd(), '.cache', 'test'),
    poolSize: 1,
    log: () => undefined,
  })
}

export async function openOffice(
  python: PythonSandbox,
  options: {
    workflows?: string
    /** Hosts on this machine that requests of workflows may reach. */
    allowHosts?: string[]
    secrets?: { [name: string]: string }
    /** What the bot takes for the time; the simulator has the real one. */
    clock?: Clock
    /** Stories about something else need not wait for tests. */
    firstVersions?: Config['firstVersions']
  } = {},
): Promise<Office> {
  const folder = await mkdtemp(join(tmpdir(), 'workflow-office-'))
  const workflowsDir = join(folder, 'workflows')
  if (options.workflows) await cp(options.workflows, workflowsDir, { recursive: true })
  else await mkdir(workflowsDir)
  const manifest = 'manifest.yml'
  const simulator = await startSimulator({
    manifest: parse(await readFile(manifest, 'utf8')),
    rateLimits: false,
  })
  const config: Config = {
    slack: {
      mode: 'socket',
      botToken: simulator.botToken,
      appToken: simulator.appToken,
      apiUrl: simulator.slackApiUrl,
    },
    api: { host: '127.0.0.1', port: 0 },
    dataFile: join(folder, 'data', 'db.json'),
    workflowsDir,
    cacheDir: join(folder, 'cache'),
    history: { maxAgeMs: 365 * 86_400_000, maxPerWorkflow: 10_000 },
    logLevel: 'silent',
    recover: false,
    python: { poolSize: 1 },
    firstVersions: options.firstVersions ?? 'trusted',
    access: openPolicy,
    http: { allowHosts: options.allowHosts ?? [], secrets: options.secrets ?? {} },
  }
  const log = createLogger(config)
  const start = () =>
    startBot({ config, log, python, manifest, ...(options.clock ? { clock: options.clock } : {}) })
  let bot = await start()

  const person = (id: string): Person => {
    const { control } = simulator
    const messages = (pattern = /./s, channel = operations, thread?: string) =>
      control
        .messages({ channel, user: id, ...(thread ? { thread_ts: thread } : {}) })
        .filter((message) => pattern.test(textOf(message)))
    return {
      id,
      types: (text, channel = operations) =>
        text.startsWith('/')
          ? control.command({ user: id, channel, text })
          : control.message({ user: id, channel, text }),
      messages,
      sees: (pattern, channel, thread) =>
        control.until(() => messages(pattern, channel, thread).at(-1), patienceMs),
      presses(label, message, deliveries = 1) {
        const button = buttonsOf(message).find((one) => one.text?.text === label)
        if (!button) throw new Error(`no button "${label}" in: ${textOf(message)}`)
        const where = { channel: message.channel, ts: message.ts }
        return control.action({
          user: id,
          in: where,
          block_id: button.block_id,
          action_id: button.action_id,
          deliveries,
        })
      },
      seesModal: (pattern) =>
        control.until(() => {
          const shown = JSON.stringify(control.views(id).modals.at(-1)?.view ?? '')
          return pattern.test(shown) && shown
        }, patienceMs),
    }
  }

  return {
    simulator,
    get bot() {
      return bot
    },
    folder,
    ana: person('U0ANALIMA'),
    ben: person('U0BENOKAFO'),
    chiara: person('U0CHIARARO'),
    async restart(meanwhile) {
      await bot.close()
      meanwhile?.()
      bot = await start()
    },
    async writeWorkflow(id, yaml) {
      const file = join(workflowsDir, id, 'workflow.yaml')
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, yaml)
      await bot.reload()
    },
    async api(path, init) {
      const response = await fetch(`${bot.api.url}${path}`, init)
      return { status: response.status, body: (await response.json()) as never }
    },
    async close() {
      await bot.close()
      await simulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Everything that a message says, blocks included. */
export function textOf(message: SimulatedMessage): string {
  return `${message.text}\n${strings(message.blocks ?? []).join('\n')}`
}

interface ShownButton {
  type: string
  action_id: string
  block_id: string
  text?: { text: string }
}

/** The buttons of a message, wherever they stand in it. */
export function buttonsOf(message: SimulatedMessage): ShownButton[] {
  const found: ShownButton[] = []
  for (const block of (message.blocks ?? []) as unknown as Record<string, unknown>[]) {
    const elements = [...((block.elements as unknown[]) ?? []), block.accessory]
    for (const element of elements as ShownButton[]) {
      if (element?.type === 'button') found.push({ ...element, block_id: String(block.block_id) })
    }
  }
  return found
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(strings)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    /^(block_id|action_id|value|type|style)$/.test(key) ? [] : strings(inner),
  )
}
