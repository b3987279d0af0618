// Turns the environment and `.env` into a typed Config, or into one message that names every wrong setting. The only
// reader of process.env. What Slack's tokens must look like is in config-slack.ts, who may do what
// in config-access.ts.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs, parseEnv } from 'node:util'
import { z } from 'zod'
import type { AccessPolicy } from './commands/access.ts'
import { accessPolicy, accessSettings } from './config-access.ts'
import {
  isPlaceholder,
  type SettingFault,
  type SlackConfig,
  slackConfig,
  strayCharacter,
} from './config-slack.ts'
import { durationMs } from './definition/duration.ts'
import { editDistance } from './definition/nearest.ts'
import { WorkflowError } from './errors.ts'
import { isLoopbackHost } from './loopback.ts'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Where the HTTP API is served, and what its clients must show. */
export interface ApiConfig {
  host: string
  /** 0 takes any free port. */
  port: number
  /** Without one only this machine is served. */
  token?: string
}

/** Paths are absolute. */
export interface Config {
  slack: SlackConfig
  api: ApiConfig
  dataFile: string
  workflowsDir: string
  cacheDir: string
  /** How long ended executions are kept of workflows that do not say it themselves. */
  history: { maxAgeMs: number; maxPerWorkflow: number }
  logLevel: LogLevel
  /** Whether an unreadable data file may be replaced by the last good copy (`--recover`). */
  recover: boolean
  /** How many Python interpreters are kept warm. */
  python: { poolSize: number }
  /**
   * Whether the first version of a workflow with criteria answers once it has passed its tests, or at once: for bots whose
   * workflows are tested before they are deployed.
   */
  firstVersions: 'tested' | 'trusted'
  http: HttpConfig
  /** Who are admins, and who may do what with workflows that do not say it themselves. */
  access: AccessPolicy
}

/** What requests of workflows may use. */
export interface HttpConfig {
  /** Hosts that may lead into this machine or a private network, with a port (`localhost:8080`) or without. */
  allowHosts: string[]
  /** `SECRET_NAME` of the environment as `NAME`. */
  secrets: { [name: string]: string }
}

/** What a client of the running bot needs; Slack's tokens are not looked at. */
export type ClientConfig = Pick<Config, 'api' | 'workflowsDir' | 'cacheDir' | 'dataFile'>

export type Environment = { [variable: string]: string | undefined }

export interface ConfigOptions {
  /** Where `.env` is looked for, and what relative paths start from. */
  cwd?: string
  /** Arguments of the command line, without node and script. */
  argv?: string[]
}

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number (0 to 65535)')
  .transform(Number)
  .refine((number) => number <= 65535, 'is not a port number (0 to 65535)')
const path = z.string().refine((text) => !text.includes('\0'), 'is not a path')
const text = z.string().optional()
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** A host name or an IPv4 address, with a port if wanted, or an IPv6 address with or without brackets. */
const hostEntry = /^([\w.-]+(:\d{1,5})?|\[?[\da-f]*:[\da-f:.]+\]?)$/i

/** The names of secrets for requests of workflows are the team's own. */
const secretName = /^SECRET_([A-Z0-9][A-Z0-9_]*)$/
/** Shorter ones could not be told from ordinary words when they are kept out of reports and logs. */
const shortestSecret = 8

