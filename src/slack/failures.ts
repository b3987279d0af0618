// Slack's refusals as errors that a person can act on: a code, what happened, and what to do about it.
import { WebAPIHTTPError, WebAPIRequestError } from '@slack/web-api'
import { WorkflowError } from '../errors.ts'
import { rateLimitMs, slackError } from './call.ts'

const auth = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
])

export function isAuthFailure(thrown: unknown): boolean {
  return auth.has(slackError(thrown) ?? '')
}

/** `slack.invalid_auth` for a refused token: which variable holds it and where to find the right value. */
export function authError(which: 'bot' | 'app', thrown: unknown): WorkflowError {
  const variable = which === 'bot' ? 'SLACK_BOT_TOKEN' : 'SLACK_APP_TOKEN'
  const place =
    which === 'bot'
      ? 'Copy it from api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token (it begins with xoxb-).'
      : 'Create it at api.slack.com/apps → your app → Basic Information → App-Level Tokens, with the scope connections:write (it begins with xapp-).'
  return new WorkflowError(
    'slack.invalid_auth',
    `Slack refuses ${variable} (${slackError(thrown) ?? 'unknown reason'}).`,
    {
      hint: place,
      cause: thrown,
    },
  )
}

/** Which scope a `missing_scope` refusal asks for. */
function neededScope(thrown: unknown): string {
  const data = thrown instanceof Error && 'data' in thrown ? thrown.data : undefined
  const needed = typeof data === 'object' && data !== null && 'needed' in data ? data.needed : undefined
  return typeof needed === 'string' ? needed : 'of the manifest'
}

/** `slack.missing_scope`: names the scope that the app lacks for what was tried; undefined for anything else. */
export function scopeError(thrown: unknown): WorkflowError | undefined {
  if (slackError(thrown) !== 'missing_scope') return undefined
  return new WorkflowError(
    'slack.missing_scope',
    `Slack does not let me do this: the app lacks the scope ${neededScope(thrown)}.`,
    {
      hint: 'Whoever runs me adds it at api.slack.com/apps → the app → OAuth & Permissions, then installs it again.',
      cause: thrown,
    },
  )
}

/** Why a message could not be posted to `to`; codes as the port `Messenger` names them. */
export function postingError(to: string, thrown: unknown): WorkflowError {
  if (thrown instanceof WorkflowError) return thrown
  const fail = (code: string, message: string, hint: string) =>
    new WorkflowError(code, message, { hint, cause: thrown })
  const reason = slackError(thrown)
  switch (reason) {
    case 'channel_not_found':
      return fail(
        'notify.channel_not_found',
        `There is no channel ${to} that I can see.`,
        'Check the spelling. If the channel is private, invite the bot there: /invite @workflow',
      )
    case 'not_in_channel':
      return fail(
        'notify.not_in_channel',
        `I am not in ${to}.`,
        `Invite the bot there: open ${to} and type /invite @workflow`,
      )
    case 'is_archived':
      return fail(
        'notify.archived',
        `The channel ${to} is archived.`,
        'Unarchive it, or name another channel in the workflow.',
      )
    case 'missing_scope':
      return fail(
        'notify.missing_scope',
        `Slack does not let the bot do this: the scope ${neededScope(thrown)} is missing.`,
        'Add it at api.slack.com/apps → your app → OAuth & Permissions, then install the app again.',
      )
    case 'user_not_found':
    case 'user_disabled':
    case 'cannot_dm_bot':
      return fail(
        'notify.user_not_found',
        `There is nobody called ${to} to write to.`,
        'Check the name: it is the @name, not the full name.',
      )
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
      return fail(
        'notify.not_allowed',
        `The bot may not post in ${to}.`,
        'Ask an owner of the workspace who may post there.',
      )
    case 'msg_too_long':
    case 'msg_blocks_too_long':
    case 'invalid_blocks':
      return fail(
        'notify.refused',
        'Slack does not accept this message.',
        'Make it shorter, or move the long part into a table.',
      )
  }
  if (isAuthFailure(thrown)) {
    return fail(
      'notify.unauthorized',
      'Slack no longer accepts the token of the bot.',
      'Whoever runs the bot must renew SLACK_BOT_TOKEN.',
    )
  }
  if (rateLimitMs(thrown) !== undefined) {
    return fail(
      'notify.rate_limited',
      'Slack takes no more messages at the moment.',
      'Try again in a minute.',
    )
  }
  if (thrown instanceof WebAPIRequestError || thrown instanceof WebAPIHTTPError) {
    return fail(
      'notify.unreachable',
      'Slack cannot be reached.',
      'Try again in a minute; if it stays, look at status.slack.com.',
    )
  }
  return fail(
    'notify.failed',
    `Slack refused the message${reason ? ` (${reason})` : ''}.`,
    'The log of the bot has the details.',
  )
}

/** The bot is not where it was asked to write, or cannot see that place. */
export function isNotThere(thrown: unknown): boolean {
  return [
    'not_in_channel',
    'channel_not_found',
    'is_archived',
    'restricted_action',
    'thread_not_found',
  ].includes(slackError(thrown) ?? '')
}

/** The message to be edited is gone for good; another attempt is pointless. */
export function isGone(thrown: unknown): boolean {
  return [
    'message_not_found',
    'cant_update_message',
    'channel_not_found',
    'is_archived',
    'edit_window_closed',
  ].includes(slackError(thrown) ?? '')
}

/** Nobody can be told anything there any more: it was archived, or the bot was shut out. */
export function isClosedOff(thrown: unknown): boolean {
  return ['channel_not_found', 'is_archived'].includes(slackError(thrown) ?? '')
}
