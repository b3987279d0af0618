// Settings: what the bot makes of its environment and of .env, and how it says what is wrong.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPolicy } from '../src/commands/access.ts'
import {
  type Config,
  describeConfig,
  type Environment,
  loadClientConfig,
  loadConfig,
  secretsOf,
} from '../src/config.ts'
import { WorkflowError } from '../src/errors.ts'

const BOT = 'xoxb-1234567890-1234567890-AbCdEfGhIjKlMnOpQrStUvWx'
const APP = 'xapp-1-A0123456789-1234567890-0123456789abcdef'
const SIGNING = '0123456789abcdef0123456789abcdef'
const TOKEN = 'k3Jx8sQ0vB1mZr7TpLwe9d'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const load = (env: Environment, argv: string[] = []): Config => loadConfig(env, { cwd, argv })
const dotEnv = (content: string) => writeFileSync(join(cwd, '.env'), content)

function refused(env: Environment, argv: string[] = []): { code: string; message: string; hint: string } {
  try {
    load(env, argv)
  } catch (thrown) {
    if (!(thrown instanceof WorkflowError)) throw thrown
    return { code: thrown.code, message: thrown.message, hint: thrown.hint ?? '' }
  }
  throw new Error('the settings were accepted')
}

describe('the way to Slack', () => {
  it('is the simulator when no Slack variable is set', () => {
    expect(load({}).slack).toEqual({ mode: 'simulator', port: 3100 })
    expect(load({ SIMULATOR_PORT: '4100' }).slack).toEqual({ mode: 'simulator', port: 4100 })
  })

  it('is the simulator when Slack variables are there but empty, as in a copied example', () => {
    dotEnv('SLACK_BOT_TOKEN=\nSLACK_APP_TOKEN=""\n')
    expect(load({ SLACK_SIGNING_SECRET: '' }).slack.mode).toBe('simulator')
  })

  it('is Socket Mode with a bot token and an app token, also when the signing secret is set', () => {
    const slack = { mode: 'socket', botToken: BOT, appToken: APP }
    expect(load({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP }).slack).toEqual(slack)
    expect(load({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP, SLACK_SIGNING_SECRET: SIGNING }).slack).toEqual(
      slack,
    )
  })

  it('is HTTP with a bot token and a signing secret alone', () => {
    expect(load({ SLACK_BOT_TOKEN: BOT, SLACK_SIGNING_SECRET: SIGNING, SLACK_PORT: '8080' }).slack).toEqual({
      mode: 'http',
      botToken: BOT,
      signingSecret: SIGNING,
      port: 8080,
    })
  })

  it('leads through another address when one is given, which ends with a slash', () => {
    const tokens = { SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP }
    expect(load({ ...tokens, SLACK_API_URL: 'http://127.0.0.1:3100/api' }).slack).toMatchObject({
      apiUrl: 'http://127.0.0.1:3100/api/',
    })
  })

  it.each([
    ['http://slack.example.com/api/', 'unencrypted'],
    ['ftp://127.0.0.1/', 'is not an http(s) address'],
    ['slack.com', 'is not an http(s) address'],
    ['https://me:secret@slack.com/api/', 'must not contain a user name or password'],
  ])('does not lead through %s', (url, message) => {
    const error = refused({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP, SLACK_API_URL: url })
    expect(error).toMatchObject({ code: 'config.bad_value' })
    expect(error.message).toContain(message)
  })
})

