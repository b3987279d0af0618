// A bot with a workflow that asks people before it orders, and can take the order back.
import { approvalAction } from '../../src/actions/approval.ts'
import type { Version } from '../../src/definition/schema.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryMessenger } from '../support/services.ts'
import { edge, workflow } from '../support/workflow.ts'
import { type Bot, createBot } from './bot.ts'

interface Asking {
  approvers?: { users?: string[]; groups?: string[]; not_requester?: boolean }
  needed?: number
  reason?: 'optional' | 'required'
  form?: { [field: string]: object }
  title?: string
}

export interface OrderBot extends Bot {
  /** How often the order was placed and taken back. */
  done: { placed: number; takenBack: number }
  /** From now on placing an order fails. */
  jam(): void
  mend(): void
  /** Starts an order in the name of this client; resolves with its id when it asks, or has ended without. */
  order(actor?: string): Promise<string>
  /** Sends JSON, or nothing. */
  send(method: string, path: string, body?: unknown, headers?: { [name: string]: string }): Promise<Response>
}

/** `ask` (an approval), then `place` with its `undo`. */
export function createOrderBot(asking: Asking = {}, token?: string): OrderBot {
  const { approvers, needed = 1, reason = 'optional', form = {}, title = 'May we order?' } = asking
  const question = {
    to: '#purchasing',
    title,
    text: 'May we?',
    approvers: { users: [], groups: [], not_requester: false, ...approvers },
    needed,
    reason,
    form,
    expires: '1h',
    on_expiry: 'reject',
  }
  const version: Version = workflow(
    [{ name: 'ask', ...question }, { name: 'place', undo: 'take back' }, 'take back'],
    [edge('start -> ask'), edge('ask -> place', { when: 'outputs.ask.approved' })],
  )
  version.definition.metadata = { id: 'order', name: 'Order', description: '', tags: [] }
  const done = { placed: 0, takenBack: 0 }
  let jammed = false
  const clock = new ManualClock()
  const ref = { channel: 'C0PURCHASE', messageId: 'm1' }
  const approval = approvalAction({
    desk: {
      ask: async () => ref,
      revise: async () => {},
      reply: async () => ref,
    },
    messenger: new MemoryMessenger(),
    clock,
  })
  const bot = createBot({
    clock,
    ...(token === undefined ? {} : { token }),
    workflows: [version],
    work: {
      ask: (context, node) => approval.run(node, context),
      place: async (context) => ({
        output: await context.step('run', async () => {
          if (jammed) throw new Error('the press is jammed')
          done.placed++
          return { placed: done.placed }
        }),
      }),
      'take back': async (context) => ({
        output: await context.step('run', async () => {
          done.takenBack++
          return null
        }),
      }),
    },
  })
  const send: OrderBot['send'] = (method, path, body, headers = {}) =>
    bot.ask(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    ...bot,
    done,
    send,
    jam: () => {
      jammed = true
    },
    mend: () => {
      jammed = false
    },
    async order(actor) {
      const response = await send(
        'POST',
        '/api/workflows/order/executions',
        {},
        actor ? { 'X-Actor': actor } : {},
      )
      const { executionId } = (await response.json()) as { executionId: string }
      while (bot.services.engine.info(executionId)?.status === 'running') await bot.clock.advance(0)
      return executionId
    },
  }
}
