// A second thread that ends the process when the first one no longer can: a loop in C never looks at a deadline, and
// an orphan would run on for ever. It is started before the gate is locked; nothing else may start threads.
import { Worker } from 'node:worker_threads'

/** Slots of the shared memory, in milliseconds since the process started (`performance.timeOrigin` of the process). */
const WALL = 0
const CPU = 1

export interface Watchdog {
  /** From now on: kill after `wallMs`, or when the process has used `cpuMs` of processor time. */
  arm(wallMs: number, cpuMs: number): void
  disarm(): void
}

/** The reason travels as the signal that the process dies of. */
export const DEATH = { wall: 'SIGALRM', cpu: 'SIGVTALRM', memory: 'SIGUSR2', orphan: 'SIGKILL' } as const

const CODE = `
const { workerData } = require('node:worker_threads')
const limits = new Float64Array(workerData.shared)
const parent = process.ppid
const kill = process.kill.bind(process)
const pid = process.pid
const end = (signal) => { kill(pid, signal); setTimeout(() => kill(pid, 'SIGKILL'), 200) }
setInterval(() => {
  if (process.ppid !== parent) return end(workerData.death.orphan)
  const wall = limits[${WALL}], cpu = limits[${CPU}]
  if (wall && Date.now() > wall) return end(workerData.death.wall)
  if (cpu) {
    const { user, system } = process.cpuUsage()
    if ((user + system) / 1000 > cpu) return end(workerData.death.cpu)
  }
  if (process.memoryUsage.rss() > workerData.maxRssBytes) return end(workerData.death.memory)
}, 100)
`

export async function startWatchdog(maxRssBytes: number): Promise<Watchdog> {
  const shared = new SharedArrayBuffer(16)
  const limits = new Float64Array(shared)
  const worker = new Worker(CODE, {
    eval: true,
    workerData: { shared, death: DEATH, maxRssBytes },
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 },
  })
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve)
    worker.once('error', reject)
  })
  return {
    arm(wallMs, cpuMs) {
      const { user, system } = process.cpuUsage()
      limits[CPU] = (user + system) / 1000 + cpuMs
      limits[WALL] = Date.now() + wallMs
    },
    disarm() {
      limits[WALL] = 0
      limits[CPU] = 0
    },
  }
}
