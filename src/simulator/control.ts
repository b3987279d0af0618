// The control API of the simulator: lets a script, or the page, do what a person does in Slack, and see what they see.
// JSON over HTTP under /control/ on the simulator's own address. Errors answer 4xx with {error, message}. In the same
// process `simulator.control` (control-api.ts) does the same without HTTP. Requests whose Host is no name of loopback or
// whose Origin is another site are answered 403 `forbidden`, bodies that are not application/json 415.
import type { KnownBlock, View } from '@slack/types'

export interface SimulatedUser {
  id: string
  /** Handle, without `@`. */
  name: string
  real_name: string
  is_bot: boolean
  /** Guests (`is_restricted`) and people of another workspace (`is_stranger`) are part of the cast in tests. */
  is_restricted?: boolean
  is_stranger?: boolean
  /** CSS colour of the avatar on the page. */
  color: string
}

export interface SimulatedChannel {
  id: string
  /** Without `#`; for a direct message the other person's handle. */
  name: string
  kind: 'public' | 'private' | 'im'
  is_archived: boolean
  topic: string
  members: string[]
}

export interface SimulatedFile {
  id: string
  name: string
  title: string
  mimetype: string
  /** Path on the simulator from which the page can load it. */
  url: string
  alt_text?: string
  size: number
}

export interface SimulatedMessage {
  channel: string
  ts: string
  thread_ts?: string
  user: string
  text: string
  blocks?: KnownBlock[]
  files?: SimulatedFile[]
  metadata?: { event_type: string; event_payload: Record<string, unknown> }
  edited?: { user: string; ts: string }
  /** Set for a message that only this person sees. */
  ephemeral_for?: string
  reply_count?: number
  latest_reply?: string
  permalink: string
}

export interface OpenView {
  id: string
  hash: string
  /** Who sees it. */
  user: string
  /** Position in the stack of modals, 0 at the bottom; -1 for the home tab. */
  depth: number
  view: View
}

/** What the bot did that Slack would not forgive: late acks, unknown methods, refused payloads, used-up triggers. */
export interface Problem {
  at: string
  kind: 'late_ack' | 'no_ack' | 'refused' | 'unknown_method' | 'rate_limited' | 'not_connected'
  /** Web API method, command or action it is about. */
  subject: string
  detail: string
}

/** What an element is set to: a button needs none; selects take option values, ids or dates; text inputs take text. */
export type ElementValue = string | string[] | null

/** Every call that delivers something to the app answers when the app has acked it, or after the 3 s that Slack gives. */
export interface Delivery {
  acked: boolean
  /** Milliseconds from sending to the ack. */
  ack_ms: number | null
  /**
   * The ack's payload, for example `{response_action: "errors", errors: {…}}`; null when it had none. After `submit`
   * `{trouble: "…"}` when the app did not ack or answered what Slack does not understand: the modal stays open and
   * shows that text.
   */
  response: unknown
  trigger_id: string | null
}

/** `POST /control/command`, `/control/message`, `/control/action`, `/control/submit`, `/control/close`, … */
export interface ControlRequests {
  /**
   * Types a slash command; `text` begins with `/`. Posts nothing by itself (as in Slack). With `deliveries` the very
   * same envelope arrives so many times: redelivery as Slack does it.
   */
  command: { user: string; channel: string; text: string; deliveries?: number }
  /** Writes a message; an @mention of the bot is delivered as an `app_mention` event. Answers the message. */
  message: { user: string; channel: string; text: string; thread_ts?: string }
  /**
   * Presses a button or chooses in a select, in a message or in a view. For an input block without `dispatch_action`
   * it notes the value, which the next action or the submission carries, and the app hears nothing. Feedback buttons
   * take the value of the one that is pressed.
   */
  action: {
    user: string
    in: { channel: string; ts: string } | { view_id: string }
    block_id?: string
    action_id: string
    value?: ElementValue
    /** How often the very same envelope is delivered: redelivery as Slack does it. */
    deliveries?: number
  }
  /**
   * Submits the modal on top. `values` by block_id, then action_id; what is left out keeps what was typed before or
   * its initial value. What Slack's own client would not send answers 422 `invalid_input` with `errors` by block_id.
   */
  submit: { user: string; view_id: string; values: Record<string, Record<string, ElementValue>> }
  /** Closes a modal (delivers `view_closed` where the view asked for it). */
  close: { user: string; view_id: string }
  /** Opens the app's home tab (delivers `app_home_opened`). */
  home: { user: string }
  /** A shortcut; with `message` a message shortcut. */
  shortcut: { user: string; callback_id: string; message?: { channel: string; ts: string } }
  /**
   * Options of an external select (block_suggestion). Answers `{options}`; empty without asking the app while `query`
   * is shorter than the element's `min_query_length` (3 unless set), as Slack's client does.
   */
  suggest: {
    user: string
    in: { channel: string; ts: string } | { view_id: string }
    block_id?: string
    action_id: string
    query: string
  }
  /** Makes the next calls of a Web API method fail: an error string, an HTTP status, or a rate limit in seconds. */
  fault: {
    method: string
    times: number
    error?: string
    status?: number
    retry_after?: number
    delay_ms?: number
  }
  /** Ends the sockets the way Slack does. */
  disconnect: { reason: 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets' | 'abrupt' }
  /** Changes the workspace: archive a channel, remove the bot from it, delete a message, revoke the token. */
  change:
    | { what: 'archive' | 'unarchive' | 'remove_bot' | 'invite_bot'; channel: string }
    | { what: 'delete_message'; channel: string; ts: string }
    | { what: 'revoke_token' | 'restore_token' }
    | { what: 'remove_scope' | 'add_scope'; scope: string }
}

/** `GET /control/state?user=U…` */
export interface ControlState {
  team: { id: string; name: string; domain: string }
  /** The person through whose eyes this is seen. */
  viewer: string
  users: SimulatedUser[]
  channels: SimulatedChannel[]
  /** User groups (`<!subteam^S…>`). */
  usergroups: { id: string; handle: string; name: string; users: string[] }[]
  bot: { user_id: string; app_id: string; name: string; connected: boolean }
  /** Slash commands with their hints, for completion in the composer; from the app's manifest. */
  commands: { command: string; description: string; usage_hint: string }[]
  shortcuts: { name: string; type: 'global' | 'message'; callback_id: string; description: string }[]
}

/**
 * `GET /control/messages?channel=C…&user=U…[&thread_ts=…]` answers `{messages: SimulatedMessage[]}`, oldest first,
 * with the ephemeral ones of that user. `GET /control/views?user=U…` answers `{modals: OpenView[], home: OpenView | null}`.
 * `GET /control/problems` answers `{problems: Problem[]}`. `GET /control/requests` answers `{requests: {at, method, ok,
 * error?, args}[]}`: the Web API calls of the bot, newest last, tokens left out, at most 2,000 kept.
 *
 * `GET /control/events?user=U…` is a stream of server-sent events, each `data:` a ControlEvent. A page loads state and
 * messages first and then follows the events; after a reconnect it loads again.
 */
export type ControlEvent =
  | { type: 'message'; message: SimulatedMessage }
  | { type: 'message_changed'; message: SimulatedMessage }
  | { type: 'message_deleted'; channel: string; ts: string }
  | { type: 'view_opened' | 'view_updated'; view: OpenView }
  | { type: 'view_closed'; view_id: string; user: string }
  | { type: 'state' }
  | { type: 'problem'; problem: Problem }
