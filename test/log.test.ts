// The log: readable where people look, JSON where machines do, and never a secret.
import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { WorkflowError } from '../src/errors.ts'
import { createLogger, type Logger, redact, vendorLogger } from '../src/log.ts'

const BOT = 'xoxb-1234567890-1234567890-AbCdEfGhIjKlMnOpQrStUvWx'
const APP = 'xapp-1-A0123456789-1234567890-0123456789abcdef'
const TOKEN = 'k3Jx8sQ0vB1mZr7TpLwe9d'

function logOf(readable: boolean, level: 'debug' | 'info' = 'debug'): { log: Logger; text: () => string } {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  const log = createLogger(
    {
      slack: { mode: 'socket', botToken: BOT, appToken: APP },
      api: { host: '127.0.0.1', port: 3200, token: TOKEN },
      logLevel: level,
    },
    { stream, readable },
  )
  return { log, text: () => text }
}

describe.each([
  ['readable', true],
  ['JSON', false],
])('in a %s log', (_name, readable) => {
  it.each<[string, (log: Logger) => void]>([
    ['a message', (log) => log.info(`connecting with ${BOT}`)],
    ['a field', (log) => log.info({ token: APP }, 'connecting')],
    ['nested fields', (log) => log.info({ a: { b: [{ c: `Bearer ${TOKEN}` }] } }, 'asked')],
    ['an error', (log) => log.error({ err: new Error(`bad ${BOT}`) }, 'failed')],
    [
      'the cause of an error',
      (log) => log.error({ err: new Error('bad', { cause: new Error(APP) }) }, 'failed'),
    ],
    [
      'the cause of a WorkflowError',
      (log) => log.error({ err: new WorkflowError('a.b', 'bad', { cause: new Error(APP) }) }, 'failed'),
    ],
    ['a name of a field', (log) => log.info({ [BOT]: 1 }, 'odd')],
    ['the fields of a child', (log) => log.child({ auth: TOKEN }).info('asked')],
    [
      'what a library says',
      (log) => vendorLogger(log, 'bolt', 'info').debug('token', { token: BOT }, TOKEN, APP),
    ],
  ])('%s shows no secret', (_where, write) => {
    const { log, text } = logOf(readable)
    write(log)
    for (const secret of [BOT, APP, TOKEN]) expect(text()).not.toContain(secret)
    expect(text()).toContain('redacted')
  })

  it('a stack is shown of what nobody foresaw, not of what was said on purpose', () => {
    const { log, text } = logOf(readable)
    log.error(
      { err: new WorkflowError('store.locked', 'In use.', { hint: 'Stop the other one.' }) },
      'no start',
    )
    expect(text()).toContain('store.locked')
    expect(text()).toContain('Stop the other one.')
    expect(text()).not.toContain('log.test.ts')
    log.error({ err: new TypeError('x is not a function') }, 'unexpected')
    expect(text()).toContain('log.test.ts')
  })
})

describe('a readable log', () => {
  it('has time, level and message on a line, and fields below', () => {
    const { log, text } = logOf(true)
    log.info({ count: 3 }, 'workflows loaded')
    log.warn('careful')
    expect(stripVTControlCharacters(text())).toMatch(
      /^\d\d:\d\d:\d\d info {2}workflows loaded\n {4}count: 3\n\d\d:\d\d:\d\d warn {2}careful\n$/,
    )
  })

  it('cannot repaint the screen of its reader', () => {
    const { log, text } = logOf(true)
    log.info('a\u001b[2Jb\u0007c\u009bd')
    expect(text()).toContain('a·[2Jb·c·d')
  })
})

describe('the log', () => {
  it('leaves out what is below its level', () => {
    const { log, text } = logOf(false, 'info')
    log.debug('quiet')
    expect(text()).toBe('')
  })

  it('takes in what a library says, with its name, errors among the words', () => {
    const { log, text } = logOf(false)
    const vendor = vendorLogger(log, 'bolt', 'info')
    vendor.setLevel('error')
    const circular: { self?: unknown } = {}
    circular.self = circular
    vendor.warn('odd', { a: 1 }, 2, new Error('broken'), circular)
    expect(vendor.getLevel()).toBe('error')
    expect(JSON.parse(text())).toMatchObject({
      level: 40,
      from: 'bolt',
      msg: 'odd {"a":1} 2 broken [something that cannot be written down]',
      err: { message: 'broken' },
    })
  })
})

describe('redaction', () => {
  it.each([
    ['xoxe.xoxp-1-Mi0yLTEyMzQ1', 'xox…[redacted]'],
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer [redacted]'],
    [
      'wss://wss-primary.slack.com/link/?ticket=abc-123&app_id=4',
      'wss://wss-primary.slack.com/link/?ticket=[redacted]&app_id=4',
    ],
    ['https://hooks.slack.com/commands/T1/2/3', 'https://hooks.slack.com/[redacted]'],
  ])('knows %s', (text, clean) => {
    expect(redact(text)).toBe(clean)
  })

  it('leaves everything else as it is', () => {
    const text = 'xoxo, box-office, the bearer, a basic check: reorder-check ran for U0ANA'
    expect(redact(text)).toBe(text)
  })
})
