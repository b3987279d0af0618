// A terminal for tests: types a line, and shows what came out. Requests reach the bot without a network.
import { runCli, type Terminal } from '../../src/cli/cli.ts'
import { type Bot, createBot } from '../http/bot.ts'

export interface Outcome {
  status: number
  out: string
  err: string
}

export async function type(
  line: string[],
  bot: Pick<Bot, 'ask'> = createBot(),
  more: Partial<Terminal> = {},
): Promise<Outcome> {
  const outcome: Outcome = { status: -1, out: '', err: '' }
  outcome.status = await runCli(line, {
    config: () => ({
      api: { host: '127.0.0.1', port: 3200 },
      workflowsDir: 'workflows',
      cacheDir: '.cache',
      dataFile: '/nowhere/db.json',
    }),
    cwd: '/home/ana',
    validate: async () => ({ valid: ['sample'], faults: [] }),
    test: async () => {
      throw new Error('nothing is tested here')
    },
    write: async () => {},
    out: (text) => {
      outcome.out += `${text}\n`
    },
    err: (text) => {
      outcome.err += `${text}\n`
    },
    user: 'ana',
    fetch: async (url, init) => {
      const { pathname, search } = new URL(String(url))
      return bot.ask(`${pathname}${search}`, init as RequestInit)
    },
    ...more,
  })
  return outcome
}
