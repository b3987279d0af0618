// The shapes of the control API's request bodies, held against the types of control.ts by the compiler.
import { z } from 'zod'
import type { ControlRequests } from './control.ts'

const value = z.union([z.string(), z.array(z.string()), z.null()])
const place = z.union([
  z.strictObject({ channel: z.string(), ts: z.string() }),
  z.strictObject({ view_id: z.string() }),
])
const target = { user: z.string(), in: place, block_id: z.string().optional(), action_id: z.string() }
const channel = z.string()
const deliveries = z.int().min(1).max(20).optional()

export const requestShapes: { [K in keyof ControlRequests]: z.ZodType<ControlRequests[K]> } = {
  command: z.strictObject({ user: z.string(), channel, text: z.string().max(8000), deliveries }),
  message: z.strictObject({
    user: z.string(),
    channel,
    text: z.string().max(40_000),
    thread_ts: z.string().optional(),
  }),
  action: z.strictObject({
    ...target,
    value: value.optional(),
    deliveries,
  }),
  submit: z.strictObject({
    user: z.string(),
    view_id: z.string(),
    values: z.record(z.string(), z.record(z.string(), value)),
  }),
  close: z.strictObject({ user: z.string(), view_id: z.string() }),
  home: z.strictObject({ user: z.string() }),
  shortcut: z.strictObject({
    user: z.string(),
    callback_id: z.string(),
    message: z.strictObject({ channel, ts: z.string() }).optional(),
  }),
  suggest: z.strictObject({ ...target, query: z.string() }),
  fault: z.strictObject({
    method: z.string(),
    times: z.int().min(1),
    error: z.string().optional(),
    status: z.int().min(200).max(599).optional(),
    retry_after: z.number().min(0).optional(),
    delay_ms: z.number().min(0).optional(),
  }),
  disconnect: z.strictObject({
    reason: z.enum(['warning', 'refresh_requested', 'link_disabled', 'too_many_websockets', 'abrupt']),
  }),
  change: z.union([
    z.strictObject({ what: z.enum(['archive', 'unarchive', 'remove_bot', 'invite_bot']), channel }),
    z.strictObject({ what: z.literal('delete_message'), channel, ts: z.string() }),
    z.strictObject({ what: z.enum(['revoke_token', 'restore_token']) }),
    z.strictObject({ what: z.enum(['remove_scope', 'add_scope']), scope: z.string() }),
  ]),
}
