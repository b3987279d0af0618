// Who gets an interpreter, and when: exclusive per execution, in turn among workflows, and pristine every time.
import { afterAll, expect, test } from 'vitest'
import type { PythonHost } from '../../src/actions/ports.ts'
import type { DescribedSandbox } from '../../src/python/index.ts'
import { failed, host, openSandbox, runCode, succeeded } from './sandbox.ts'

type Opened = ReturnType<typeof openSandbox>
const opened = new Map<string, Opened>()
let sandbox: DescribedSandbox
let events: Opened['events']
afterAll(() => Promise.all([...opened.values()].map((one) => one.sandbox.close())))

/** Sandboxes of one size are shared by the tests, unless one asks for its own by name. */
async function open(poolSize: number, name = 'shared') {
  const key = `${name} ${poolSize}`
  const one = opened.get(key) ?? openSandbox({ poolSize })
  opened.set(key, one)
  ;({ sandbox, events } = one)
  await sandbox.ready()
}

/** A host whose call waits until the test lets it go on. */
function gatekeeper() {
  const started: string[] = []
  const release = new Map<string, () => void>()
  const waiting: (() => void)[] = []
  const told: PythonHost = {
    async call(_name, { value }) {
      started.push(String(value))
      for (const wake of waiting.splice(0)) wake()
      await new Promise<void>((resolve) => release.set(String(value), resolve))
      return null
    },
  }
  const until = async (name: string) => {
    while (!started.includes(name)) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { host: told, started, until, go: (name: string) => release.get(name)?.() }
}

test('workflows take turns when all interpreters are busy, and within a workflow the first comes first', async () => {
  await open(1)
  const keeper = gatekeeper()
  const start = (name: string, workflowId: string) =>
    runCode(sandbox, `echo("${name}")`, { workflowId, host: keeper.host })
  const first = start('busy-1', 'busy')
  await keeper.until('busy-1')
  const rest = [
    start('busy-2', 'busy'),
    start('busy-3', 'busy'),
    start('quiet-1', 'quiet'),
    start('other-1', 'other'),
  ]
  for (const name of ['busy-1', 'busy-2', 'quiet-1', 'other-1', 'busy-3']) {
    await keeper.until(name)
    keeper.go(name)
  }
  await Promise.all([first, ...rest])
  expect(keeper.started).toEqual(['busy-1', 'busy-2', 'quiet-1', 'other-1', 'busy-3'])
})

test('nodes of one execution never run at the same time, and share what was imported', async () => {
  await open(2)
  const [a, b] = await Promise.all([
    runCode(sandbox, 'import json\njson.mine = 1\nreturn 1', { executionId: 'shared', keep: true }),
    runCode(sandbox, 'import json\nreturn hasattr(json, "mine")', { executionId: 'shared', keep: true }),
  ])
  expect([succeeded(a).output, succeeded(b).output]).toEqual([1, true])
  sandbox.release('shared')
})

test('an execution that waits between its nodes gives its interpreter up to one that queues', async () => {
  await open(1)
  await runCode(sandbox, 'import json\njson.mine = 1', { executionId: 'patient', keep: true })
  expect(succeeded(await runCode(sandbox, 'import json\nreturn hasattr(json, "mine")')).output).toBe(false)
  expect(succeeded(await runCode(sandbox, 'return 2', { executionId: 'patient' })).output).toBe(2)
})

test('a cancelled run ends at once, in a loop in C too, and keeps what it printed', async () => {
  await open(1)
  const cancel = new AbortController()
  const printing: PythonHost = { ...host, print: () => cancel.abort() }
  const { error, printed } = failed(
    await runCode(sandbox, 'print("started")\nsum(range(10**13))', { signal: cancel.signal, host: printing }),
  )
  expect(error).toMatchObject({ code: 'python.cancelled' })
  expect(printed).toEqual([{ stream: 'stdout', text: 'started' }])
  expect(succeeded(await runCode(sandbox, 'return 1')).output).toBe(1)
})

test('a run that is cancelled while it queues never starts', async () => {
  await open(1)
  const keeper = gatekeeper()
  const busy = runCode(sandbox, 'echo("busy")', { host: keeper.host })
  await keeper.until('busy')
  const cancel = new AbortController()
  const queued = runCode(sandbox, 'echo("queued")', { host: keeper.host, signal: cancel.signal })
  cancel.abort()
  expect(failed(await queued).error.code).toBe('python.cancelled')
  keeper.go('busy')
  await busy
  expect(keeper.started).toEqual(['busy'])
})

test('a run that was cancelled before it began never starts', async () => {
  await open(1)
  const result = await runCode(sandbox, 'echo("never")', { signal: AbortSignal.abort() })
  expect(failed(result).error.code).toBe('python.cancelled')
})

test('a run whose built-in never answers is over when its time is', async () => {
  await open(1)
  const { error } = failed(await runCode(sandbox, 'x = 1\nslow()', { limits: { wallMs: 300 } }))
  expect(error).toMatchObject({ code: 'python.timed_out', line: 11 })
})

test('processor time has a limit of its own', async () => {
  await open(1)
  const { error } = failed(
    await runCode(sandbox, 'while True:\n    pass', { limits: { wallMs: 30_000, cpuMs: 300 } }),
  )
  expect(error).toMatchObject({
    code: 'python.timed_out',
    message: expect.stringContaining('processor time'),
  })
})

test('release of an execution that nobody knows, or twice, changes nothing', async () => {
  await open(1)
  sandbox.release('nobody')
  await runCode(sandbox, 'return 1', { executionId: 'once' })
  sandbox.release('once')
  expect(succeeded(await runCode(sandbox, 'return 1')).output).toBe(1)
})

test('release in the middle of a run takes effect when it ends', async () => {
  await open(1)
  const keeper = gatekeeper()
  const run = runCode(sandbox, 'import json\njson.mine = 1\necho("mid")\nreturn 1', {
    executionId: 'mid',
    keep: true,
    host: keeper.host,
  })
  await keeper.until('mid')
  sandbox.release('mid')
  keeper.go('mid')
  expect(succeeded(await run).output).toBe(1)
  expect(succeeded(await runCode(sandbox, 'import json\nreturn hasattr(json, "mine")')).output).toBe(false)
})

test('an interpreter whose process is killed from outside is replaced', async () => {
  await open(1, 'own')
  const pid = events.find((one) => one.event === 'python.interpreter_ready' && one.pid)?.pid
  expect(pid).toEqual(expect.any(Number))
  const keeper = gatekeeper()
  const run = runCode(sandbox, 'import os\necho("alive")', { host: keeper.host })
  await keeper.until('alive')
  for (const one of events) {
    if (one.event !== 'python.interpreter_ready') continue
    try {
      process.kill(one.pid as number, 'SIGKILL')
    } catch {
      // It had gone already: the self-test ends one.
    }
  }
  expect(failed(await run).error.code).toBe('python.crashed')
  expect(succeeded(await runCode(sandbox, 'return 1')).output).toBe(1)
})

test('closing ends what runs and what queues, and leaves no process', async () => {
  await open(1, 'own')
  const keeper = gatekeeper()
  const running = runCode(sandbox, 'echo("running")', { host: keeper.host })
  await keeper.until('running')
  const queued = runCode(sandbox, 'return 1')
  await sandbox.close()
  expect(failed(await running).error.code).toBe('python.cancelled')
  expect(failed(await queued).error.code).toBe('python.unavailable')
  for (const { event, pid } of events) {
    if (event === 'python.interpreter_ready') expect(() => process.kill(pid as number, 0)).toThrow()
  }
})

test('what the start-up output says of the sandbox is there', async () => {
  await open(1)
  expect(sandbox.describe()).toMatchObject({
    node: process.version,
    poolSize: 1,
    state: 'ready',
    snapshot: 'used',
  })
  expect(sandbox.describe().layers.map((layer) => layer.name)).toContain('permission model')
})
