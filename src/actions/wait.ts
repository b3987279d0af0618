// The action `wait`: lets time pass, for a duration or until a moment. Survives a restart of the bot.
import { z } from 'zod'
import { durationMs } from '../definition/duration.ts'
import {
  type Duration,
  durationSchema,
  type NodeFault,
  type WorkflowDefinition,
  type WorkflowNode,
} from '../definition/schema.ts'
import { renderTemplate } from '../definition/template.ts'
import { type Action, scopeOf } from '../engine/action.ts'
import type { Clock } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import { checkWaits } from './waits.ts'

const longestWaitMs = 366 * 86_400_000

const fields = z.strictObject({
  for: durationSchema.optional().describe('How long to wait'),
  until: z
    .string()
    .max(500)
    .optional()
    .describe('A moment with its time zone, such as 2026-03-31T09:00:00Z; {{ expression }} is filled in'),
})

type WaitNode = WorkflowNode & { for?: Duration; until?: string }

export function waitAction({ clock }: { clock: Clock }): Action {
  return {
    type: 'wait',
    role: 'action',
    summary: 'Lets time pass',
    fields,
    texts: (node) =>
      node.until === undefined ? [] : [{ is: 'template', text: node.until as string, path: ['until'] }],
    check,
    async run(node, context) {
      const wait = node as WaitNode
      const until = await context.step('plan', async () => {
        const now = clock.now()
        const moment =
          wait.for === undefined
            ? momentOf(renderTemplate(wait.until ?? '', scopeOf(context)))
            : now + durationMs(wait.for)
        if (moment - now > longestWaitMs) {
          throw new WorkflowError('wait.too_long', 'A wait may last a year at most.', {
            hint: 'Check the moment to wait for.',
          })
        }
        return moment
      })
      const iso = new Date(until).toISOString()
      if (until > clock.now()) {
        context.waiting({ kind: 'time', until: iso })
        await context.sleep('sleep', until - clock.now())
        context.waiting(null)
      }
      const woke = await context.step('woke', async () => new Date(clock.now()).toISOString())
      return { output: { until: iso, woke } }
    },
  }
}

/** Milliseconds since 1970 of an ISO time with a zone, or of a date (its first moment in UTC). */
function momentOf(text: string): number {
  const dated = z.iso.date().safeParse(text.trim()).success
  const timed = z.iso.datetime({ offset: true }).safeParse(text.trim()).success
  if (dated || timed) return Date.parse(text.trim())
  throw new WorkflowError('wait.not_a_time', `"${text}" is not a moment to wait for.`, {
    hint: 'Write it with its time zone, for example 2026-03-31T09:00:00Z or 2026-03-31T09:00:00+02:00.',
  })
}

function check(node: WorkflowNode, definition: WorkflowDefinition): NodeFault[] {
  const { for: duration, until } = node as WaitNode
  if ((duration === undefined) !== (until === undefined)) return checkWaits(node, definition, 'for', duration)
  return [
    {
      code: 'workflow.wait_unclear',
      message:
        duration === undefined
          ? 'It says neither how long to wait nor until when.'
          : 'It says both how long to wait and until when.',
      hint: 'Give either "for" or "until".',
      path: [],
    },
  ]
}
