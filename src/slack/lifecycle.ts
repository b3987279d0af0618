// What the buttons on the way of a version do: test, replay, look at all versions, let one answer, go back to another,
// and send what was too long for a message.
import { executeCommand } from '../commands/execute.ts'
import type { CommandResult, Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Audience } from './audience.ts'
import type { SlackClients } from './clients.ts'
import type { Details } from './details.ts'
import { settingsOf } from './discretion.ts'
import type { Dispatch, Request } from './dispatch.ts'
import type { Click } from './interactions.ts'
import { openView } from './open-view.ts'
import { replayedByDefault, reportValueSchema, versionValueSchema } from './render/lifecycle-buttons.ts'
import { type ReplayPlace, renderReplayDetails, replayPlaceSchema } from './render/replay-details.ts'
import { type NamedFile, replayFile, testFile } from './render/report-files.ts'
import type { Settle } from './settling.ts'

/** So many tests of a workflow are kept. */
const testsKept = 30

export interface Lifecycle {
  test(click: Click): Promise<void>
  replay(click: Click): Promise<void>
  versions(click: Click): Promise<void>
  /** Lets a version answer, or asks for a second person; also the way back to one that answered before. */
  activate(click: Click): Promise<void>
  testFile(click: Click): Promise<void>
  openReplay(click: Click): Promise<void>
  replayFile(click: Click): Promise<void>
}

export function createLifecycle(options: {
  clients: SlackClients
  services: Services
  dispatch: Dispatch
  details: Details
  audience: Audience
  settle: Settle
  clock: Clock
}): Lifecycle {
  const { clients, services, dispatch, details, audience, settle, clock } = options

  function request({ actor, place }: Click): Request {
    return { actor, place }
  }

  function named({ action }: Click) {
    const read = versionValueSchema.safeParse(JSON.parse(action.value ?? '{}'))
    if (!read.success) throw new WorkflowError('slack.old_button', 'This button is of another time.')
    const { workflowId, version } = read.data
    return { workflowId, ...(version === undefined ? {} : { version }) }
  }

  /** Who let this version answer, when it does already: whoever pressed first. */
  async function answering({ workflowId, version }: { workflowId: string; version?: number }, actor: Actor) {
    const result = await executeCommand('versions', { workflowId }, { actor, services }).catch(
      () => undefined,
    )
    if (result?.kind !== 'versions') return undefined
    const active = result.versions.find(({ state }) => state === 'active')
    return active?.number === version ? active?.activated : undefined
  }

  async function replayOf({ workflowId, id }: { workflowId: string; id: string }, click: Click) {
    const result = await dispatch.run('replays', { workflowId }, request(click))
    const report = result.kind === 'replays' ? result.reports.find((one) => one.id === id) : undefined
    if (report) return report
    throw new WorkflowError('replay.gone', 'This replay is not kept any more.', {
      hint: `Replay it once more: /workflow replay ${workflowId}`,
    })
  }

  /** Into the thread of the message, unless its values are not for everybody there. */
  function send(click: Click, workflowId: string, place: { channel?: string; ts?: string }, file: NamedFile) {
    return details.sendAny(place, click.actor.id, settingsOf(services, workflowId), file)
  }

  /** What was pressed and is not answered yet: a second click on the same button is the same click. */
  const busy = new Set<string>()

  const shown = (name: string, input: (click: Click) => JsonObject) => async (click: Click) => {
    const { body, action, actor } = click
    const button = `${body.channel?.id ?? actor.id}:${body.message?.ts ?? 'home'}:${action.action_id}`
    if (busy.has(button)) return
    busy.add(button)
    try {
      await dispatch.command(name, input(click), request(click))
    } finally {
      busy.delete(button)
    }
  }

  return {
    test: shown('test', (click) => ({ workflowId: named(click).workflowId })),
    replay: shown('replay', (click) => ({ ...named(click), last: replayedByDefault })),
    versions: shown('versions', (click) => ({ workflowId: named(click).workflowId })),

    async activate(click) {
      const wanted = named(click)
      const by = click.actor
      const at = new Date(clock.now()).toISOString()
      const result: CommandResult | undefined = await dispatch.command('activate', wanted, request(click))
      if (result?.kind === 'activated') {
        const back = result.how === 'rolled_back'
        const verb = back ? `Back to version ${result.version}` : `Version ${result.version} activated`
        await settle(click, { verb, by, at })
      } else if (result?.kind === 'activation_proposed') {
        await settle(click, { verb: `Version ${result.version} proposed`, by, at })
      } else {
        // Two people pressed at once, or the button is an old one: what it offers was done.
        const done = await answering(wanted, by)
        if (done?.by)
          await settle(click, { verb: `Version ${wanted.version} activated`, by: done.by, at: done.at })
      }
    },

    async testFile(click) {
      const { workflowId, id } = reportValueSchema.parse(JSON.parse(click.action.value ?? '{}'))
      const result = await dispatch.run('tests', { workflowId, limit: testsKept }, request(click))
      const report = result.kind === 'tests' ? result.reports.find((one) => one.id === id) : undefined
      if (!report)
        throw new WorkflowError('test.gone', 'This test is not kept any more.', {
          hint: `Test it once more: /workflow test ${workflowId}`,
        })
      await send(click, workflowId, messageOf(click), testFile(report))
    },

    async openReplay(click) {
      const value = reportValueSchema.parse(JSON.parse(click.action.value ?? '{}'))
      const report = await replayOf(value, click)
      const { actor, body } = click
      // As with reports: who started it knows the values, everybody else finds them where fewer people read.
      const own = report.startedBy.kind === actor.kind && report.startedBy.id === actor.id
      const hidden = !own && (await audience.hides(settingsOf(services, value.workflowId), body.channel?.id))
      const view = renderReplayDetails(report, messageOf(click), clock.now(), { hidden })
      await openView(clients, body.trigger_id, view)
    },

    async replayFile(click) {
      const read = replayPlaceSchema.safeParse(JSON.parse(click.body.view?.private_metadata || '{}'))
      if (!read.success) return
      const place: ReplayPlace = read.data
      await send(click, place.workflowId, place, replayFile(await replayOf(place, click)))
    },
  }
}

/** The message that was clicked in, and none for one that a single person sees. */
export function messageOf({ body }: Click): { channel?: string; ts?: string } {
  const channel = body.channel?.id
  const ts = body.message?.thread_ts ?? body.message?.ts
  if (!channel || !ts || ('is_ephemeral' in body.container && body.container.is_ephemeral)) return {}
  return { channel, ts }
}
