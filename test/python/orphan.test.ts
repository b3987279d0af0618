// A bot that is gone must not leave interpreters behind, not even one that is busy in a loop in C.
import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { cacheDir } from './sandbox.ts'

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('interpreters end themselves when the bot is killed, idle or in a loop in C', async () => {
  const index = new URL('../../src/python/index.ts', import.meta.url).href
  const program = `
    import { createPythonSandbox } from ${JSON.stringify(index)}
    const pids = new Set()
    const sandbox = createPythonSandbox({ builtins: [], errors: [], cacheDir: ${JSON.stringify(cacheDir)}, poolSize: 2, log: (line) => {
      if (line.event === 'python.interpreter_ready') pids.add(line.pid)
      if (line.event === 'python.interpreter_gone') pids.delete(line.pid)
      if (sandbox.describe().state === 'ready' && pids.size === 2) console.log('PIDS ' + [...pids].join(' '))
    } })
    await sandbox.ready()
    const run = { executionId: 'x', workflowId: 'w', nodeName: 'n', code: 'print(1)\\nsum(range(10**14))', source: { file: 'a', line: 1 },
      context: {}, node: {}, inputs: {}, outputs: {}, limits: { wallMs: 600000, cpuMs: 600000 } }
    sandbox.run(run, { call: async () => null, print: () => console.log('BUSY') })`
  const bot = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  await new Promise<void>((resolve) => {
    bot.stdout.on('data', (bytes) => {
      text += bytes
      if (text.includes('PIDS') && text.includes('BUSY')) resolve()
    })
  })
  const pids = (/PIDS (.+)/.exec(text)?.[1] ?? '').split(' ').map(Number)
  expect(pids).toHaveLength(2)
  expect(pids.every(alive)).toBe(true)
  bot.kill('SIGKILL')
  while (pids.some(alive)) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(pids.some(alive)).toBe(false)
})
