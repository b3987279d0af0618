// The payloads that Slack sends to an app, in their real shapes, and the word that a person gets when no ack comes.
import { randomBytes } from 'node:crypto'
import type { Delivery, SimulatedChannel, SimulatedUser } from './control.ts'
import type { Core } from './core.ts'
import { isObject, type Payload } from './payload.ts'
import type { EnvelopeType, Outcome } from './socket.ts'

/** Every payload carries it; apps stopped looking at it years ago. */
const VERIFICATION_TOKEN = 'simulated-verification-token'

/** What all interactive payloads begin with. */
export function envelopeBase(core: Core, user: SimulatedUser): Payload {
  const { world, bot } = core.workspace
  return {
    team: { id: world.team.id, domain: world.team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: teamOf(core, user) },
    api_app_id: bot.app_id,
    token: VERIFICATION_TOKEN,
    enterprise: null,
    is_enterprise_install: false,
  }
}

export function slashCommand(
  core: Core,
  user: SimulatedUser,
  channel: SimulatedChannel,
  typed: { command: string; text: string; trigger_id: string; response_url: string },
): Payload {
  const { world, bot } = core.workspace
  return {
    token: VERIFICATION_TOKEN,
    team_id: world.team.id,
    team_domain: world.team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command: typed.command,
    text: typed.text,
    api_app_id: bot.app_id,
    is_enterprise_install: 'false',
    response_url: typed.response_url,
    trigger_id: typed.trigger_id,
  }
}

/** Events arrive in a wrapper with an id of their own, by which an app recognises a repetition. */
export function eventCallback(core: Core, event: Payload): Payload {
  const { world, bot } = core.workspace
  return {
    token: VERIFICATION_TOKEN,
    team_id: world.team.id,
    context_team_id: world.team.id,
    context_enterprise_id: null,
    api_app_id: bot.app_id,
    event,
    type: 'event_callback',
    event_id: `Ev${randomBytes(6).toString('hex').toUpperCase()}`,
    event_time: Math.floor(core.workspace.time() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: world.team.id,
        user_id: bot.user_id,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${randomBytes(24).toString('base64url')}`,
  }
}

export function channelName(channel: SimulatedChannel): string {
  return channel.kind === 'im' ? 'directmessage' : channel.name
}

export function responseUrl(core: Core, grant: Parameters<Core['grants']['response']>[0]): string {
  return `${core.url()}/response/${core.workspace.world.team.id}/${core.grants.response(grant)}`
}

function teamOf(core: Core, user: SimulatedUser): string {
  return user.is_stranger ? 'T0OTHERTEAM' : core.workspace.world.team.id
}

/**
 * Sends an envelope and turns its outcome into what the control API answers. When no ack comes within Slack's three
 * seconds, `failed` is told (the person sees a word of Slackbot's) and a problem is noted.
 */
export async function sendEnvelope(
  core: Core,
  sent: {
    type: EnvelopeType
    payload: Payload
    subject: string
    acceptsResponse?: boolean
    deliveries?: number
  },
  failed: () => void = () => {},
): Promise<Delivery> {
  const outcome = await core.socket.deliver(sent.type, sent.payload, {
    subject: sent.subject,
    acceptsResponse: sent.acceptsResponse ?? false,
    deliveries: sent.deliveries ?? 1,
  })
  const trigger_id = typeof sent.payload.trigger_id === 'string' ? sent.payload.trigger_id : null
  if (outcome.kind === 'acked') {
    return { acked: true, ack_ms: outcome.ackMs, response: answered(outcome), trigger_id }
  }
  if (outcome.kind === 'timeout')
    core.workspace.problem('no_ack', sent.subject, 'the app did not acknowledge within 3 seconds')
  else core.workspace.problem('not_connected', sent.subject, 'no Socket Mode connection is open')
  failed()
  return { acked: false, ack_ms: null, response: null, trigger_id }
}

/** The SDK acks with an empty object when there is nothing to say. */
function answered(outcome: Extract<Outcome, { kind: 'acked' }>): unknown {
  return isObject(outcome.payload) && Object.keys(outcome.payload).length === 0 ? null : outcome.payload
}