/** Every variable that is read, with its default. An empty variable counts as not set. */
const settingsSchema = z.object({
  SLACK_BOT_TOKEN: text,
  SLACK_APP_TOKEN: text,
  SLACK_SIGNING_SECRET: text,
  SLACK_API_URL: text,
  SLACK_PORT: port.default(3000),
  SIMULATOR_PORT: port.default(3100),
  API_HOST: z
    .string()
    .regex(/^[\w.:[\]-]+$/, 'is not a host name or address')
    .refine((host) => !/^[\w.-]+:\d+$/.test(host), 'is a host alone; the port goes into API_PORT')
    .default('127.0.0.1'),
  API_PORT: port.default(3200),
  API_TOKEN: text,
  DATA_FILE: path.default('data/db.json'),
  WORKFLOWS_DIR: path.default('workflows'),
  CACHE_DIR: path.default('.cache'),
  HISTORY_MAX_AGE: z
    .string()
    .regex(/^\d{1,9}(\.\d+)?[smhd]$/, 'is not a duration such as 90d or 12h')
    .transform((text) => durationMs(text))
    .refine((ms) => ms >= 60_000, 'is less than a minute')
    .default(365 * 86_400_000),
  HISTORY_MAX_PER_WORKFLOW: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'is not a whole number from 1 to 9999999')
    .transform(Number)
    .default(10_000),
  LOG_LEVEL: z.enum(LEVELS, `is none of ${LEVELS.join(', ')}`).default('info'),
  HTTP_ALLOW_HOSTS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine(
      (hosts) => hosts.every((host) => hostEntry.test(host)),
      'is no list of hosts such as "intranet.example, localhost:8080"',
    )
    .transform((hosts) => hosts.map((host) => host.toLowerCase().replace(/^\[(.*)\]$/, '$1')))
    .default([]),
  ...accessSettings,
  FIRST_VERSIONS: z.enum(['tested', 'trusted'], 'is neither tested nor trusted').default('tested'),
  PYTHON_POOL_SIZE: z
    .string()
    .regex(/^([1-9]|1[0-6])$/, 'is not a whole number from 1 to 16')
    .transform(Number)
    .default(2),
})
type Settings = z.infer<typeof settingsSchema>

export const VARIABLES = Object.keys(settingsSchema.shape)

/**
 * Reads the configuration of the bot. The real environment wins over `.env`; secrets are in no message.
 *
 * Throws the code of the fault (`config.slack_incomplete`, `config.slack_wrong_token`, `config.slack_placeholder`,
 * `config.slack_malformed_token`, `config.api_token_missing`, `config.api_token_weak`, `config.bad_value`,
 * `config.port_conflict`, `config.secret_too_short`, `config.unknown_variable`, `config.unknown_option`,
 * `config.env_file`), or `config.several_faults` with all of them in the message.
 */
export function loadConfig(
  env: Environment = process.env,
  { cwd = process.cwd(), argv = process.argv.slice(2) }: ConfigOptions = {},
): Config {
  const { settings, secrets, faults } = readSettings(env, cwd)
  const { slack, faults: slackFaults } = slackConfig(settings)
  const options = readOptions(argv)
  faults.unshift(...slackFaults)
  faults.push(...options.faults)
  faults.push(...apiFaults(settings))
  if (slack) faults.push(...portFaults(settings, slack))
  if (faults.length > 0 || !slack) throw configError(faults)
  return {
    slack,
    ...clientConfig(settings, cwd),
    history: { maxAgeMs: settings.HISTORY_MAX_AGE, maxPerWorkflow: settings.HISTORY_MAX_PER_WORKFLOW },
    logLevel: settings.LOG_LEVEL,
    recover: options.recover,
    python: { poolSize: settings.PYTHON_POOL_SIZE },
    firstVersions: settings.FIRST_VERSIONS,
    access: accessPolicy(settings),
    http: { allowHosts: settings.HTTP_ALLOW_HOSTS, secrets },
  }
}

/** Like loadConfig, for a client of the running bot: reads API_*, WORKFLOWS_DIR and DATA_FILE alone and throws for those alone. */
export function loadClientConfig(
  env: Environment = process.env,
  { cwd = process.cwd() }: Pick<ConfigOptions, 'cwd'> = {},
): ClientConfig {
  const { settings, faults } = readSettings(env, cwd)
  const relevant = [...faults, ...apiFaults(settings)].filter(({ variable }) =>
    ['API_HOST', 'API_PORT', 'API_TOKEN', 'WORKFLOWS_DIR', 'DATA_FILE', '.env'].includes(variable),
  )
  if (relevant.length > 0) throw configError(relevant)
  return clientConfig(settings, cwd)
}

