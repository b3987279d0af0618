// Decides from Slack's tokens how the bot meets Slack: simulator, Socket Mode or HTTP. Half-set and mistaken tokens
// are faults that name the variable and where its value stands in Slack's app settings, never the value itself.
import { isLoopbackHost } from './loopback.ts'

/** What is wrong with one setting. */
export interface SettingFault {
  /** `config.…` */
  code: string
  variable: string
  message: string
  hint?: string
}

export type SlackConfig =
  | { mode: 'simulator'; port: number }
  | { mode: 'socket'; botToken: string; appToken: string; apiUrl?: string }
  | { mode: 'http'; botToken: string; signingSecret: string; port: number; apiUrl?: string }

export interface SlackSettings {
  SLACK_BOT_TOKEN?: string
  SLACK_APP_TOKEN?: string
  SLACK_SIGNING_SECRET?: string
  SLACK_API_URL?: string
  SLACK_PORT: number
  SIMULATOR_PORT: number
}

type SecretName = 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN' | 'SLACK_SIGNING_SECRET'

const APP = 'https://api.slack.com/apps → your app'

/** Menu names of Slack's app settings. */
const WHERE: Record<SecretName, string> = {
  SLACK_BOT_TOKEN:
    `The bot token begins with "xoxb-": ${APP} → "OAuth & Permissions" → "Bot User OAuth Token" ` +
    '(it appears there after "Install to Workspace").',
  SLACK_APP_TOKEN:
    `The app token begins with "xapp-": ${APP} → "Basic Information" → "App-Level Tokens" → ` +
    '"Generate Token and Scopes", with the scope connections:write.',
  SLACK_SIGNING_SECRET: `${APP} → "Basic Information" → "App Credentials" → "Signing Secret" → "Show".`,
}

/** What a value with another prefix really is. The first match counts. */
const KINDS: [RegExp, string][] = [
  [/^xoxb-/, 'a bot token, which belongs in SLACK_BOT_TOKEN'],
  [/^xapp-/, 'an app token, which belongs in SLACK_APP_TOKEN'],
  [/^xoxp-/, 'a user token ("User OAuth Token")'],
  [/^xoxe[.-]/, 'a token of an app with token rotation, which this bot does not use'],
  [/^xox[a-z]-/, 'a token of another kind'],
]

const PREFIX: Partial<Record<SecretName, string>> = { SLACK_BOT_TOKEN: 'xoxb-', SLACK_APP_TOKEN: 'xapp-' }

/**
 * Answers the mode, or every fault at once. All three tokens together mean Socket Mode, which needs no signing secret.
 */
export function slackConfig(settings: SlackSettings): { slack?: SlackConfig; faults: SettingFault[] } {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: secret } = settings
  const faults = [...tokenFaults(settings), ...apiUrlFaults(settings)]
  const missing = incomplete(settings)
  if (missing) faults.push(missing)
  if (faults.length > 0) return { faults }
  const apiUrl = settings.SLACK_API_URL && { apiUrl: settings.SLACK_API_URL.replace(/\/?$/, '/') }
  if (bot && app) return { slack: { mode: 'socket', botToken: bot, appToken: app, ...apiUrl }, faults }
  if (bot && secret) {
    const port = settings.SLACK_PORT
    return { slack: { mode: 'http', botToken: bot, signingSecret: secret, port, ...apiUrl }, faults }
  }
  return { slack: { mode: 'simulator', port: settings.SIMULATOR_PORT }, faults }
}

function tokenFaults(settings: SlackSettings): SettingFault[] {
  return (Object.keys(WHERE) as SecretName[]).flatMap((variable) => {
    const value = settings[variable]
    const fault = value === undefined ? undefined : tokenFault(variable, value)
    return fault ? [{ ...fault, variable, hint: WHERE[variable] }] : []
  })
}

function tokenFault(variable: SecretName, value: string): { code: string; message: string } | undefined {
  const stray = strayCharacter(value)
  if (stray) {
    return { code: 'config.slack_malformed_token', message: `contains ${stray}; give the bare value` }
  }
  if (isPlaceholder(value)) {
    return { code: 'config.slack_placeholder', message: 'still holds a placeholder instead of a real value' }
  }
  const prefix = PREFIX[variable]
  const kind = KINDS.find(([pattern]) => pattern.test(value))?.[1]
  if (prefix ? !value.startsWith(prefix) : kind) {
    const what = kind ? `holds ${kind}` : 'holds something else'
    return { code: 'config.slack_wrong_token', message: prefix ? `${what}, not a "${prefix}…" token` : what }
  }
  if (value.length < 16) {
    return {
      code: 'config.slack_malformed_token',
      message: 'is too short, as if it was not copied completely',
    }
  }
  if (!/^[\w.-]+$/.test(value)) {
    return {
      code: 'config.slack_malformed_token',
      message: 'contains a character that no Slack token has; was it copied completely?',
    }
  }
  return undefined
}

/** The first character that betrays a slip in copying, in words. */
export function strayCharacter(value: string): string | undefined {
  if (/[\r\n]/.test(value)) return 'a line break'
  if (/\s/.test(value)) return 'a blank'
  if (/["'`“”‘’]/.test(value)) return 'a quotation mark'
  if (/[\p{Cc}\p{Cf}]/u.test(value)) {
    return 'an invisible character'
  }
  return undefined
}

/** `xoxb-your-token`, `<token>`, `changeme`, `xoxb-...`, `xapp-xxxxxx`: what examples and templates hold. */
export function isPlaceholder(value: string): boolean {
  return (
    /(^|[-_])(your|my|insert|replace|paste)([-_]|$)/i.test(value) ||
    /change.?me|placeholder|x{6,}|X{6,}|\*{3,}|\.{3}|…|[<>{}$[\]]/.test(value) ||
    /^(xoxb|xapp)?-?(token|secret)?$/i.test(value)
  )
}

function incomplete(settings: SlackSettings): SettingFault | undefined {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: secret } = settings
  const code = 'config.slack_incomplete'
  if (bot && !app && !secret) {
    return {
      code,
      variable: 'SLACK_APP_TOKEN',
      message:
        'is not set, although SLACK_BOT_TOKEN is. Set it too for Socket Mode (or SLACK_SIGNING_SECRET, to serve ' +
        'Slack over HTTP), or unset SLACK_BOT_TOKEN to use the simulator',
      hint: WHERE.SLACK_APP_TOKEN,
    }
  }
  if (!bot && (app || secret)) {
    return {
      code,
      variable: 'SLACK_BOT_TOKEN',
      message: `is not set, although ${app ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET'} is`,
      hint: WHERE.SLACK_BOT_TOKEN,
    }
  }
  if (!bot && settings.SLACK_API_URL) {
    return {
      code,
      variable: 'SLACK_API_URL',
      message: 'is set without any Slack token',
      hint: 'Unset it to use the simulator, or set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.',
    }
  }
  return undefined
}

function apiUrlFaults(settings: SlackSettings): SettingFault[] {
  const text = settings.SLACK_API_URL
  if (text === undefined) return []
  const url = URL.canParse(text) ? new URL(text) : undefined
  const variable = 'SLACK_API_URL'
  const hint = 'Leave it out for Slack itself (https://slack.com/api/).'
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    return [{ code: 'config.bad_value', variable, message: 'is not an http(s) address', hint }]
  }
  if (url.username || url.password) {
    return [{ code: 'config.bad_value', variable, message: 'must not contain a user name or password', hint }]
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    const message = 'would send the tokens unencrypted: another machine is only reached over https'
    return [{ code: 'config.bad_value', variable, message, hint }]
  }
  return []
}
