// The shortcuts: run a workflow from anywhere, or on a message, whose text, author and address are passed on to the
// inputs of those names.
import type { App, GlobalShortcut, MessageShortcut } from '@slack/bolt'
import { formToRun } from '../commands/forms.ts'
import type { Services } from '../commands/types.ts'
import { checkInputs, type Inputs } from '../definition/inputs.ts'
import type { Actor } from '../engine/report.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'
import type { Directory } from './directory.ts'
import type { Dispatch } from './dispatch.ts'
import type { Forms } from './forms.ts'
import type { Permalinks } from './permalinks.ts'
import type { Place } from './place.ts'
import type { SurfaceLinks } from './ports.ts'
import { plainWords } from './render/escape.ts'
import { type PickMeta, pickBlock, type RunFormMeta } from './render/forms.ts'
import { fieldErrors, readFields } from './render/inputs.ts'
import { clamp } from './render/limits.ts'
import type { Submission, Submitted } from './submissions.ts'
import type { WorkLog } from './work.ts'

/** As in manifest.yml. */
export const shortcutIds = { global: 'run_workflow', message: 'run_on_message' } as const

/** As long as an input may be at most. */
const longestText = 3000
const dayMs = 86_400_000

export interface Shortcuts {
  listen(app: App, ackFirst: (ack: () => Promise<void>) => Promise<void>): void
  /** The modal that lists workflows was sent: the next one opens, or the workflow starts when nothing is to be asked. */
  picked(submission: Submission<PickMeta>): Promise<Submitted>
  /** A form of inputs was sent. */
  filled(submission: Submission<RunFormMeta>): Promise<Submitted>
}

export function createShortcuts(options: {
  services: Services
  dispatch: Dispatch
  forms: Forms
  permalinks: Permalinks
  directory: Directory
  links: SurfaceLinks
  work: WorkLog
}): Shortcuts {
  const { services, dispatch, forms, permalinks, directory, links, work } = options
  /** Messages that are being looked up, by their key. */
  const keeping = new Map<string, Promise<void>>()

  function start(
    workflowId: string,
    inputs: JsonObject,
    { actor, viewId }: Submission<unknown>,
    place: Place,
  ): Submitted {
    const once = { key: `view:${viewId}`, windowMs: dayMs }
    return {
      async after() {
        await dispatch.command('run', { workflowId, inputs }, { actor, place, once })
      },
    }
  }

  /** Keeps what a message says for the time until a workflow is chosen; a modal's own memory is too small for it. */
  async function keepMessage(shortcut: MessageShortcut, key: string): Promise<void> {
    const { message, channel } = shortcut
    const ts = message.ts
    const [link, author] = await Promise.all([
      ts ? permalinks.ofMessage(channel.id, ts) : undefined,
      message.user ? directory.userName(message.user) : String(message.username ?? 'an app'),
    ])
    await links.set(key, {
      text: clamp(plainWords(message.text ?? ''), longestText),
      author,
      ...(message.user ? { authorId: message.user } : {}),
      ...(link ? { link } : {}),
    })
  }

  function messageInputs(declared: Inputs, key: string | undefined): JsonObject {
    const kept = key === undefined ? undefined : jsonObjectSchema.safeParse(links.get(key)).data
    if (!kept) return {}
    const author = declared.message_author?.type === 'user' ? kept.authorId : kept.author
    const all = { message_text: kept.text, message_author: author, message_link: kept.link }
    const given: JsonObject = {}
    for (const [name, value] of Object.entries(all))
      if (value !== undefined && value !== '' && Object.hasOwn(declared, name)) given[name] = value
    const text = declared.message_text
    if (text?.type === 'string' && typeof given.message_text === 'string')
      given.message_text = clamp(given.message_text, text.max_length ?? longestText)
    return given
  }

  async function asked(shortcut: GlobalShortcut | MessageShortcut): Promise<void> {
    const user = shortcut.user.id
    const actor: Actor = {
      kind: 'slack',
      id: user,
      name: ('username' in shortcut.user ? shortcut.user.username : shortcut.user.name) ?? user,
    }
    if (shortcut.type === 'shortcut') {
      // There is no channel: the result goes to the person.
      const place = { channel: user, user }
      await guarded(place, () => forms.pick(shortcut.trigger_id, { actor, place }, {}))
      return
    }
    const { channel, message, trigger_id } = shortcut
    const thread = typeof message.thread_ts === 'string' ? message.thread_ts : message.ts
    const place: Place = { channel: channel.id, user, ...(thread ? { thread } : {}) }
    const messageKey = `slack:message-shortcut:${trigger_id}`
    const about = plainWords(message.text ?? '') || 'without text'
    // The permission to open a modal lasts three seconds, so what the message says is looked up meanwhile.
    const kept = keepMessage(shortcut, messageKey).finally(() => keeping.delete(messageKey))
    keeping.set(messageKey, kept)
    await Promise.all([
      guarded(place, () => forms.pick(trigger_id, { actor, place }, { messageKey }, about)),
      guarded(place, () => kept),
    ])
  }

  async function guarded(place: Place, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (thrown) {
      await dispatch.failed(thrown, place)
    }
  }

  return {
    listen(app, ackFirst) {
      for (const callback_id of Object.values(shortcutIds)) {
        app.shortcut(callback_id, async ({ ack, shortcut }) => {
          const done = work.begin()
          try {
            await ackFirst(ack)
            if (shortcut.type !== 'shortcut' && shortcut.type !== 'message_action') return
            if (work.first(shortcut.trigger_id)) await asked(shortcut)
          } finally {
            done()
          }
        })
      }
    },

    async picked(submission) {
      const { meta, state, actor } = submission
      const { place, messageKey } = meta
      const workflowId = Object.values(state[pickBlock] ?? {})[0]?.selected_option?.value ?? ''
      const { inputs } = await formToRun(workflowId, { actor, services })
      await keeping.get(messageKey ?? '')?.catch(() => undefined)
      const given = messageInputs(inputs, messageKey)
      const nothingToAsk = Object.keys(inputs).every((name) => Object.hasOwn(given, name))
      if (nothingToAsk && checkInputs(inputs, given, services.records).ok)
        return start(workflowId, given, submission, place)
      const view = await forms.view(workflowId, given, { actor, place })
      return { answer: { response_action: 'update', view } }
    },

    async filled(submission) {
      const { meta, state, blocks, actor } = submission
      const { workflowId, place } = meta
      const { inputs } = await formToRun(workflowId, { actor, services })
      const given = readFields(inputs, state)
      const checked = checkInputs(inputs, given, services.records)
      if (!checked.ok)
        return { answer: { response_action: 'errors', errors: fieldErrors(checked.faults, blocks) } }
      return start(workflowId, given, submission, place)
    },
  }
}
