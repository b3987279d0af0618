// Random bytes as frames, to a real child and from a pretended one: each side ends the conversation at once, in order.
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { bundleChild } from '../../src/python/bundle.ts'
import { EXIT } from '../../src/python/child/pipe-codes.ts'
import type { Start } from '../../src/python/child/start.ts'
import { encodeFrame, FROM_CHILD, header, TO_CHILD } from '../../src/python/frames.ts'
import { Interpreter } from '../../src/python/interpreter.ts'
import { effectiveLimits } from '../../src/python/limits.ts'
import { failed, openSandbox, runCode, succeeded } from './sandbox.ts'

let program: string
beforeAll(async () => {
  program = join(mkdtempSync(join(tmpdir(), 'workflow-bot-fuzz-')), 'program.mjs')
  writeFileSync(program, await bundleChild())
})

async function feed(bytes: Uint8Array): Promise<number | null> {
  const child = spawn(process.execPath, ['--no-warnings', program], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: {},
  })
  const pipe = child.stdio[3] as Duplex
  pipe.on('error', () => {})
  pipe.resume()
  pipe.end(bytes)
  return new Promise((resolve) => child.on('exit', resolve))
}

test('a child ends itself on bytes that are no frame, on a frame too early, and on a pipe that closes', async () => {
  const noise = fc.sample(fc.uint8Array({ minLength: 5, maxLength: 400 }), { seed: 42, numRuns: 6 })
  const early = [
    encodeFrame(TO_CHILD.run, '{}'),
    encodeFrame(TO_CHILD.reset, ''),
    header(TO_CHILD.start, 0xffff_ffff),
  ]
  for (const bytes of [...noise, ...early])
    expect([EXIT.badFrame, EXIT.parentGone]).toContain(await feed(bytes))
  expect(await feed(new Uint8Array(0))).toBe(EXIT.parentGone)
  expect(await feed(header(TO_CHILD.start, 1000))).toBe(EXIT.parentGone)
})

/** A process that exists only as a pipe. */
function pretended() {
  const sent: Buffer[] = []
  const pipe = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      sent.push(chunk)
      done()
    },
  })
  const process = Object.assign(new EventEmitter(), {
    pid: 1,
    kills: 0,
    kill: () => ++process.kills,
  }) as unknown as ChildProcess & {
    kills: number
  }
  const interpreter = new Interpreter({ process, pipe, stderr: () => '' }, {} as Start, null)
  interpreter.started.catch(() => {})
  return { pipe, process, interpreter, sent }
}

const ready = encodeFrame(FROM_CHILD.ready, '{"startMs":1,"heapBytes":1,"permission":true}')
const handlers = { call: async () => '{"ok":1}', print: () => {} }
const limits = effectiveLimits({ resultBytes: 1000, outputBytes: 1000 })
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('the bot never throws on what a child sends, whatever state it is in, and kills what misbehaves', async () => {
  const kinds = Object.values(FROM_CHILD)
  const frame = fc.tuple(
    fc.constantFrom(...kinds, 'x', '\0'),
    fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(Buffer.from('{}'))),
  )
  const noise = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 60 }),
    frame.map(([kind, body]) => encodeFrame(kind, body)),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.boolean(),
      fc.array(noise, { minLength: 1, maxLength: 6 }),
      async (started, running, chunks) => {
        const { pipe, process, interpreter } = pretended()
        if (started) pipe.push(ready)
        await turn()
        const run = started && running ? interpreter.run('run', limits, {}, handlers) : null
        for (const chunk of chunks) pipe.push(Buffer.from(chunk))
        await turn()
        await turn()
        interpreter.kill('closed')
        process.emit('exit', null, 'SIGKILL')
        if (run) expect(await run).toBeDefined()
        expect(interpreter.state).toBe('dead')
        expect(process.kills).toBeGreaterThan(0)
      },
    ),
    { seed: 99, numRuns: 150 },
  )
})

test.each([
  ['a result before anything was asked', encodeFrame(FROM_CHILD.result, '{"ok":true}')],
  ['a second ready', ready],
  ['half a frame at rest', Buffer.from('R\0\0')],
  ['a snapshot that nobody asked for', encodeFrame(FROM_CHILD.snapshot, 'x')],
])('a child that sends %s is killed', async (_what, bytes) => {
  const { pipe, process, interpreter } = pretended()
  pipe.push(ready)
  await turn()
  expect(interpreter.state).toBe('clean')
  pipe.push(bytes)
  await turn()
  expect(interpreter.state).toBe('dead')
  expect(process.kills).toBe(1)
})

test.each([
  ['a second result', [encodeFrame('R', '{}'), encodeFrame('R', '{}')]],
  ['a call after its result', [encodeFrame('R', '{}'), encodeFrame('C', '{"name":"x","args":{}}')]],
  [
    'a call while one is answered',
    [encodeFrame('C', '{"name":"x","args":{}}'), encodeFrame('C', '{"name":"x","args":{}}')],
  ],
  ['a call without a name', [encodeFrame('C', '{"args":{}}')]],
  ['a call whose arguments are a list', [encodeFrame('C', '{"name":"x","args":[]}')]],
  ['more output in one piece than is allowed', [header('P', 5000)]],
  ['a ready in the middle of a run', [ready]],
])('a run whose child sends %s ends as a crash', async (_what, frames) => {
  const { pipe, interpreter } = pretended()
  pipe.push(ready)
  await turn()
  const run = interpreter.run('run', limits, {}, { ...handlers, call: () => new Promise<string>(() => {}) })
  for (const one of frames) pipe.push(one)
  expect(await run).toMatchObject({ death: { by: 'us', why: 'protocol' } })
})

test('an answer that comes after its run is over goes nowhere', async () => {
  const { pipe, interpreter, sent } = pretended()
  pipe.push(ready)
  await turn()
  let answer: (text: string) => void = () => {}
  const run = interpreter.run(
    'run',
    limits,
    {},
    { ...handlers, call: () => new Promise((resolve) => (answer = resolve)) },
  )
  pipe.push(encodeFrame('C', '{"name":"x","args":{}}'))
  await turn()
  interpreter.kill('cancelled')
  await run
  const before = sent.length
  answer('{"ok":1}')
  await turn()
  expect(sent.length).toBe(before)
})

test('random bytes written to the device by code end that code at most', async () => {
  const { sandbox } = openSandbox()
  try {
    const code = (seed: number) => `
import os, random
chance = random.Random(${seed})
for _ in range(200):
    kind = chance.choice(b'CRSLAXYZ')
    body = bytes(chance.randrange(256) for _ in range(chance.randrange(40)))
    try:
        os.write(3, bytes([kind]) + (body if kind != 83 else bytes(8)))
        os.read(3, chance.randrange(50))
    except OSError:
        pass
raise ValueError('survived')`
    for (let seed = 0; seed < 4; seed++) {
      const result = await runCode(sandbox, code(seed))
      expect(failed(result).error.code).toMatch(/^python\./)
      expect(succeeded(await runCode(sandbox, 'return 1')).output).toBe(1)
    }
  } finally {
    await sandbox.close()
  }
})