describe('half-set Slack tokens', () => {
  it.each<[string, Environment, string, string]>([
    ['a bot token alone', { SLACK_BOT_TOKEN: BOT }, 'SLACK_APP_TOKEN', 'App-Level Tokens'],
    ['an app token alone', { SLACK_APP_TOKEN: APP }, 'SLACK_BOT_TOKEN', 'OAuth & Permissions'],
    ['a signing secret alone', { SLACK_SIGNING_SECRET: SIGNING }, 'SLACK_BOT_TOKEN', 'OAuth & Permissions'],
    [
      'app token and signing secret',
      { SLACK_APP_TOKEN: APP, SLACK_SIGNING_SECRET: SIGNING },
      'SLACK_BOT_TOKEN',
      'OAuth & Permissions',
    ],
    [
      'an address without tokens',
      { SLACK_API_URL: 'https://slack.com/api/' },
      'SLACK_API_URL',
      'SLACK_BOT_TOKEN',
    ],
  ])('(%s) are refused with what is missing and where it stands', (_name, env, variable, where) => {
    const error = refused(env)
    expect(error.code).toBe('config.slack_incomplete')
    expect(error.message.startsWith(variable)).toBe(true)
    expect(error.hint).toContain(where)
  })
})

describe('mistaken Slack tokens', () => {
  it.each([
    ['a user token', `xoxp-${BOT.slice(5)}`, 'config.slack_wrong_token', 'user token'],
    ['a rotating token', `xoxe.xoxb-1-${BOT.slice(5)}`, 'config.slack_wrong_token', 'rotation'],
    ['something else', SIGNING, 'config.slack_wrong_token', 'xoxb-'],
    ['a token with a blank', `${BOT.slice(0, 20)} ${BOT.slice(20)}`, 'config.slack_malformed_token', 'blank'],
    ['a token with quotes', `"${BOT}"`, 'config.slack_malformed_token', 'quotation mark'],
    ['a token with curly quotes', `“${BOT}”`, 'config.slack_malformed_token', 'quotation mark'],
    ['a token with a line break', `${BOT}\n`, 'config.slack_malformed_token', 'line break'],
    ['a token with an invisible blank', `${BOT}\u200b`, 'config.slack_malformed_token', 'invisible'],
    ['a token with a foreign letter', `${BOT}é`, 'config.slack_malformed_token', 'no Slack token has'],
    ['the beginning of a token', 'xoxb-123', 'config.slack_malformed_token', 'too short'],
    ['a placeholder', 'xoxb-your-token', 'config.slack_placeholder', 'placeholder'],
    ['another placeholder', 'xoxb-your-bot-token-here', 'config.slack_placeholder', 'placeholder'],
    ['a placeholder of crosses', 'xoxb-xxxxxxxxxxxx-xxxxxxxx', 'config.slack_placeholder', 'placeholder'],
    ['a placeholder with dots', 'xoxb-...', 'config.slack_placeholder', 'placeholder'],
    ['a placeholder in angle brackets', '<bot-token>', 'config.slack_placeholder', 'placeholder'],
  ])('are refused: %s as bot token', (_name, value, code, word) => {
    const error = refused({ SLACK_BOT_TOKEN: value, SLACK_APP_TOKEN: APP })
    expect(error.code).toBe(code)
    expect(error.message).toContain(word)
    expect(error.message).toMatch(/^SLACK_BOT_TOKEN /)
    expect(error.hint).toContain('Bot User OAuth Token')
    expect(JSON.stringify(error)).not.toContain(value)
  })

  it('are told apart when they were swapped, both at once', () => {
    const error = refused({ SLACK_BOT_TOKEN: APP, SLACK_APP_TOKEN: BOT })
    expect(error.code).toBe('config.several_faults')
    expect(error.message).toContain('SLACK_BOT_TOKEN holds an app token, which belongs in SLACK_APP_TOKEN')
    expect(error.message).toContain('SLACK_APP_TOKEN holds a bot token, which belongs in SLACK_BOT_TOKEN')
  })

  it('are noticed in the signing secret too', () => {
    expect(refused({ SLACK_BOT_TOKEN: BOT, SLACK_SIGNING_SECRET: APP })).toMatchObject({
      code: 'config.slack_wrong_token',
      message: expect.stringContaining('SLACK_SIGNING_SECRET holds an app token'),
    })
    expect(refused({ SLACK_BOT_TOKEN: BOT, SLACK_SIGNING_SECRET: 'short' }).code).toBe(
      'config.slack_malformed_token',
    )
  })

  it('never show the value of any secret', () => {
    const secrets = [`${BOT} `, `"${APP}"`, `${SIGNING}\n`, 'tiny-secret']
    const [bot, app, signing, api] = secrets
    const error = refused({
      SLACK_BOT_TOKEN: bot,
      SLACK_APP_TOKEN: app,
      SLACK_SIGNING_SECRET: signing,
      API_TOKEN: api,
    })
    expect(error.code).toBe('config.several_faults')
    for (const secret of secrets) expect(JSON.stringify(error)).not.toContain(secret.slice(1, -2))
  })
})

