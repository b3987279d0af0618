// Kills the process of child.ts with SIGKILL at random moments, its start included, and starts it again, while asking
// it for things as people would; then lets everything end and holds it to its promises.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { systemClock } from '../../src/clock.ts'
import { openStore } from '../../src/store/index.ts'
import type { Fact, Request } from './facts.ts'
import { Ledger } from './ledger.ts'
import { workflows } from './workflows.ts'

export interface Tally {
  kills: number
  /** How many of them hit a process that had not finished starting. */
  killsAtStart: number
  facts: number
  executions: number
  steps: number
  /** Steps that ran once more, with the same key, because a crash caught them before their record. */
  repeated: number
  decisions: number
  cancels: number
  broken: string[]
}

/** How many executions are kept going. */
const openExecutions = 8

/** `random` answers a number from 0 up to 1; `progress` is called after each kill. */
export async function torture(
  kills: number,
  random: () => number,
  progress: (tally: Tally) => void = () => undefined,
): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'torture-'))
  const run = new Torture(join(folder, 'db.json'), join(folder, 'child.mjs'), random)
  try {
    // One file starts in a fraction of the time, so that there are more kills in the same time.
    await build({
      entryPoints: [fileURLToPath(new URL('child.ts', import.meta.url))],
      outfile: run.program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
    })
    while (run.kills < kills) {
      await run.lifeUntilKilled()
      progress(run.tally())
    }
    await run.lastLife()
    const store = await openStore({ path: run.path, clock: systemClock, log: () => undefined })
    await run.ledger.audit(store)
    await store.close()
    return run.tally()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class Torture {
  readonly path: string
  readonly program: string
  readonly ledger = new Ledger()
  readonly #random: () => number
  kills = 0
  #killsAtStart = 0
  #lives = 0
  #tokens = 0
  /** Starts that nobody has acknowledged yet: they are asked for again in the next life. */
  readonly #asked = new Map<string, string>()

  constructor(path: string, program: string, random: () => number) {
    this.path = path
    this.program = program
    this.#random = random
  }

  tally(): Tally {
    const { facts, steps, repeated, decided, cancelled, broken, started } = this.ledger
    const decisions = [...decided.values()].reduce((sum, tokens) => sum + tokens.length, 0)
    return {
      ...{ kills: this.kills, killsAtStart: this.#killsAtStart, facts, steps, repeated, decisions, broken },
      ...{ executions: started.size, cancels: cancelled.size },
    }
  }

  /** Half of the kills come after so many facts, the others after a time, which may be over before it is ready. */
  async lifeUntilKilled(): Promise<void> {
    const child = this.#spawn()
    let ready = false
    let left = this.#random() < 0.5 ? Math.ceil(this.#random() ** 2 * 400) : Number.POSITIVE_INFINITY
    const timer = setTimeout(() => child.kill('SIGKILL'), 60 + this.#random() * 2000)
    await this.#follow(child, (fact) => {
      if (fact.fact === 'ready') {
        ready = true
        this.#askAgain(child)
      }
      this.#actAsPeople(child, fact)
      if (ready) this.#keepBusy(child)
      if (--left === 0) child.kill('SIGKILL')
    })
    clearTimeout(timer)
    this.kills++
    if (!ready) this.#killsAtStart++
  }

  /** No more kills and no more starts: everything must come to its end. */
  async lastLife(): Promise<void> {
    const child = this.#spawn()
    let ready = false
    let closing = false
    await this.#follow(child, (fact) => {
      if (fact.fact === 'ready') {
        ready = true
        this.#askAgain(child)
      }
      this.#actAsPeople(child, fact)
      if (ready && !closing && this.#asked.size === 0 && this.#open().length === 0) {
        closing = true
        send(child, { ask: 'close' })
      }
    })
  }

  #spawn(): ChildProcessWithoutNullStreams {
    this.#lives++
    return spawn(process.execPath, [this.program, this.path], { stdio: 'pipe' })
  }

  /** Reads what the process tells until it is gone. Rejects when it ended in any way but those that are wanted. */
  #follow(child: ChildProcessWithoutNullStreams, onFact: (fact: Fact) => void): Promise<void> {
    const life = this.#lives
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    // Writing to a process that was just killed is no mistake.
    child.stdin.on('error', () => undefined)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const fact = JSON.parse(line) as Fact
      this.ledger.note(fact, life)
      if (fact.fact === 'started') this.#asked.delete(fact.token)
      onFact(fact)
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        if (signal === 'SIGKILL' || code === 0) resolve()
        else reject(new Error(`the process ended by itself (${code ?? signal}): ${complaint}`))
      })
    })
  }

  #open(): string[] {
    return [...this.ledger.started.values()].filter((id) => !this.ledger.ended.has(id))
  }

  #keepBusy(child: ChildProcessWithoutNullStreams): void {
    while (this.#asked.size + this.#open().length < openExecutions) {
      const workflow = workflows[this.#tokens % workflows.length]?.definition.metadata.id ?? ''
      const token = `t${++this.#tokens}`
      this.#asked.set(token, workflow)
      send(child, { ask: 'start', workflow, token })
    }
  }

  #askAgain(child: ChildProcessWithoutNullStreams): void {
    for (const [token, workflow] of this.#asked) send(child, { ask: 'start', workflow, token })
    for (const id of this.#open()) send(child, { ask: 'end', id })
  }

  /** Whoever is asked decides, or somebody cancels instead. */
  #actAsPeople(child: ChildProcessWithoutNullStreams, fact: Fact): void {
    if (fact.fact !== 'asks') return
    const { id, signal } = fact
    const cancels = this.#random() < 0.15
    const decision = this.#random() < 0.8 ? 'approve' : 'reject'
    if (cancels) send(child, { ask: 'cancel', id })
    else send(child, { ask: 'decide', id, signal, decision, token: `d${++this.#tokens}` })
  }
}

function send(child: ChildProcessWithoutNullStreams, request: Request): void {
  child.stdin.write(`${JSON.stringify(request)}\n`)
}
