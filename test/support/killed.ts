// A process that works until it is killed with SIGKILL, and what it told until then.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const projectFolder = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Starts `child` with the path of db.json and a prefix for its facts, kills it after so many of them, and answers all that
 * it told until it was gone. Rejects when it ends by itself.
 */
export function lifeUntilKilled(child: URL, path: string, prefix: string, count: number): Promise<string[]> {
  const life = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(child), path, prefix], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const told: string[] = []
  let complaint = ''
  life.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    createInterface({ input: life.stdout }).on('line', (line) => {
      told.push(line)
      if (told.length === count) life.kill('SIGKILL')
    })
    life.on('error', reject)
    life.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(told.filter((fact) => fact !== 'open'))
      else reject(new Error(`the process ended by itself: ${complaint}`))
    })
  })
}
