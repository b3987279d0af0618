// Pictures of workflows and figures as PNG, drawn in a thread of their own: starts it when the first is asked for, and
// gives up what takes too long. Needs no network, no system fonts and no native modules.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { WorkflowError } from '../errors.ts'
import { type ChartPicture, describeCharts } from './charts.ts'
import { describeGraph, type GraphPicture } from './graph.ts'
import { describeTrials, type TrialsPicture } from './trials.ts'

export type { ChartPicture, DayFigures } from './charts.ts'
export type { GraphPicture, StepState } from './graph.ts'
export type { TrialColumn, TrialRow, TrialsPicture } from './trials.ts'

export type Picture =
  | ({ kind: 'graph' } & GraphPicture)
  | ({ kind: 'charts' } & ChartPicture)
  | ({ kind: 'trials' } & TrialsPicture)

export interface Pictures {
  /**
   * The PNG and the picture in words. Rejects `picture.failed` when it cannot be drawn, `picture.too_slow` when it takes
   * longer than ten seconds.
   */
  draw(picture: Picture): Promise<{ png: Uint8Array; altText: string }>
  /** Ends the thread; what is being drawn is rejected. */
  close(): Promise<void>
}

export interface Job {
  id: number
  picture: Picture
}
export type JobResult = { id: number } & ({ png: Uint8Array } | { error: string })

const patienceMs = 10_000
/** The thread may not take more of the bot's memory. */
const heapMb = 256

const require = createRequire(import.meta.url)
const files = {
  wasm: require.resolve('@resvg/resvg-wasm/index_bg.wasm'),
  fonts: ['DejaVuSans', 'DejaVuSans-Bold'].map((font) => require.resolve(`dejavu-fonts-ttf/ttf/${font}.ttf`)),
}

interface Waiting {
  resolve(png: Uint8Array): void
  reject(error: WorkflowError): void
  timer: NodeJS.Timeout
}

export function createPictures(): Pictures {
  const waiting = new Map<number, Waiting>()
  let thread: Promise<Worker> | undefined
  let jobs = 0
  let closed = false

  function settle(id: number, how: (one: Waiting) => void): void {
    const one = waiting.get(id)
    if (!one) return
    waiting.delete(id)
    clearTimeout(one.timer)
    // An idle thread keeps no process alive.
    if (waiting.size === 0) void thread?.then((worker) => worker.unref()).catch(() => undefined)
    how(one)
  }

  /** A thread that hangs or breaks is ended; the next picture gets a new one. */
  function abandon(error: WorkflowError): void {
    const ended = thread
    thread = undefined
    for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(error))
    void ended?.then((worker) => worker.terminate()).catch(() => undefined)
  }

  async function start(): Promise<Worker> {
    const worker = new Worker(await bundled(), {
      eval: true,
      workerData: files,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    })
    worker.on('message', (result: JobResult) =>
      settle(result.id, ({ resolve, reject }) =>
        'png' in result ? resolve(result.png) : reject(failed(result.error)),
      ),
    )
    worker.on('error', (thrown) => abandon(failed(String(thrown))))
    worker.unref()
    return worker
  }

  return {
    async draw(picture) {
      if (closed) throw failed('the bot stops')
      thread ??= start()
      const worker = await thread.catch((thrown: unknown) => {
        thread = undefined
        throw failed(String(thrown))
      })
      const id = ++jobs
      const png = await new Promise<Uint8Array>((resolve, reject) => {
        const timer = setTimeout(() => {
          const error = new WorkflowError('picture.too_slow', 'The picture took too long to draw.')
          abandon(error)
        }, patienceMs)
        timer.unref()
        waiting.set(id, { resolve, reject, timer })
        worker.ref()
        worker.postMessage({ id, picture } satisfies Job)
      })
      return { png, altText: describe(picture) }
    },

    async close() {
      closed = true
      const worker = await thread?.catch(() => undefined)
      abandon(failed('the bot stops'))
      await worker?.terminate()
    },
  }
}

/** The picture in words. */
function describe(picture: Picture): string {
  switch (picture.kind) {
    case 'graph':
      return describeGraph(picture)
    case 'charts':
      return describeCharts(picture)
    case 'trials':
      return describeTrials(picture)
  }
}

function failed(why: string): WorkflowError {
  return new WorkflowError('picture.failed', `The picture could not be drawn: ${why}.`)
}

let program: Promise<string> | undefined

/** The program of the thread as one plain script, since threads do not load TypeScript. */
function bundled(): Promise<string> {
  program ??= build({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'worker.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'silent',
  }).then((result) => (result.outputFiles[0] as { text: string }).text)
  return program
}
