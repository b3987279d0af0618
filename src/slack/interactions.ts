// What a click in one of our messages means, and what becomes of the message afterwards.
import type { BlockAction, ButtonAction } from '@slack/bolt'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'
import type { SlackClients } from './clients.ts'
import type { Details } from './details.ts'
import type { Dispatch, Request } from './dispatch.ts'
import { scopeError } from './failures.ts'
import type { Answers, Place } from './place.ts'
import type { SurfaceLinks } from './ports.ts'
import { messageIdOf } from './posting.ts'
import type { RunValue } from './render/buttons.ts'
import type { DetailsPlace } from './render/details.ts'
import { note } from './render/notes.ts'
import { alreadySettled } from './render/notification.ts'
import type { Settle } from './settling.ts'

export interface Click {
  body: BlockAction
  action: ButtonAction
  actor: Actor
  place: Place
}

/** A second click within this time is the same click. */
const doubleClickMs = 10_000

export function createInteractions(options: {
  clients: SlackClients
  dispatch: Dispatch
  details: Details
  answers: Answers
  settle: Settle
  links: SurfaceLinks
}) {
  const { clients, dispatch, details, answers, settle, links } = options

  function request({ body, action, actor, place }: Click): Request {
    const where = body.message
      ? `${body.channel?.id}:${body.message.ts}`
      : `${body.view?.type ?? 'home'}:${actor.id}`
    const once = { key: `button:${where}:${action.action_id}`, windowMs: doubleClickMs }
    return { actor, place, once, trigger: body.trigger_id }
  }

  function inputsOf(value: RunValue): JsonObject | undefined {
    if (value.inputs) return value.inputs
    return value.inputsKey ? jsonObjectSchema.parse(links.get(value.inputsKey) ?? {}) : undefined
  }

  /** Replaces the button by who did it and when; `already` tells a later one so, privately. */
  async function settled(
    click: Click,
    verb: { past: string; label: string },
    by: Actor,
    at: string,
    already: boolean,
  ) {
    const { actor, place } = click
    await settle(click, { verb: verb.label, by, at })
    if (already && by.id !== actor.id) await answers.whisper(place, note(alreadySettled(verb.past, by, at)))
  }

  return {
    async run(click: Click): Promise<void> {
      const value = JSON.parse(click.action.value ?? '{}') as RunValue
      const inputs = inputsOf(value)
      await dispatch.command(
        'run',
        { workflowId: value.workflowId, ...(inputs ? { inputs } : {}) },
        request(click),
      )
    },

    async open(click: Click): Promise<void> {
      const { body, action, place } = click
      const report = dispatch
        .run('report', { executionId: action.value ?? '' }, request(click))
        .then((result) => {
          if (result.kind === 'report') return result.report
          throw new WorkflowError('execution.unknown', 'There is no report of this execution.')
        })
      const message = { channel: body.channel?.id, ts: body.message?.thread_ts ?? body.message?.ts }
      await details.open(body.trigger_id, place, body.message ? message : {}, report)
    },

    async acknowledge(click: Click): Promise<void> {
      const { body } = click
      const messageId = messageIdOf(body.channel?.id ?? '', body.message?.ts ?? '')
      const result = await dispatch.run('acknowledge', { messageId }, request(click))
      if (result.kind !== 'acknowledged') return
      await settled(
        click,
        { label: 'Acknowledged', past: 'acknowledged' },
        result.by,
        result.at,
        result.already,
      )
    },

    async completeTask(click: Click): Promise<void> {
      const result = await dispatch.run('complete_task', { taskId: click.action.value ?? '' }, request(click))
      if (result.kind !== 'task_completed') return
      await settled(click, { label: 'Done', past: 'completed' }, result.by, result.at, result.already)
    },

    /** Slack lets the bot into public channels alone; into others people invite it. */
    async join({ action, place }: Click): Promise<void> {
      const channel = action.value ?? ''
      try {
        await clients.answers.conversations.join({ channel })
      } catch (thrown) {
        const refusal = scopeError(thrown)
        if (refusal) throw refusal
        throw new WorkflowError('slack.cannot_join', 'I cannot join this channel by myself.', {
          hint: 'Invite me: type /invite @workflow here.',
          cause: thrown,
        })
      }
      await answers.whisper(place, note(':wave: I have joined. Results of what is asked here appear here.'))
    },

    async sendFile(click: Click): Promise<void> {
      const from = JSON.parse(click.body.view?.private_metadata || '{}') as DetailsPlace
      const result = await dispatch.run('report', { executionId: from.executionId }, request(click))
      if (result.kind === 'report') await details.sendFile(from, click.actor.id, result.report)
    },
  }
}
