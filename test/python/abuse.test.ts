// Every abuse in abuse/ ends within its limits with an outcome that its file names, and the next execution works.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DescribedSandbox } from '../../src/python/index.ts'
import { failed, openSandbox, runCode, succeeded } from './sandbox.ts'

const folder = join(import.meta.dirname, 'abuse')
const names = readdirSync(folder).map((file) => file.replace(/\.py$/, ''))
const MB = 1024 * 1024

let sandbox: DescribedSandbox

beforeAll(async () => {
  sandbox = openSandbox({ poolSize: 2 }).sandbox
  await sandbox.ready()
}, 180_000)
afterAll(() => sandbox.close())

test.concurrent.each(names)('%s is contained', { timeout: 120_000 }, async (name) => {
  const code = readFileSync(join(folder, `${name}.py`), 'utf8')
  const codes = /^# ends: (.+)$/m.exec(code)?.[1]?.split(' ') ?? []
  // What another limit ends gets the time to reach it, however slow the machine is.
  const wallMs = codes.includes('python.timed_out') ? 700 : 30_000
  const limits = {
    wallMs,
    cpuMs: 30_000,
    memoryBytes: 128 * MB,
    hostCalls: 50,
    fileBytes: 4 * MB,
    outputBytes: 20_000,
  }
  const result = failed(await runCode(sandbox, code, { limits }))
  expect(codes, JSON.stringify(result.error)).toContain(result.error.code)
  expect(result.error.message).not.toMatch(/node_modules|pyodide|\.mjs|wasm/)
  expect(succeeded(await runCode(sandbox, 'return 6 * 7')).output).toBe(42)
})
