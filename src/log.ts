// The log: pino's JSON lines, or readable lines on a terminal. Tokens and other secrets never get through, wherever in
// a line they turn up: the finished line is searched, not the objects that went into it.
import pino from 'pino'
import pretty from 'pino-pretty'
import { type Config, secretsOf } from './config.ts'
import { WorkflowError } from './errors.ts'

export type Logger = pino.Logger

/** What looks like a secret, whoever it belongs to. */
const SECRETS: [RegExp, string][] = [
  [/\bxox[a-z](?:[.-][\w-]+)+/gi, 'xox…[redacted]'],
  [/\bxapp-[\w-]+/gi, 'xapp-[redacted]'],
  [/\b(Bearer)(\s+|\\[nrt])[\w.~+/=-]+/gi, '$1 [redacted]'],
  // The address of a Socket Mode connection and of a response_url let anybody speak for the bot.
  [/\b(ticket|token|client_secret)=[^&\s"\\]+/gi, '$1=[redacted]'],
  [/(hooks\.slack\.com)\/[^\s"\\]+/gi, '$1/[redacted]'],
]

/** Takes every secret out of a text: those given, and all that look like Slack's tokens or bearer tokens. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) clean = clean.replaceAll(secret, '[redacted]')
  for (const [pattern, replacement] of SECRETS) clean = clean.replace(pattern, replacement)
  return clean
}

export interface LogOptions {
  /** Where lines go; stdout when left out. */
  stream?: NodeJS.WritableStream
  /** Readable lines instead of JSON; when left out, whether stdout is a terminal. */
  readable?: boolean
}

/**
 * One logger for the process. An error goes under `err`; a WorkflowError shows code, message and hint, and only what
 * nobody foresaw shows its stack.
 */
export function createLogger(
  config: Pick<Config, 'slack' | 'api' | 'logLevel'> & Partial<Pick<Config, 'http'>>,
  { stream = process.stdout, readable = process.stdout.isTTY === true }: LogOptions = {},
): Logger {
  const secrets = secretsOf(config)
  return pino(
    {
      level: config.logLevel,
      base: null,
      serializers: { err: describeError },
      hooks: { streamWrite: (line) => redact(line, secrets) },
    },
    readable ? readableLines(stream) : stream,
  )
}

function describeError(thrown: unknown): unknown {
  if (!(thrown instanceof WorkflowError)) {
    return thrown instanceof Error ? pino.stdSerializers.err(thrown) : thrown
  }
  const { code, message, hint, cause } = thrown
  return { code, message, ...(hint && { hint }), ...(cause !== undefined && { cause: describeError(cause) }) }
}

/** `12:03:04 info  workflows loaded`, further fields indented below. */
function readableLines(stream: NodeJS.WritableStream): NodeJS.WritableStream {
  return pretty({
    colorize: 'isTTY' in stream && stream.isTTY === true,
    destination: stream,
    sync: true,
    ignore: 'pid,hostname,level,time',
    messageFormat: (line, messageKey, _label, { colors }) => {
      const level = pino.levels.labels[Number(line.level)] ?? 'info'
      const dress =
        level === 'error' || level === 'fatal' ? colors.red : level === 'warn' ? colors.yellow : colors.gray
      const time = new Date(Number(line.time)).toLocaleTimeString('en-GB')
      return `${colors.gray(time)} ${dress(level.padEnd(5))} ${colors.reset(visible(String(line[messageKey] ?? '')))}`
    },
  })
}

/** Control characters could repaint the terminal of whoever reads the log. */
function visible(text: string): string {
  return text.replace(/(?![\t\n\r])\p{Cc}/gu, '·')
}

/** What vendors' loggers have in common (Bolt's and the Slack clients' `Logger`). */
export interface VendorLogger<Level> {
  debug(...parts: unknown[]): void
  info(...parts: unknown[]): void
  warn(...parts: unknown[]): void
  error(...parts: unknown[]): void
  setLevel(level: Level): void
  getLevel(): Level
  setName(name: string): void
}

/**
 * Lets a library write into our log as `from: <name>`. Its own level is remembered but decides nothing: LOG_LEVEL does.
 * `initial` has the library's type, for example Bolt's `LogLevel.INFO`.
 */
export function vendorLogger<Level>(log: Logger, name: string, initial: Level): VendorLogger<Level> {
  let level = initial
  const from = log.child({ from: name })
  const write =
    (severity: 'debug' | 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) => {
      const err = parts.find((part) => part instanceof Error)
      const message = parts.map(asText).join(' ')
      if (err) from[severity]({ err }, message)
      else from[severity](message)
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel: (next) => {
      level = next
    },
    getLevel: () => level,
    setName: () => {},
  }
}

function asText(part: unknown): string {
  if (part instanceof Error) return part.message
  if (typeof part === 'string') return part
  try {
    return JSON.stringify(part) ?? String(part)
  } catch {
    return '[something that cannot be written down]'
  }
}
