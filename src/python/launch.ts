// Starts the process of an interpreter with every flag of this Node that takes something away from it, an empty
// environment and one extra pipe.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { Duplex } from 'node:stream'

/** One layer around the gate: whether this Node has it. */
export interface Layer {
  name: string
  present: boolean
  /** What it takes away. */
  what: string
}

const knows = (flag: string) => process.allowedNodeEnvironmentFlags.has(flag)

const PERMISSION = knows('--permission')
  ? '--permission'
  : knows('--experimental-permission')
    ? '--experimental-permission'
    : null

/** The layers of Node flags, in the words of the start-up output. */
export function layers(): Layer[] {
  return [
    { name: 'permission model', present: PERMISSION !== null, what: 'host files, processes, addons' },
    { name: 'network permission', present: knows('--allow-net'), what: 'the network, below the gate' },
    { name: 'no SIGUSR1 inspector', present: knows('--disable-sigusr1'), what: "the interpreter's debugger" },
    { name: 'no code from strings', present: true, what: 'eval and Function' },
  ]
}

/**
 * Flags for a child that may read `readable` and nothing else. They are part of the key of a memory snapshot, so they
 * must not depend on anything that changes between starts.
 */
export function nodeFlags(readable: readonly string[], maxHeapBytes: number): string[] {
  const flags = [
    '--no-warnings',
    '--disallow-code-generation-from-strings',
    '--disable-proto=delete',
    '--no-addons',
    '--max-old-space-size=256',
    `--wasm-max-mem-pages=${Math.ceil(maxHeapBytes / 65536)}`,
    '--stack-size=2000',
  ]
  if (knows('--disable-sigusr1')) flags.push('--disable-sigusr1')
  if (PERMISSION)
    flags.push(PERMISSION, '--allow-worker', ...readable.map((path) => `--allow-fs-read=${path}`))
  return flags
}

export interface Launched {
  process: ChildProcess
  pipe: Duplex
  /** The last lines that the process wrote to stderr: for our log only, they may name paths of the host. */
  stderr(): string
}

export function launch(flags: readonly string[], program: string): Launched {
  const child = spawn(process.execPath, [...flags, program], {
    cwd: '/',
    env: { TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  let tail = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    tail = (tail + text).slice(-2000)
  })
  if (child.pid !== undefined) {
    try {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    } catch {
      // Gone already, or not allowed here: it runs at our own priority then.
    }
  }
  return { process: child, pipe: child.stdio[3] as Duplex, stderr: () => tail }
}
