// The command line: the same commands in a terminal, asked of a running bot.
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { createBot, fault } from '../http/bot.ts'
import { settled } from '../support/clock.ts'
import { type } from './terminal.ts'

describe('list', () => {
  it('shows the workflows, how they last went, and what is wrong with files', async () => {
    const bot = createBot()
    await type(['run', 'sample'], bot)
    const { status, out } = await type(['list'], bot)
    expect(status).toBe(0)
    expect(out).toMatch(/^sample {2}Sample {2}version 1 {2}✓ succeeded, 2026-03-02 08:00:00 UTC$/m)
    expect(out).toContain('1 fault:')
    expect(out).toContain('workflow.unknown_node – workflows/broken/workflow.yaml:31, edge 3')
  })

  it('searches', async () => {
    expect((await type(['list', 'nothing like it'])).out).toContain('There are no workflows.')
  })
})

describe('show', () => {
  it('shows the steps of a workflow and what each comes after', async () => {
    const { status, out } = await type(['show', 'sample'])
    expect(status).toBe(0)
    expect(out).toContain('Sample (sample, version 1)')
    expect(out).toMatch(/^ {2}finish +work +after prepare$/m)
  })

  it('of a faulty workflow shows its faults', async () => {
    const { out } = await type(['show', 'broken'])
    expect(out).toContain('broken (workflows/broken/workflow.yaml) cannot run.')
    expect(out).toContain('leads to "notfy"')
  })

  it('of an unknown one fails with the nearest', async () => {
    expect(await type(['show', 'smaple'])).toEqual({
      status: 1,
      out: '',
      err: 'There is no workflow "smaple".\ndid you mean "sample"?\n',
    })
  })
})

describe('run', () => {
  it('tells the id at once, follows the execution to its end and shows the report', async () => {
    const bot = createBot({ blocked: true })
    const running = type(['run', 'sample', 'name=Ana=Lima', 'count=3'], bot)
    while (bot.prepared() === 0) await settled()
    // The first request to wait has come back empty-handed; the next one takes over.
    await bot.clock.advance(30_000)
    bot.release()
    const { status, out, err } = await running
    expect(status).toBe(0)
    expect(err).toBe('Sample has been started: x1 (Ctrl+C leaves it running)\n')
    expect(out).toContain('✓ succeeded in 30 s: Sample (sample, version 1)')
    expect(out).toContain('by ana (manual)')
    expect(out).toContain('Inputs:     name="Ana=Lima" count=3')
    expect(out).toMatch(/^ {2}✓ succeeded {2}prepare +30 s\n {6}output: \{"ready":true\}$/m)
  })

  it('that fails ends with status 1 and says why', async () => {
    const bot = createBot({ blocked: true })
    bot.release(new WorkflowError('sample.refused', 'No paper.', { hint: 'Refill the tray.' }))
    const { status, out } = await type(['run', 'sample'], bot)
    expect(status).toBe(1)
    expect(out).toContain('✗ failed')
    expect(out).toContain('sample.refused – No paper.\n        Hint: Refill the tray.')
    expect(out).toMatch(/– skipped +finish/)
  })

  it('with --no-wait only starts it', async () => {
    const bot = createBot({ blocked: true })
    const { status, out } = await type(['run', 'sample', '--no-wait'], bot)
    expect([status, out]).toEqual([0, 'Sample has been started: x1\n'])
  })

  it('takes inputs as JSON, and single ones that win over it', async () => {
    const bot = createBot()
    const { out } = await type(
      ['run', 'sample', 'count=4', '--inputs', '{"count": 2, "name": "Ana"}', '--json'],
      bot,
    )
    expect(JSON.parse(out)).toMatchObject({ inputs: { count: 4, name: 'Ana' } })
  })

  it.each([
    [['run']],
    [['run', 'sample', 'name']],
    [['run', 'sample', '=x']],
    [['run', 'sample', '--inputs', '[1]']],
    [['run', 'sample', '--inputs', 'x']],
    [['run', 'sample', '--wait']],
  ])('is refused with its usage when typed wrongly: %j', async (line) => {
    const bot = createBot()
    const { status, err } = await type(line, bot)
    expect(status).toBe(2)
    expect(err).toMatch(/Usage: run|For example --inputs/)
    expect(bot.prepared()).toBe(0)
  })

  it('with inputs that the workflow does not take ends with status 1', async () => {
    const { status, err } = await type(['run', 'sample', 'nmae=Ana'])
    expect(status).toBe(1)
    expect(err).toContain('Did you mean "name"?')
  })
})