/** The configuration for people to read at start, one line each, without secrets. */
export function describeConfig(config: Config): string[] {
  const { slack, api } = config
  const host = api.host.includes(':') ? `[${api.host}]` : api.host
  const slackLine = {
    simulator: () => 'local simulator (no Slack tokens are set)',
    socket: () => 'Socket Mode (SLACK_BOT_TOKEN and SLACK_APP_TOKEN are set)',
    http: () =>
      `HTTP on port ${'signingSecret' in slack ? slack.port : ''} (SLACK_SIGNING_SECRET is set, SLACK_APP_TOKEN is not)`,
  }[slack.mode]()
  const via = slack.mode !== 'simulator' && slack.apiUrl ? ` through ${slack.apiUrl}` : ''
  return [
    `Slack: ${slackLine}${via}`,
    `API: http://${host}:${api.port}, ${api.token ? 'with a token' : 'without a token: only this machine is served'}`,
    `Workflows: ${config.workflowsDir}`,
    `Data: ${config.dataFile}`,
  ]
}

/** Every secret of the configuration, so that the log can leave them out wherever they turn up. */
export function secretsOf(config: Pick<Config, 'slack' | 'api'> & Partial<Pick<Config, 'http'>>): string[] {
  const { slack, api } = config
  const secrets = [api.token, ...Object.values(config.http?.secrets ?? {})]
  if (slack.mode !== 'simulator') secrets.push(slack.botToken)
  if (slack.mode === 'socket') secrets.push(slack.appToken)
  if (slack.mode === 'http') secrets.push(slack.signingSecret)
  return secrets.filter((secret) => secret !== undefined)
}

function readSettings(
  env: Environment,
  cwd: string,
): { settings: Settings; secrets: HttpConfig['secrets']; faults: SettingFault[] } {
  const file = readEnvFile(cwd)
  const secrets = readSecrets({ ...file.values, ...env })
  const values: { [variable: string]: string } = {}
  for (const variable of VARIABLES) {
    const value = env[variable] ?? file.values[variable]
    if (value !== undefined && value !== '') values[variable] = value
  }
  const faults = [...file.faults]
  const parsed = settingsSchema.safeParse(values)
  if (parsed.success) return { settings: parsed.data, secrets, faults }
  for (const issue of parsed.error.issues) {
    const variable = String(issue.path[0])
    if (!faults.some((fault) => fault.variable === variable)) {
      faults.push({ code: 'config.bad_value', variable, message: issue.message })
    }
    delete values[variable]
  }
  // What is wrong falls back to its default, so that the remaining rules find their faults in the same go.
  return { settings: settingsSchema.parse(values), secrets, faults }
}

/** What is too short is not taken: the real environment may hold a SECRET_… of somebody else's. */
function readSecrets(env: Environment): HttpConfig['secrets'] {
  const secrets: HttpConfig['secrets'] = {}
  for (const [variable, value = ''] of Object.entries(env)) {
    const name = secretName.exec(variable)?.[1]
    if (name !== undefined && value.length >= shortestSecret) secrets[name] = value
  }
  return secrets
}

