// Backup, restore and verify in a terminal, with a bot and without one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../../src/cli/cli.ts'
import { type Bot, createBot } from '../http/bot.ts'
import { open, runThrough, testFolder } from '../store/support.ts'
import { ana } from '../store/support-data.ts'

/** A terminal in this folder, whose `data/db.json` is the data; `bot` is the one that answers, if any. */
async function type(folder: string, line: string[], bot?: Bot) {
  let out = ''
  let err = ''
  const status = await runCli(line, {
    config: () => ({
      api: { host: '127.0.0.1', port: 3200 },
      workflowsDir: 'workflows',
      cacheDir: '.cache',
      dataFile: join(folder, 'data', 'db.json'),
    }),
    validate: async () => ({ valid: [], faults: [] }),
    test: async () => {
      throw new Error('nothing is tested here')
    },
    write: async () => {},
    cwd: folder,
    out: (text) => {
      out += `${text}\n`
    },
    err: (text) => {
      err += `${text}\n`
    },
    user: 'ana',
    fetch: async (url, init) => {
      if (!bot) throw new TypeError('fetch failed')
      return bot.ask(new URL(String(url)).pathname, init as RequestInit)
    },
  })
  return { status, out, err }
}

/** Data with two executions and an entry in the audit log, left by a bot that has stopped. */
async function left() {
  const folder = testFolder()
  const store = await open(join(folder, 'data'))
  for (const id of ['x1', 'x2']) await runThrough(store, id)
  await store.audit.append({
    at: '2026-03-02T08:00:00.000Z',
    actor: ana,
    action: 'execution.started',
    subject: 'x1',
    details: {},
  })
  await store.close()
  return folder
}

describe('without a bot', () => {
  it('backup, verify and restore bring the data back, and what was there is kept', async () => {
    const folder = await left()
    const backup = await type(folder, ['backup', 'backups/monday'])
    expect(backup).toMatchObject({ status: 0, err: '' })
    expect(backup.out).toMatch(/^The backup is complete: 2 files, .+ kB, in .+\/backups\/monday\n$/)

    const verified = await type(folder, ['verify', 'backups/monday'])
    expect(verified.status).toBe(0)
    expect(verified.out).toMatch(/all 2 files \(.+\) are as they were written/)
    expect(verified.out).toContain('The audit log in it is whole: 1 entry.')

    const later = await open(join(folder, 'data'))
    await runThrough(later, 'x3')
    await later.close()
    const restored = await type(folder, ['restore', 'backups/monday', '--json'])
    expect(restored.status).toBe(0)
    const { keptAs } = JSON.parse(restored.out) as { keptAs: string }
    const ids = async (data: string) => {
      const store = await open(data)
      const items = await store.history.recent({ limit: 9 })
      await store.close()
      return items.map(({ id }) => id)
    }
    expect(await ids(join(folder, 'data'))).toEqual(['x2', 'x1'])
    expect(await ids(keptAs)).toEqual(['x3', 'x2', 'x1'])
  })

  it('a backup leaves old executions alone, whatever the bot would keep', async () => {
    const folder = await left()
    expect((await type(folder, ['backup', 'b'])).status).toBe(0)
    const store = await open(join(folder, 'data'))
    expect(await store.history.recent({ limit: 9 })).toHaveLength(2)
  })

  it('a backup of data that does not exist is refused, and creates nothing', async () => {
    const folder = testFolder()
    const { status, err } = await type(folder, ['backup', 'b'])
    expect(status).toBe(1)
    expect(err).toBe(`There is no data at ${join(folder, 'data', 'db.json')}.\nDATA_FILE says where it is.\n`)
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })

  it('verify finds a changed file, and restore does not touch the data then', async () => {
    const folder = await left()
    await type(folder, ['backup', 'b'])
    const copy = join(folder, 'b', 'db.json')
    writeFileSync(copy, readFileSync(copy, 'utf8').replace('x1', 'x9'))
    const before = readFileSync(join(folder, 'data', 'db.json'), 'utf8')
    for (const command of ['verify', 'restore']) {
      const { status, err } = await type(folder, [command, 'b'])
      expect(status).toBe(1)
      expect(err).toContain('db.json is not as it was written')
    }
    expect(readFileSync(join(folder, 'data', 'db.json'), 'utf8')).toBe(before)
  })

  it('verify finds an audit log that was changed before the backup was made', async () => {
    const folder = await left()
    const log = join(folder, 'data', 'db.audit.jsonl')
    writeFileSync(log, readFileSync(log, 'utf8').replace('execution.started', 'execution.deleted'))
    await type(folder, ['backup', 'b'])
    const { status, out } = await type(folder, ['verify', 'b'])
    expect(status).toBe(1)
    expect(out).toContain('The audit log in it cannot be trusted from line 1 on')
    expect((await type(folder, ['verify'])).out).toContain('The log cannot be trusted from line 1 on')
    expect((await type(folder, ['restore', 'b'])).out).toContain('The audit log in it is not whole.')
  })

  it('verify without a folder looks at the audit log of the data', async () => {
    expect(await type(await left(), ['verify'])).toEqual({
      status: 0,
      out: 'The log is whole: 1 entry.\n',
      err: '',
    })
  })

  it('the data of a bot that runs elsewhere on the machine is not touched', async () => {
    const folder = await left()
    await type(folder, ['backup', 'b'])
    await open(join(folder, 'data'))
    for (const line of [['backup', 'c'], ['restore', 'b'], ['verify']]) {
      const { status, err } = await type(folder, line)
      expect([status, err]).toEqual([1, expect.stringMatching(/in use|already/)])
    }
  })
})

describe('with a running bot', () => {
  it('backup asks the bot, and says where the backup is, seen from where the person is', async () => {
    const bot = createBot()
    const folder = testFolder()
    bot.services.maintenance.backup = async () => ({ files: 3, bytes: 1_234_567 })
    const { status, out } = await type(folder, ['backup', 'b'], bot)
    expect([status, out]).toEqual([0, `The backup is complete: 3 files, 1.2 MB, in ${join(folder, 'b')}\n`])
    expect(await bot.services.audit.recent(1)).toMatchObject([
      { action: 'store.backed_up', subject: join(folder, 'b'), actor: { kind: 'cli', id: 'ana' } },
    ])
  })

  it('a refusal of the bot is no reason to open its data', async () => {
    const bot = createBot({ token: 'k3Jx8sQ0vB1mZr7TpLwe9d' })
    const folder = await left()
    const { status, err } = await type(folder, ['backup', 'b'], bot)
    expect([status, existsSync(join(folder, 'b'))]).toEqual([2, false])
    expect(err).toContain('This API asks for a token.')
  })

  it('verify asks it for its audit log', async () => {
    expect((await type(testFolder(), ['verify'], createBot())).out).toBe('The log is whole: 0 entries.\n')
  })
})

describe('over the API', () => {
  const post = (bot: Bot, folder: string, headers = {}) =>
    bot.ask('/api/backups', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ folder }),
    })

  it('a backup needs an absolute path, so that nobody guesses where it lies', async () => {
    const bot = createBot()
    bot.services.maintenance.backup = async () => ({ files: 1, bytes: 1 })
    expect((await post(bot, '/srv/backups/monday')).status).toBe(200)
    for (const folder of ['monday', '../monday', '', '/srv/\0'])
      expect((await post(bot, folder)).status, folder).toBe(400)
  })

  it('a backup is for admins', async () => {
    const bot = createBot()
    expect((await post(bot, '/srv/b', { 'X-Actor': 'slack:U0ANALIMA' })).status).toBe(403)
  })
})