describe('history and report', () => {
  it('show what ran, newest first, and one report again', async () => {
    const bot = createBot()
    await type(['run', 'sample'], bot)
    await type(['run', 'sample'], bot)
    const history = await type(['history', 'sample', '--limit', '1'], bot)
    expect(history.out).toMatch(/^x2 {2}✓ succeeded {2}sample {2}2026-03-02 08:00:00 UTC {2}0\.0 s {2}ana$/m)
    expect(history.out).not.toContain('x1')
    const report = await type(['report', 'x1'], bot)
    expect([report.status, report.out.split('\n')[0]]).toEqual([
      0,
      '✓ succeeded in 0.0 s: Sample (sample, version 1)',
    ])
  })

  it('say that nothing ran', async () => {
    expect((await type(['history'])).out).toBe('Nothing has run yet.\n')
  })

  it('of a failed execution ends with status 1', async () => {
    const bot = createBot({ blocked: true })
    bot.release(new WorkflowError('sample.refused', 'No paper.'))
    await type(['run', 'sample'], bot)
    expect((await type(['report', 'x1'], bot)).status).toBe(1)
    expect((await type(['history'], bot)).out).toContain('No paper.')
  })
})

describe('validate', () => {
  it('needs no running bot, and names every fault with its place', async () => {
    const folders: (string | undefined)[] = []
    const validate = async (dir: string | undefined) => {
      folders.push(dir)
      return { valid: ['sample'], faults: [fault] }
    }
    const config = () => {
      throw new Error('no settings are needed')
    }
    const { status, out } = await type(['validate', 'drafts'], undefined, { validate, config })
    expect(status).toBe(1)
    expect(out).toBe(
      'workflow.unknown_node – workflows/broken/workflow.yaml:31, edge 3: leads to "notfy" ' +
        'Hint: did you mean "notify"?\n1 fault\n1 workflow without fault: sample\n',
    )
    expect(folders).toEqual(['drafts'])
  })

  it('ends with status 0 when all is well', async () => {
    expect(await type(['validate'])).toEqual({
      status: 0,
      out: '1 workflow without fault: sample\n',
      err: '',
    })
  })
})

describe('validate of the wrong folder', () => {
  it('ends with status 1, since nothing was checked', async () => {
    const validate = async () => ({ valid: [], faults: [] })
    expect(await type(['validate', 'src'], undefined, { validate })).toMatchObject({
      status: 1,
      out: 'There is no workflow in this folder.\n',
    })
  })
})

describe('help', () => {
  it('shows every command, also when nothing is typed', async () => {
    const help = await type(['help'])
    for (const name of ['list', 'show', 'run', 'history', 'report', 'validate', 'help']) {
      expect(help.out).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    }
    expect(await type([])).toEqual(help)
    expect(await type(['--help'])).toEqual(help)
    expect(help.status).toBe(0)
  })

  it('explains one command with examples', async () => {
    const { out } = await type(['help', 'run'])
    expect(out).toContain('npm run workflow -- run reorder-check')
    expect((await type(['run', '--help'])).out).toBe(out)
  })

  it('suggests the nearest command', async () => {
    expect(await type(['histroy'])).toEqual({
      status: 2,
      out: '',
      err: 'There is no command "histroy".\ndid you mean "history"?\n',
    })
  })
})

describe('--json', () => {
  it.each([[['list']], [['show', 'sample']], [['history']], [['help']], [['validate']]])(
    'prints one JSON document for %j',
    async (line) => {
      const { status, out } = await type([...line, '--json'])
      expect([status, typeof JSON.parse(out)]).toEqual([0, 'object'])
    },
  )

  it('prints errors as JSON too', async () => {
    const { status, out, err } = await type(['show', 'nope', '--json'])
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'workflow.unknown' } })
    expect([status, err]).toEqual([1, ''])
  })
})