/** A misspelt variable is a fault in `.env`, which is this project's own; the real environment holds anybody's. */
function readEnvFile(cwd: string): { values: Environment; faults: SettingFault[] } {
  let content: string
  try {
    content = readFileSync(resolve(cwd, '.env'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { values: {}, faults: [] }
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
    return {
      values: {},
      faults: [{ code: 'config.env_file', variable: '.env', message: `cannot be read (${reason})` }],
    }
  }
  // Editors on Windows write a byte order mark, which Node's parser would take for a part of the first name.
  const values = parseEnv(content.replace(/^\ufeff/, ''))
  const faults = Object.keys(values).flatMap((name) => {
    if (VARIABLES.includes(name)) return []
    if (secretName.test(name)) {
      const length = values[name]?.length ?? 0
      if (length === 0 || length >= shortestSecret) return []
      const message = `has ${length} characters; ${shortestSecret} are the least`
      const hint = 'A shorter secret could not be kept out of reports and logs.'
      return [{ code: 'config.secret_too_short', variable: name, message, hint }]
    }
    const meant = VARIABLES.find((variable) => editDistance(name, variable) <= 2)
    if (!meant) return []
    const hint = `Did you mean ${meant}?`
    return [{ code: 'config.unknown_variable', variable: name, message: 'is no setting (in .env)', hint }]
  })
  return { values, faults }
}

function readOptions(argv: string[]): { recover: boolean; faults: SettingFault[] } {
  try {
    const { values } = parseArgs({ args: argv, options: { recover: { type: 'boolean', default: false } } })
    return { recover: values.recover, faults: [] }
  } catch {
    const known = argv.filter((argument) => argument !== '--recover')
    const message = 'is no option of this command'
    const hint = 'The only option is --recover; everything else is set by environment variables or .env.'
    return {
      recover: false,
      faults: [{ code: 'config.unknown_option', variable: String(known[0]), message, hint }],
    }
  }
}

function apiFaults(settings: Settings): SettingFault[] {
  const variable = 'API_TOKEN'
  const token = settings.API_TOKEN
  const hint = 'Make a long random one: node -e "console.log(crypto.randomBytes(24).toString(\'base64url\'))"'
  if (token === undefined) {
    if (isLoopbackHost(settings.API_HOST)) return []
    const message = 'is not set, although API_HOST lets other machines reach the API'
    return [{ code: 'config.api_token_missing', variable, message, hint }]
  }
  const stray = strayCharacter(token)
  const weak = stray
    ? `contains ${stray}`
    : isPlaceholder(token)
      ? 'still holds a placeholder instead of a real value'
      : token.length < 16
        ? 'is shorter than 16 characters'
        : /^[\w.~+/=-]+$/.test(token)
          ? undefined
          : 'may only contain letters, digits and - . _ ~ + / ='
  return weak ? [{ code: 'config.api_token_weak', variable, message: weak, hint }] : []
}

function portFaults(settings: Settings, slack: SlackConfig): SettingFault[] {
  if (slack.mode === 'socket' || slack.port === 0 || slack.port !== settings.API_PORT) return []
  const other = slack.mode === 'http' ? 'SLACK_PORT' : 'SIMULATOR_PORT'
  const message = `is ${settings.API_PORT}, and so is ${other}`
  return [{ code: 'config.port_conflict', variable: 'API_PORT', message, hint: 'Give them different ports.' }]
}

function clientConfig(settings: Settings, cwd: string): ClientConfig {
  const token = settings.API_TOKEN === undefined ? {} : { token: settings.API_TOKEN }
  return {
    api: { host: settings.API_HOST.replace(/^\[(.*)\]$/, '$1'), port: settings.API_PORT, ...token },
    workflowsDir: resolve(cwd, settings.WORKFLOWS_DIR),
    cacheDir: resolve(cwd, settings.CACHE_DIR),
    dataFile: resolve(cwd, settings.DATA_FILE),
  }
}

function configError(faults: SettingFault[]): WorkflowError {
  const [first, ...others] = faults
  if (!first) throw new Error('a configuration error without a fault')
  if (others.length === 0) {
    return new WorkflowError(first.code, `${first.variable} ${first.message}.`, { hint: first.hint })
  }
  const lines = faults.map(
    ({ variable, message, hint }) => `- ${variable} ${message}.${hint ? ` ${hint}` : ''}`,
  )
  return new WorkflowError(
    'config.several_faults',
    `${faults.length} settings are wrong:\n${lines.join('\n')}`,
    {
      hint: 'Settings come from the environment and from the file .env in the project.',
    },
  )
}