describe('the file .env', () => {
  it('is read with quotes, comments, Windows line ends and a byte order mark', () => {
    dotEnv(`\ufeffSLACK_BOT_TOKEN="${BOT}"\r\n# a comment\r\nexport SLACK_APP_TOKEN='${APP}' # mine\r\n`)
    expect(load({}).slack).toEqual({ mode: 'socket', botToken: BOT, appToken: APP })
  })

  it('gives way to the real environment, even to an empty variable', () => {
    dotEnv(`API_PORT=4000\nSLACK_BOT_TOKEN=${BOT}\nSLACK_APP_TOKEN=${APP}\n`)
    const config = load({ API_PORT: '5000', SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' })
    expect(config.api.port).toBe(5000)
    expect(config.slack.mode).toBe('simulator')
  })

  it('may be missing, but not unreadable', () => {
    mkdirSync(join(cwd, '.env'))
    expect(refused({})).toMatchObject({ code: 'config.env_file', message: expect.stringContaining('EISDIR') })
  })

  it('is held against misspelt variables, while foreign ones are ignored', () => {
    dotEnv(`SLACK_BOT_TOKN=${BOT}\nEDITOR=vi\nNODE_ENV=production\n`)
    expect(refused({})).toEqual({
      code: 'config.unknown_variable',
      message: 'SLACK_BOT_TOKN is no setting (in .env).',
      hint: 'Did you mean SLACK_BOT_TOKEN?',
    })
  })
})

describe('who may do what', () => {
  it('is given by lists of ids', () => {
    const { access } = load({
      ADMINS: 'U0ANA, S0LEADS',
      ACCESS_RUN: 'S0OPS C0PURCHASE',
      ACCESS_ACTIVATE: 'U0ANA',
    })
    expect(access).toEqual({
      admins: ['U0ANA', 'S0LEADS'],
      defaults: {
        ...openPolicy.defaults,
        run: ['S0OPS', 'C0PURCHASE'],
        cancel: ['S0OPS', 'C0PURCHASE'],
        test: ['S0OPS', 'C0PURCHASE'],
        activate: ['U0ANA'],
      },
    })
  })

  it('may leave something to admins alone', () => {
    expect(load({ ACCESS_RUN: 'everyone', ACCESS_CANCEL: 'admins' }).access.defaults.cancel).toEqual([
      'admins',
    ])
  })

  it.each([
    ['ADMINS', 'ana'],
    ['ADMINS', 'C0PURCHASE'],
    ['ACCESS_SEE', 'Everyone'],
    ['ACCESS_CANCEL', '@ana'],
  ])('refuses %s=%s', (variable, value) => {
    const { code, message } = refused({ [variable]: value })
    expect(code).toBe('config.bad_value')
    expect(message).toContain(`${variable} is no list of`)
  })
})

describe('the other settings', () => {
  it('have defaults, and paths start from the working folder', () => {
    expect(load({})).toEqual({
      slack: { mode: 'simulator', port: 3100 },
      api: { host: '127.0.0.1', port: 3200 },
      dataFile: join(cwd, 'data', 'db.json'),
      workflowsDir: join(cwd, 'workflows'),
      cacheDir: join(cwd, '.cache'),
      history: { maxAgeMs: 365 * 86_400_000, maxPerWorkflow: 10_000 },
      logLevel: 'info',
      recover: false,
      python: { poolSize: 2 },
      firstVersions: 'tested',
      http: { allowHosts: [], secrets: {} },
      access: openPolicy,
    })
  })

  it('are taken from the environment', () => {
    const env = {
      API_HOST: '[::1]',
      API_PORT: '0',
      API_TOKEN: TOKEN,
      DATA_FILE: '/srv/bot/db.json',
      WORKFLOWS_DIR: 'team/workflows',
      CACHE_DIR: 'tmp',
      HISTORY_MAX_AGE: '90d',
      HISTORY_MAX_PER_WORKFLOW: '500',
      LOG_LEVEL: 'debug',
      PYTHON_POOL_SIZE: '4',
    }
    expect(load(env, ['--recover'])).toMatchObject({
      api: { host: '::1', port: 0, token: TOKEN },
      dataFile: '/srv/bot/db.json',
      workflowsDir: join(cwd, 'team/workflows'),
      cacheDir: join(cwd, 'tmp'),
      history: { maxAgeMs: 90 * 86_400_000, maxPerWorkflow: 500 },
      logLevel: 'debug',
      recover: true,
      python: { poolSize: 4 },
      http: { allowHosts: [], secrets: {} },
    })
  })

  it.each([
    ['API_PORT', '65536'],
    ['API_PORT', '80a'],
    ['API_PORT', '-1'],
    ['SIMULATOR_PORT', '3100.5'],
    ['API_HOST', 'http://localhost'],
    ['API_HOST', 'localhost:3200'],
    ['LOG_LEVEL', 'loud'],
    ['PYTHON_POOL_SIZE', '0'],
    ['PYTHON_POOL_SIZE', '17'],
    ['DATA_FILE', 'a\0b'],
    ['HISTORY_MAX_AGE', '90'],
    ['HISTORY_MAX_AGE', '0d'],
    ['HISTORY_MAX_AGE', '-1d'],
    ['HISTORY_MAX_PER_WORKFLOW', '0'],
    ['HISTORY_MAX_PER_WORKFLOW', '1e9'],
  ])('are refused when they make no sense: %s=%s', (variable, value) => {
    const error = refused({ [variable]: value })
    expect(error.code).toBe('config.bad_value')
    expect(error.message).toMatch(new RegExp(`^${variable} `))
  })

  it('are all looked at, so that one message names every fault', () => {
    const error = refused({ SLACK_BOT_TOKEN: BOT, API_PORT: 'x', LOG_LEVEL: 'x', API_TOKEN: 'x' }, ['--fast'])
    expect(error.code).toBe('config.several_faults')
    for (const word of ['SLACK_APP_TOKEN', 'API_PORT', 'LOG_LEVEL', 'API_TOKEN', '--fast']) {
      expect(error.message).toContain(word)
    }
    expect(error.message).toMatch(/^5 settings are wrong:\n/)
  })

  it('do not send two servers to one port', () => {
    expect(refused({ API_PORT: '3100' })).toMatchObject({ code: 'config.port_conflict' })
    expect(refused({ SLACK_BOT_TOKEN: BOT, SLACK_SIGNING_SECRET: SIGNING, API_PORT: '3000' })).toMatchObject({
      code: 'config.port_conflict',
    })
    expect(load({ API_PORT: '0', SIMULATOR_PORT: '0' }).api.port).toBe(0)
    expect(load({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP, API_PORT: '3100' }).api.port).toBe(3100)
  })

  it.each(['--recovr', 'now', '--recover=maybe'])('take no other option than --recover: %s', (option) => {
    expect(refused({}, [option])).toMatchObject({ code: 'config.unknown_option' })
  })
})

describe('the token of the API', () => {
  it.each(['0.0.0.0', '::', '192.168.1.4', 'bot.example.com', '127.0.0.1.example.com'])(
    'is demanded before other machines are let in through %s',
    (host) => {
      expect(refused({ API_HOST: host }).code).toBe('config.api_token_missing')
      expect(load({ API_HOST: host, API_TOKEN: TOKEN }).api).toEqual({ host, port: 3200, token: TOKEN })
    },
  )

  it.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1'])('may be missing on %s', (host) => {
    expect(load({ API_HOST: host }).api).toEqual({ host, port: 3200 })
  })

  it.each(['fifteen-letters', 'has a blank inside it', 'your-token-goes-here', 'fünfzehn-und-mehr-zeichen'])(
    'is refused when it is weak or cannot be sent: %s',
    (token) => {
      const error = refused({ API_TOKEN: token })
      expect(error.code).toBe('config.api_token_weak')
      expect(JSON.stringify(error)).not.toContain(token)
    },
  )
})