describe('a bot that cannot be asked', () => {
  it('because it does not run is said clearly, with status 2', async () => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })
    }
    const { status, err } = await type(['list'], undefined, { fetch })
    expect(status).toBe(2)
    expect(err).toMatch(/^No bot answers at http:\/\/127\.0\.0\.1:3200\.\nStart it with "npm start"/)
  })

  it('because it takes longer than anybody waits is not called away', async () => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } })
    }
    expect(await type(['replay', 'sample'], undefined, { fetch })).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^The bot has not answered yet, and goes on with it\.\n/),
    })
  })

  it('because something else listens there is said clearly', async () => {
    const fetch = async () => new Response('<h1>It works!</h1>')
    const { status, err } = await type(['list'], undefined, { fetch })
    expect([status, err.split('\n')[0]]).toEqual([
      2,
      'Something else than the bot answers at http://127.0.0.1:3200.',
    ])
  })

  it('because the token is wrong is said clearly, and the right one is sent', async () => {
    const bot = createBot({ token: 'k3Jx8sQ0vB1mZr7TpLwe9d' })
    const config = (token?: string) => ({
      config: () => ({
        api: { host: '0.0.0.0', port: 3200, ...(token ? { token } : {}) },
        workflowsDir: '',
        cacheDir: '',
        dataFile: '',
      }),
    })
    expect(await type(['list'], bot, config('another-token-than-that'))).toMatchObject({ status: 2, out: '' })
    expect((await type(['list'], bot, config('k3Jx8sQ0vB1mZr7TpLwe9d'))).status).toBe(0)
  })

  it('because of its settings is said clearly', async () => {
    const config = () => {
      throw new WorkflowError('config.bad_value', 'API_PORT is not a port number.')
    }
    expect(await type(['list'], undefined, { config })).toEqual({
      status: 2,
      out: '',
      err: 'API_PORT is not a port number.\n',
    })
  })

  it('is looked for on this machine when it listens everywhere, and on IPv6 with brackets', async () => {
    const asked: string[] = []
    const fetch = async (url: unknown) => {
      asked.push(String(url))
      return new Response('{"executions": []}')
    }
    for (const host of ['0.0.0.0', '::', '::1', 'bot.example.com']) {
      await type(['history'], undefined, {
        fetch,
        config: () => ({ api: { host, port: 1 }, workflowsDir: '', cacheDir: '', dataFile: '' }),
      })
    }
    expect(asked.map((url) => new URL(url).host)).toEqual([
      '127.0.0.1:1',
      '[::1]:1',
      '[::1]:1',
      'bot.example.com:1',
    ])
  })
})

describe('what comes from data', () => {
  it('cannot move the cursor, colour the screen or turn the direction of text', async () => {
    const bot = createBot({ blocked: true })
    bot.release(new WorkflowError('sample.refused', 'a\u001b[31mred\u0007 \u202egnp.exe\r\nrest'))
    const { out } = await type(['run', 'sample', 'name=\u001b]0;title\u0007'], bot)
    expect(out).toBe(stripVTControlCharacters(out))
    expect(out).not.toMatch(/[\u202a-\u202e]|\r/)
    expect(out).toContain('a·[31mred· ·gnp.exe')
  })

  it('is cut where it would fill the screen', async () => {
    const bot = createBot()
    const { out } = await type(['run', 'sample', `name=${'x'.repeat(2000)}`], bot)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(250)
  })

  it('as the name of an account fits the header that carries it', async () => {
    const bot = createBot()
    for (const user of ['Zoë <admin>', ' ', '-', 'ä'.repeat(200), 'a\r\nX-Evil: 1']) {
      const { status } = await type(['run', 'sample'], bot, { user })
      expect(status).toBe(0)
    }
  })
})

it('what nobody foresaw is shown as it is, with status 2', async () => {
  const fetch = (() =>
    Promise.resolve({
      get ok(): boolean {
        throw new RangeError('oops')
      },
      json: async () => ({}),
    })) as never
  const { status, err } = await type(['list'], undefined, { fetch })
  expect([status, err.includes('RangeError: oops')]).toEqual([2, true])
})
