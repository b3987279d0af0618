// Modals that were sent, and the words that somebody types into a select: what arrives, what is answered within Slack's
// three seconds, and what happens afterwards.
import type { App, ViewResponseAction } from '@slack/bolt'
import type { Actor } from '../engine/report.ts'
import type { JsonObject } from '../json.ts'
import type { Dispatch } from './dispatch.ts'
import type { Place } from './place.ts'
import type { FormState } from './render/inputs.ts'
import type { WorkLog } from './work.ts'

export interface Submission<Meta> {
  viewId: string
  meta: Meta
  state: FormState
  blocks: { type: string; block_id?: string | undefined }[]
  actor: Actor
}

/** `answer`: faults at the fields, or the next modal. Otherwise the modal closes and `after` is done. */
export type Submitted = { answer: ViewResponseAction } | { after: () => Promise<void> }

interface Listening {
  app: App
  dispatch: Dispatch
  work: WorkLog
  ackFirst(ack: () => Promise<void>): Promise<void>
}

/** Listens to one kind of modal. What goes wrong is told privately where the modal came from. */
export function onSubmission<Meta extends { place: Place }>(
  { app, dispatch, work, ackFirst }: Listening,
  callbackId: string,
  handle: (submission: Submission<Meta>) => Promise<Submitted>,
): void {
  app.view({ type: 'view_submission', callback_id: callbackId }, async ({ ack, body, view }) => {
    const done = work.begin()
    const meta = JSON.parse(view.private_metadata || '{}') as Meta
    const actor: Actor = { kind: 'slack', id: body.user.id, name: body.user.name }
    const state = view.state.values as FormState
    const submission = { viewId: view.id, meta, state, blocks: view.blocks, actor }
    try {
      const submitted = await handle(submission).catch((thrown: unknown): Submitted => {
        // The modal closes all the same: without an ack, Slack would say that the app does not answer.
        return { after: () => Promise.reject(thrown) }
      })
      await ackFirst(() => ('answer' in submitted ? ack(submitted.answer) : ack()))
      // Delivered again, or the button pressed twice: it was done already.
      if ('after' in submitted && work.first(`${callbackId}:${view.id}`)) await submitted.after()
    } catch (thrown) {
      await dispatch.failed(thrown, meta.place)
    } finally {
      done()
    }
  })
}

export interface Suggestion {
  blockId: string
  query: string
  callbackId: string
  meta: JsonObject
}

/** Listens to somebody typing into an external select. Whatever goes wrong, there is an answer: nothing found. */
export function onSuggestion(
  app: App,
  actionId: string,
  find: (asked: Suggestion) => ReturnType<typeof import('./render/inputs.ts')['suggestions']>,
): void {
  app.options<'block_suggestion'>(
    { type: 'block_suggestion', action_id: actionId },
    async ({ ack, body, logger }) => {
      let options: ReturnType<typeof find> = []
      try {
        options = find({
          blockId: body.block_id,
          query: body.value,
          callbackId: body.view?.callback_id ?? '',
          meta: JSON.parse(body.view?.private_metadata || '{}') as JsonObject,
        })
      } catch (thrown) {
        logger.error('suggestions failed', String(thrown))
      }
      await ack({ options })
    },
  )
}