describe('a client of the running bot', () => {
  it('does not care for Slack tokens', () => {
    const config = loadClientConfig({ SLACK_BOT_TOKEN: 'nonsense', API_PORT: '4000' }, { cwd })
    expect(config).toEqual({
      api: { host: '127.0.0.1', port: 4000 },
      workflowsDir: join(cwd, 'workflows'),
      cacheDir: join(cwd, '.cache'),
      dataFile: join(cwd, 'data/db.json'),
    })
  })

  it('is told what is wrong with the address of the API', () => {
    expect(() => loadClientConfig({ API_PORT: 'x' }, { cwd })).toThrowError(/^API_PORT is not a port number/)
  })
})

describe('the description of a configuration', () => {
  it('says how the bot meets Slack and who may use the API, without any secret', () => {
    const config = load({ SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP, API_TOKEN: TOKEN })
    const text = describeConfig(config).join('\n')
    expect(text).toContain('Slack: Socket Mode')
    expect(text).toContain('API: http://127.0.0.1:3200, with a token')
    for (const secret of secretsOf(config)) expect(text).not.toContain(secret)
    expect(secretsOf(config)).toEqual([TOKEN, BOT, APP])
  })

  it('says that without a token only this machine is served', () => {
    expect(describeConfig(load({})).join('\n')).toContain('without a token: only this machine is served')
    expect(describeConfig(load({ API_HOST: '::1' })).join('\n')).toContain('http://[::1]:3200')
  })
})

