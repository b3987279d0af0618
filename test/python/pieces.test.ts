// The small parts around the sandbox: the stub for editors, lines of output, limits, flags and the guard of the bot.
import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import type { PythonResult } from '../../src/actions/ports.ts'
import { nodeFlags } from '../../src/python/launch.ts'
import { DEFAULT_LIMITS, effectiveLimits, LEAST_MEMORY_BYTES, MAX_LIMITS } from '../../src/python/limits.ts'
import { PrintedLines } from '../../src/python/printed.ts'
import { ATTACKS, selfTest } from '../../src/python/self-test.ts'
import { pythonStub } from '../../src/python/stub.ts'
import { builtins, errors } from './sandbox.ts'

test('the stub declares functions, namespaces, errors and the names of every node', () => {
  const stub = pythonStub(builtins, errors)
  expect(stub).toContain(
    'class records:\n    @staticmethod\n    def query(collection: str, where: dict | None = None, *, limit: int = 100) -> list[dict]:',
  )
  expect(stub).toContain('def now() -> datetime:\n    """The time."""')
  expect(stub).toContain('class RecordNotFound(BuiltinError):')
  for (const name of ['context', 'node', 'inputs', 'outputs', 'output'])
    expect(stub).toMatch(new RegExp(`^${name}: `, 'm'))
})

test('the stub cannot be broken by the text of a description', () => {
  const stub = pythonStub([{ name: 'f', parameters: [], returns: 'None', doc: 'a """ b \\ c' }], [])
  expect(stub).toContain(`"""a ''' b \\\\ c"""`)
})

test('output is cut into lines per stream, also in the middle of a letter', () => {
  const told: string[] = []
  const lines = new PrintedLines((one) => told.push(one.text))
  const bytes = Buffer.from('grün\nblau')
  lines.push(1, bytes.subarray(0, 3))
  lines.push(2, Buffer.from('oh\n'))
  lines.push(1, bytes.subarray(3))
  expect(told).toEqual(['oh', 'grün'])
  lines.end()
  expect(lines.all).toEqual([
    { stream: 'stderr', text: 'oh' },
    { stream: 'stdout', text: 'grün' },
    { stream: 'stdout', text: 'blau' },
  ])
})

test('a line without end is handed on in pieces', () => {
  const lines = new PrintedLines(() => {})
  for (let piece = 0; piece < 100; piece++) lines.push(1, Buffer.alloc(1024, 'x'))
  expect(lines.all.length).toBeGreaterThan(0)
})

test('limits: the defaults, then what was asked for, never more than the most', () => {
  expect(effectiveLimits()).toEqual(DEFAULT_LIMITS)
  expect(effectiveLimits({ wallMs: 5 }, { wallMs: 7, hostCalls: 0 })).toMatchObject({
    wallMs: 7,
    hostCalls: 0,
  })
  expect(effectiveLimits({ wallMs: Number.POSITIVE_INFINITY, cpuMs: -1, resultBytes: Number.NaN })).toEqual(
    DEFAULT_LIMITS,
  )
  expect(effectiveLimits({ memoryBytes: 1 }).memoryBytes).toBe(LEAST_MEMORY_BYTES)
  expect(effectiveLimits({ outputBytes: 1e15 }).outputBytes).toBe(MAX_LIMITS.outputBytes)
})

test('the flags name the files that may be read, one by one, and no right to write, spawn or load code', () => {
  const flags = nodeFlags(['/a/program.mjs', '/b/pyodide.asm.wasm'], 64 * 1024 * 1024)
  expect(flags.filter((flag) => flag.startsWith('--allow-')).sort()).toEqual([
    '--allow-fs-read=/a/program.mjs',
    '--allow-fs-read=/b/pyodide.asm.wasm',
    '--allow-worker',
  ])
  expect(flags).toContain('--disallow-code-generation-from-strings')
  expect(flags).toContain('--wasm-max-mem-pages=1024')
})

test('a bot that guards itself opens no debugger on SIGUSR1', async () => {
  const module = new URL('../../src/python/inspector-guard.ts', import.meta.url).href
  const program = `
    import inspector from 'node:inspector'
    import { guardAgainstInspector } from ${JSON.stringify(module)}
    guardAgainstInspector()
    process.on('SIGUSR1', () => { console.log(String(inspector.url())); process.exit(0) })
    setInterval(() => {}, 1000)
    process._debugProcess(process.pid)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (bytes) => (text += bytes))
  await new Promise((resolve) => child.on('close', resolve))
  expect(text.trim()).toBe('undefined')
})

const answering = (of: (code: string) => unknown) => async (request: { code: string }) =>
  ({
    status: 'succeeded',
    output: of(request.code),
    context: {},
    node: {},
    printed: [],
    durationMs: 1,
  }) as PythonResult
const holds = (code: string) => (code.includes('6 * 7') ? 42 : null)

test('the attacks at start pass a sandbox that holds', async () => {
  await expect(selfTest(answering(holds), () => {})).resolves.toBeUndefined()
})

test.each(Object.entries(ATTACKS))(
  'Python is refused when the attack at start gets hold of %s',
  async (name, attack) => {
    const leaks = answering((code) => (code === attack ? 'something' : holds(code)))
    await expect(selfTest(leaks, () => {})).rejects.toMatchObject({
      code: 'python.unavailable',
      message: expect.stringContaining(name),
    })
  },
)

test('Python is refused when an execution finds what an earlier one left', async () => {
  const leaks = answering((code) => (code.includes('hasattr') ? [true] : holds(code)))
  await expect(selfTest(leaks, () => {})).rejects.toMatchObject({ code: 'python.unavailable' })
})
