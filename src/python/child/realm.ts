// Makes the child's JavaScript poor after everything is loaded. The gate is what holds Python; this is for the day on
// which the gate has a hole: whoever gets through finds no network, no processes, no modules and no compiler.
import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import inspector from 'node:inspector'
import module from 'node:module'
import net from 'node:net'
import vm from 'node:vm'
import workers from 'node:worker_threads'

const GLOBALS = [
  'WebAssembly',
  'fetch',
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'Function',
  'eval',
  'require',
  'navigator',
  'MessageChannel',
  'BroadcastChannel',
  'Worker',
  'localStorage',
  'sessionStorage',
  'setTimeout',
  'setInterval',
  'setImmediate',
]

/** What stays on `process`: read-only facts, and what Node itself needs. */
const PROCESS_METHODS = [
  '_debugEnd',
  '_debugProcess',
  '_kill',
  '_linkedBinding',
  '_rawDebug',
  '_startProfilerIdleNotifier',
  'abort',
  'binding',
  'chdir',
  'dlopen',
  'execve',
  'exit',
  'getActiveResourcesInfo',
  'getBuiltinModule',
  'initgroups',
  'kill',
  'loadEnvFile',
  'openStdin',
  'reallyExit',
  'setegid',
  'seteuid',
  'setgid',
  'setgroups',
  'setuid',
  'setUncaughtExceptionCaptureCallback',
  'umask',
]

function refused(): never {
  throw new Error('not available')
}

function empty(holder: object): void {
  for (const name of Reflect.ownKeys(holder)) {
    const property = Reflect.getOwnPropertyDescriptor(holder, name)
    if (!property || typeof property.value !== 'function') continue
    if (property.writable) Reflect.set(holder, name, refused)
    else if (property.configurable) Reflect.defineProperty(holder, name, { value: refused })
  }
}

export function impoverish(): void {
  for (const prototype of [
    net.Socket.prototype,
    net.Server.prototype,
    dgram.Socket.prototype,
    childProcess.ChildProcess.prototype,
  ]) {
    for (const name of ['connect', 'listen', 'bind', 'send', 'spawn', 'open']) {
      if (name in prototype) Reflect.set(prototype, name, refused)
    }
  }
  for (const holder of [
    net,
    dgram,
    dns,
    dns.promises,
    http,
    https,
    inspector,
    vm,
    childProcess,
    workers,
    module,
  ])
    empty(holder)
  const permission = (process as unknown as { permission?: { drop?: (scope: string) => void } }).permission
  for (const scope of ['worker', 'fs.read']) {
    try {
      permission?.drop?.(scope)
    } catch {
      // An older Node cannot give a permission back; the layers around it stay.
    }
  }
  for (const name of PROCESS_METHODS)
    Reflect.defineProperty(process, name, { value: refused, configurable: false })
  Reflect.defineProperty(process, 'env', { value: Object.freeze({}), configurable: false })
  Reflect.defineProperty(process, 'mainModule', { value: undefined, configurable: false })
  for (const name of GLOBALS) Reflect.deleteProperty(globalThis, name)
  const constructors = [() => {}, async () => {}, function* () {}, async function* () {}]
  for (const of of constructors)
    Reflect.defineProperty(Object.getPrototypeOf(of), 'constructor', { value: refused })
}
