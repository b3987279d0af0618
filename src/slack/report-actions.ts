// What the buttons of a report do: run it again, take it back, stop it, tell what changed, turn a page of its details.
import { z } from 'zod'
import type { Clock } from '../engine/ports.ts'
import type { Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Details } from './details.ts'
import type { Dispatch, Request } from './dispatch.ts'
import type { Click } from './interactions.ts'
import { messageOf } from './lifecycle.ts'
import type { Place } from './place.ts'
import { type DetailsPlace, detailTabs } from './render/details.ts'
import type { Settle } from './settling.ts'

const againValue = z.object({ executionId: z.string(), from: z.enum(['start', 'failed']) })
const detailsPlace = z.object({
  executionId: z.string(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  tab: z.enum(detailTabs).optional(),
})

/** A second click within this time is the same click. */
const doubleClickMs = 10_000

export interface ReportActions {
  again(click: Click): Promise<void>
  rollback(click: Click): Promise<void>
  cancel(click: Click): Promise<void>
  changed(click: Click): Promise<void>
  tab(click: Click): Promise<void>
  saveScenario(click: Click): Promise<void>
  addScenario(click: Click): Promise<void>
}

export function createReportActions(options: {
  dispatch: Dispatch
  details: Details
  settle: Settle
  clock: Clock
}): ReportActions {
  const { dispatch, details, settle, clock } = options
  /** What is being saved: a second click on the same button meanwhile is the same click. */
  const saving = new Set<string>()

  async function once(click: Click, work: () => Promise<void>): Promise<void> {
    const { body, action, actor } = click
    const button = `${body.channel?.id ?? actor.id}:${body.message?.ts ?? body.view?.id}:${action.action_id}`
    if (saving.has(button)) return
    saving.add(button)
    try {
      await work()
    } finally {
      saving.delete(button)
    }
  }

  function request(click: Click, place = placeOf(click)): Request {
    const { body, action, actor } = click
    const where = body.message ? `${body.channel?.id}:${body.message.ts}` : `${body.view?.type}:${actor.id}`
    return { actor, place, once: { key: `button:${where}:${action.action_id}`, windowMs: doubleClickMs } }
  }

  return {
    async again(click) {
      const { executionId, from } = againValue.parse(JSON.parse(click.action.value ?? '{}'))
      await dispatch.command('retry', { executionId, from }, request(click))
    },

    async rollback(click) {
      await dispatch.command('rollback', { executionId: click.action.value ?? '' }, request(click))
    },

    /** Says nothing of its own: the message that follows the execution becomes its report. */
    async cancel(click) {
      await dispatch.run('cancel', { executionId: click.action.value ?? '' }, request(click))
    },

    /** Answers in the thread of the report, where it belongs. */
    async changed(click) {
      const place = placeOf(click)
      const thread = place.thread ?? click.body.message?.ts ?? viewPlace(click)?.ts
      const inThread = thread && place.channel !== click.actor.id ? { ...place, thread } : place
      await dispatch.command('diff', { executionId: click.action.value ?? '' }, request(click, inThread))
    },

    saveScenario: (click) =>
      once(click, async () => {
        const executionId = click.action.value ?? ''
        const saved = await dispatch.run('save', { executionId }, request(click))
        if (saved.kind !== 'scenario') return
        const report = await reportOf(dispatch, executionId, request(click))
        const place = viewPlace(click) ?? { executionId, ...messageOf(click) }
        await details.sendScenario(place, click.actor.id, report, saved)
      }),

    addScenario: (click) =>
      once(click, async () => {
        const input = { executionId: click.action.value ?? '', write: true }
        // A message that one person sees cannot be changed: the answer comes as another one.
        if (!messageOf(click).ts) {
          await dispatch.command('save', input, request(click))
          return
        }
        await dispatch.run('save', input, request(click))
        await settle(click, { verb: 'Added', by: click.actor, at: new Date(clock.now()).toISOString() })
      }),

    async tab(click) {
      const { view } = click.body
      const place = viewPlace(click)
      const tab = detailTabs.find((known) => known === click.action.value)
      if (!view || !place || !tab) return
      const report = await reportOf(dispatch, place.executionId, request(click))
      await details.turn({ id: view.id, hash: view.hash }, { ...place, tab }, click.actor.id, report)
    },
  }
}

/** Throws WorkflowError. */
export async function reportOf(dispatch: Dispatch, executionId: string, request: Request): Promise<Report> {
  const result = await dispatch.run('report', { executionId }, request)
  if (result.kind === 'report') return result.report
  throw new WorkflowError('execution.unknown', 'There is no report of this execution.')
}

/** From a modal that was opened from a message, answers go where that message is. */
function placeOf(click: Click): Place {
  const { channel, ts } = viewPlace(click) ?? {}
  if (!channel) return click.place
  return { ...click.place, channel, ...(ts ? { thread: ts } : {}) }
}

function viewPlace({ body }: Click): DetailsPlace | undefined {
  if (body.view?.callback_id !== 'details') return undefined
  const read = detailsPlace.safeParse(JSON.parse(body.view.private_metadata || '{}'))
  return read.success ? read.data : undefined
}