describe('requests of workflows', () => {
  it('reach no host inside unless it is allowed by name, in a list with commas or blanks', () => {
    expect(load({}).http.allowHosts).toEqual([])
    expect(
      load({ HTTP_ALLOW_HOSTS: 'Intranet.example, localhost:8080 10.0.0.5,[fd00::1]' }).http.allowHosts,
    ).toEqual(['intranet.example', 'localhost:8080', '10.0.0.5', 'fd00::1'])
    for (const wrong of ['http://intranet.example', 'intranet.example/path', '*.example', 'a@b']) {
      expect(refused({ HTTP_ALLOW_HOSTS: wrong })).toMatchObject({
        code: 'config.bad_value',
        message: expect.stringContaining('HTTP_ALLOW_HOSTS is no list of hosts'),
      })
    }
  })

  it('may use SECRET_… variables of the environment and of .env, by the name after it', () => {
    dotEnv('SECRET_CRM_TOKEN=from-the-file\nSECRET_OTHER=other-secret\nSECRET_EMPTY=\n')
    expect(load({ SECRET_CRM_TOKEN: 'from-outside', secret_lower: 'not-a-secret' }).http.secrets).toEqual({
      CRM_TOKEN: 'from-outside',
      OTHER: 'other-secret',
    })
  })

  it('may not use a secret that is too short to be kept out of reports', () => {
    expect(load({ SECRET_PIN: '1234567' }).http.secrets).toEqual({})
    dotEnv('SECRET_PIN=1234567\n')
    expect(refused({})).toMatchObject({
      code: 'config.secret_too_short',
      message: 'SECRET_PIN has 7 characters; 8 are the least.',
    })
  })

  it('leave their secrets out of the log', () => {
    const config = load({ SECRET_CRM_TOKEN: 'crm-secret-1', API_TOKEN: TOKEN })
    expect(secretsOf(config)).toEqual([TOKEN, 'crm-secret-1'])
    expect(JSON.stringify(describeConfig(config))).not.toContain('crm-secret-1')
  })
})
