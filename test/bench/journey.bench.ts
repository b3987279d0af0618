// What a new user waits for: from `npm start` to a usable page, from a command to its ack, from a command to the
// finished report. Starts the real bot as its own process, first with an empty cache, then again with a warm one.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Delivery, SimulatedMessage } from '../../src/simulator/control.ts'
import type { Figure } from './figure.ts'

const ana = 'U0ANALIMA'
const channel = 'C0OPERATNS'

export async function bench(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'workflow-journey-'))
  try {
    const first = await journey(folder)
    const again = await journey(folder)
    return [
      { name: 'npm start to a usable page, empty cache', value: first.page, unit: 'ms' },
      { name: 'npm start to a usable page, warm cache', value: again.page, unit: 'ms' },
      { name: 'npm start to Python ready, empty cache', value: first.python, unit: 'ms' },
      {
        name: 'npm start to Python ready, warm cache',
        value: again.python,
        unit: 'ms',
        ratio: again.python / first.python,
        baseline: 'empty cache',
      },
      { name: 'command to ack, median of 20', value: median(again.acks), unit: 'ms' },
      {
        name: 'command to finished report, typed as soon as the page is up, empty cache',
        value: first.firstReport,
        unit: 'ms',
      },
      {
        name: 'command to finished report, typed as soon as the page is up, warm cache',
        value: again.firstReport,
        unit: 'ms',
      },
      {
        name: 'command to finished report shown, warm, median of 10',
        value: median(again.reports),
        unit: 'ms',
      },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function journey(folder: string) {
  const [page, api] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${page}`
  const began = performance.now()
  const env = {
    ...process.env,
    SIMULATOR_PORT: String(page),
    API_PORT: String(api),
    DATA_FILE: join(folder, 'data/db.json'),
    CACHE_DIR: join(folder, 'cache'),
    LOG_LEVEL: 'silent',
  }
  const bot = spawn('npm', ['start', '--silent'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  try {
    const pythonReady = said(bot, /Python: ready/).then(() => performance.now() - began)
    await usable(url)
    const pageMs = performance.now() - began
    const firstReport = await runAndWait(url)
    const python = await pythonReady
    const acks: number[] = []
    for (let round = 0; round < 20; round++)
      acks.push((await command(url, '/workflow help')).ack_ms ?? Number.NaN)
    const reports: number[] = []
    for (let round = 0; round < 10; round++) reports.push(await runAndWait(url))
    return { page: pageMs, python, firstReport, acks, reports }
  } finally {
    await stop(bot.pid as number)
  }
}

/** Ends npm and all that it started, and waits until the last of them is gone. */
async function stop(group: number): Promise<void> {
  try {
    for (process.kill(-group, 'SIGTERM'); ; process.kill(-group, 0)) await pause()
  } catch {
    // Nobody of the group is left.
  }
}

/** The page is usable when it is served and the bot listens to it. */
async function usable(url: string): Promise<void> {
  for (;;) {
    const state = await fetch(`${url}/control/state`).then(
      (response) => response.json() as Promise<{ bot: { connected: boolean } }>,
      () => undefined,
    )
    if (state?.bot.connected) return
    await pause()
  }
}

/** Milliseconds until the message of this very execution says that it is done. */
async function runAndWait(url: string): Promise<number> {
  const before = (await done(url)).length
  const began = performance.now()
  await command(url, '/workflow run reorder-check')
  for (;;) {
    if ((await done(url)).length > before) return performance.now() - began
    await pause()
  }
}

async function done(url: string): Promise<SimulatedMessage[]> {
  const response = await fetch(`${url}/control/messages?channel=${channel}&user=${ana}`)
  const { messages } = (await response.json()) as { messages: SimulatedMessage[] }
  return messages.filter((message) => /is done|failed/.test(message.text))
}

async function command(url: string, text: string): Promise<Delivery> {
  const response = await fetch(`${url}/control/command`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: ana, channel, text }),
  })
  return (await response.json()) as Delivery
}

function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
      if (pattern.test(text)) resolve()
    })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 10))
const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
