// Measures the Slack surface under load: 200 commands typed in the same moment while 50 executions run. The bot is real
// and alone in its process, the workspace has one of its own; Python is a stand-in that only takes its time, since it is
// measured elsewhere. Alone: npm run bench -- --only slack
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { startBot } from '../../src/bot.ts'
import { loadConfig } from '../../src/config.ts'
import { createLogger } from '../../src/log.ts'
import type { Figure } from './figure.ts'
import type { Answer, Ask } from './workspace-process.ts'

const people = ['U0ANALIMA', 'U0BENOKAFO', 'U0CHIARARO']
const background = 'C0PURCHASE'
const burst = 'C0OPERATNS'
const runningBefore = 50
const runs = 100
const lookups = 100
const steps = 8
const stepMs = 20

const numbers = Array.from({ length: steps }, (_, n) => n)
const workflow = `
metadata: { id: load, name: Load, description: Takes its time. }
nodes:
  - { name: start, type: manual, inputs: { n: { type: integer } } }
${numbers.map((n) => `  - { name: step ${n}, type: code, code: "output = 1" }`).join('\n')}
edges:
${numbers.map((n) => `  - { from: ${n === 0 ? 'start' : `step ${n - 1}`}, to: step ${n} }`).join('\n')}
`

/** Takes 20 ms a node, as a small one does, without an interpreter. */
const python: PythonSandbox = {
  async run({ context, node }) {
    await delay(stepMs)
    return { status: 'succeeded', output: { ok: true }, context, node, printed: [], durationMs: stepMs }
  },
  release() {},
  check: async () => null,
  ready: async () => {},
  close: async () => {},
}

export async function bench(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'workflow-slack-bench-'))
  const program = fileURLToPath(new URL('workspace-process.ts', import.meta.url))
  const workspace = fork(program, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const { url, botToken, appToken } = (await answered(workspace)) as Extract<Answer, { url: string }>
    const workflowsDir = join(folder, 'workflows')
    await mkdir(join(workflowsDir, 'load'), { recursive: true })
    await writeFile(join(workflowsDir, 'load', 'workflow.yaml'), workflow)
    const settings = {
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
      SLACK_API_URL: url,
      API_PORT: '0',
      DATA_FILE: join(folder, 'data', 'db.json'),
      CACHE_DIR: join(folder, 'cache'),
      WORKFLOWS_DIR: workflowsDir,
      LOG_LEVEL: 'silent',
    }
    const config = loadConfig(settings, { argv: [] })
    const bot = await startBot({ config, log: createLogger(config), python, manifest: 'manifest.yml' })
    try {
      return await measure(workspace)
    } finally {
      await bot.close()
    }
  } finally {
    workspace.disconnect()
    await once(workspace, 'exit')
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(workspace: ChildProcess): Promise<Figure[]> {
  const type = async (channel: string, texts: string[]) => {
    const commands = texts.map((text, n) => ({
      user: people[n % people.length] as string,
      channel,
      text: `/workflow ${text}`,
    }))
    return ((await ask(workspace, { ask: 'type', commands })) as Extract<Answer, { deliveries: unknown }>)
      .deliveries
  }
  const shown = async (channel: string, look: string) => {
    const answer = await ask(workspace, { ask: 'count', channel, user: people[0] as string, look })
    return (answer as Extract<Answer, { count: number }>).count
  }
  const until = async (channel: string, look: string, count: number) => {
    while ((await shown(channel, look)) < count) await delay(50)
  }
  const done = 'is done'
  const answer = 'workflow|Takes its time'

  const alone: number[] = []
  for (let n = 0; n < 20; n += 1) {
    const [delivery] = await type(burst, ['help'])
    alone.push(delivery?.ack_ms ?? Number.POSITIVE_INFINITY)
  }
  await type(
    background,
    Array.from({ length: runningBefore }, (_, n) => `run load n=${n}`),
  )
  await until(background, 'Load', runningBefore)

  const lag = monitorEventLoopDelay({ resolution: 5 })
  lag.enable()
  const began = performance.now()
  const lookup = (n: number) => (n % 4 === 1 ? 'list' : 'show load')
  const deliveries = await type(
    burst,
    Array.from({ length: runs + lookups }, (_, n) => (n % 2 === 0 ? `run load n=${1000 + n}` : lookup(n))),
  )
  await until(burst, done, runs)
  await until(burst, answer, lookups)
  await until(background, done, runningBefore)
  const wholeMs = performance.now() - began
  lag.disable()

  const acks = deliveries.map(({ ack_ms }) => ack_ms ?? Number.POSITIVE_INFINITY)
  const [reports, answers] = [await shown(burst, done), await shown(burst, answer)]
  const quiet = percentile(alone, 0.5)
  const p99 = percentile(acks, 0.99)
  const name = (what: string) => `slack: ${what}`
  return [
    { name: name('ack of a command, alone, median of 20'), value: quiet, unit: 'ms' },
    {
      name: name(`ack of ${deliveries.length} commands at once while ${runningBefore} executions run, p99`),
      value: p99,
      unit: 'ms',
      ratio: p99 / quiet,
      baseline: 'alone',
      aim: 'under 250 ms',
    },
    { name: name('ack of those, median'), value: percentile(acks, 0.5), unit: 'ms' },
    {
      name: name('commands that were not acked'),
      value: deliveries.filter(({ acked }) => !acked).length,
      unit: 'commands',
      aim: 'none',
    },
    { name: name('until every answer and report stood'), value: wholeMs, unit: 'ms' },
    {
      name: name('answers and reports lost'),
      value: Math.max(0, runs - reports) + Math.max(0, lookups - answers),
      unit: 'messages',
      aim: 'none',
    },
    {
      name: name('answers and reports doubled'),
      value: Math.max(0, reports - runs) + Math.max(0, answers - lookups),
      unit: 'messages',
      aim: 'none',
    },
    { name: name('event loop held up at most'), value: lag.max / 1e6, unit: 'ms' },
  ]
}

async function answered(workspace: ChildProcess): Promise<Answer> {
  const [answer] = (await once(workspace, 'message')) as [Answer]
  return answer
}

function ask(workspace: ChildProcess, question: Ask): Promise<Answer> {
  const answer = answered(workspace)
  workspace.send(question)
  return answer
}

function percentile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
