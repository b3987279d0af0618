// Every attack in attacks/ runs against the real sandbox. One that gets through prints `ESCAPED:` and what it holds.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonHost, PythonResult } from '../../src/actions/ports.ts'
import type { DescribedSandbox } from '../../src/python/index.ts'
import { host, openSandbox, runCode, succeeded } from './sandbox.ts'

const folder = join(import.meta.dirname, 'attacks')
const names = readdirSync(folder).map((file) => file.replace(/\.py$/, ''))
const canaries = mkdtempSync(join(tmpdir(), 'canary-'))
const canary = join(canaries, 'secret.txt')
const proof = join(canaries, 'proof')

let sandbox: DescribedSandbox
let server: Server
let connections = 0
const calls: string[] = []
const counting: PythonHost = {
  call(name, args) {
    calls.push(JSON.stringify(args))
    return host.call(name, args)
  },
}

beforeAll(async () => {
  writeFileSync(canary, 'canary-file')
  process.env.SECRET_CANARY = 'canary-environment'
  server = createServer((socket) => {
    connections++
    socket.end('HTTP/1.0 200 OK\r\n\r\ncanary-network')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  sandbox = openSandbox({ poolSize: 2 }).sandbox
  await sandbox.ready()
}, 180_000)

afterAll(async () => {
  await sandbox.close()
  server.close()
  delete process.env.SECRET_CANARY
  rmSync(canaries, { recursive: true, force: true })
})

function body(name: string): string {
  const values: { [key: string]: string | number } = {
    CANARY: canary,
    PROOF: proof,
    PORT: (server.address() as { port: number }).port,
    PID: process.pid,
    HOSTNAME: hostname(),
    CWD: process.cwd(),
    HEAP: 31_457_280,
  }
  const text = readFileSync(join(folder, `${name}.py`), 'utf8')
  return text.replace(/\{\{([A-Z]+)\}\}/g, (_, key: string) => String(values[key]))
}

const attack = (code: string) =>
  runCode(sandbox, code, { host: counting, limits: { wallMs: 8000, cpuMs: 8000 } })

function escapes(result: PythonResult): string[] {
  const text = JSON.stringify(result)
  const printed = result.printed.map((one) => one.text).filter((line) => line.includes('ESCAPED'))
  return text.includes('canary-') ? [...printed, 'a canary is in the result'] : printed
}

test('an attack that succeeds would be seen', async () => {
  expect(escapes(await attack('print("ESCAPED: this one")'))).toEqual(['ESCAPED: this one'])
})

describe('an attack finds nothing', () => {
  test.each(names.filter((name) => !name.startsWith('state-')))('%s', { timeout: 60_000 }, async (name) => {
    expect(escapes(await attack(body(name)))).toEqual([])
    expect(existsSync(proof)).toBe(false)
    expect(connections).toBe(0)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('an execution leaves no trace for the next one', () => {
  test.each(names.filter((name) => name.startsWith('state-')))('%s', { timeout: 60_000 }, async (name) => {
    // Three times, so that with two interpreters at least one of them is met again.
    for (let round = 0; round < 3; round++) expect(escapes(await attack(body(name)))).toEqual([])
    expect(calls.filter((call) => call.includes('late'))).toEqual([])
    expect(succeeded(await runCode(sandbox, 'import json\nreturn json.dumps({"sum": 1 + 1})')).output).toBe(
      '{"sum": 2}',
    )
  })
})

test('chance is new in every execution', async () => {
  const code =
    'import random, secrets, uuid, tempfile\nreturn [random.random(), secrets.token_hex(8), str(uuid.uuid4()), tempfile.mktemp()]'
  const seen = new Set<string>()
  for (let round = 0; round < 4; round++) {
    for (const value of succeeded(await runCode(sandbox, code)).output as string[]) seen.add(String(value))
  }
  expect(seen.size).toBe(16)
})
