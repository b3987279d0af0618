// The Slack surface: connects, listens, acks, and hands over. What is said in Slack goes to dispatch.ts, clicks to
// interactions.ts; nothing is decided here.
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  App,
  type BlockAction,
  type ButtonAction,
  HTTPReceiver,
  type RespondArguments,
  type SlackActionMiddlewareArgs,
} from '@slack/bolt'
import { type Actor, isFinished } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { createAudience } from './audience.ts'
import { persist } from './call.ts'
import { clientOptions, libraryLogger } from './clients.ts'
import { createDecisions } from './decisions.ts'
import { createDetails } from './details.ts'
import { createDirectory } from './directory.ts'
import { createDispatch } from './dispatch.ts'
import { authError, isAuthFailure } from './failures.ts'
import { createForms } from './forms.ts'
import { createHome } from './home.ts'
import { createIllustrator } from './illustrate.ts'
import { createIncidents } from './incidents.ts'
import { type Click, createInteractions } from './interactions.ts'
import { createLifecycle } from './lifecycle.ts'
import { createPermalinks } from './permalinks.ts'
import { createAnswers, type Place } from './place.ts'
import type { SlackApp, SlackAppOptions } from './ports.ts'
import { decisionIds } from './render/approval.ts'
import { actionIds, actionPattern } from './render/buttons.ts'
import { callbacks } from './render/forms.ts'
import { homeIds } from './render/home.ts'
import { suggestId } from './render/inputs.ts'
import { createReportActions } from './report-actions.ts'
import { createReporter } from './reporter.ts'
import { createSettle } from './settling.ts'
import { createShortcuts } from './shortcuts.ts'
import { SocketReceiver } from './socket-receiver.ts'
import { onSubmission, onSuggestion } from './submissions.ts'
import { createSuggestions } from './suggestions.ts'
import { createWorkLog } from './work.ts'

const slashWindowMs = 86_400_000
const takeUpMs = 5000

/** Nothing is sent until `start`. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { clients, messenger, desk, services, commands, links, log, clock } = options
  const { config } = clients
  const answers = createAnswers(clients, { clock, log })
  const directory = createDirectory(clients, clock)
  const audience = createAudience(clients, { clock, log })
  const incidents = createIncidents({ clients, services, audience, links, clock, log })
  const { reported } = incidents
  const permalinks = createPermalinks(clients, { links, clock, log })
  const reporter = createReporter({
    clients,
    answers,
    audience,
    services,
    links,
    permalinks,
    clock,
    log,
    reported,
  })
  const details = createDetails({ clients, answers, audience, clock, log })
  const forms = createForms({ clients, services, answers })
  const illustrator = createIllustrator({ clients, services, pictures: options.pictures, log })
  const dispatch = createDispatch({
    clients,
    directory,
    illustrator,
    commands,
    services,
    answers,
    audience,
    reporter,
    forms,
    permalinks,
    clock,
    log,
  })
  const home = createHome({ clients, services, upcoming: options.upcoming, clock, log })
  const settle = createSettle(clients, { clock, log })
  const interactions = createInteractions({ clients, dispatch, details, answers, settle, links })
  const lifecycle = createLifecycle({ clients, services, dispatch, details, audience, settle, clock })
  const reportActions = createReportActions({ dispatch, details, settle, clock })
  const work = createWorkLog()
  const decisions = createDecisions({ clients, services, dispatch })
  const shortcuts = createShortcuts({ services, dispatch, forms, permalinks, directory, links, work })
  const ending = new AbortController()
  let listening = false
  let starting: Promise<void> | undefined

  const receiver =
    config.mode === 'socket'
      ? new SocketReceiver(config, { clock, log })
      : new HTTPReceiver({
          signingSecret: config.signingSecret,
          port: config.port,
          logger: libraryLogger(log),
        })
  const app = new App({
    receiver,
    token: config.botToken,
    clientOptions: clientOptions(config, log),
    logger: libraryLogger(log),
    convoStore: false,
    deferInitialization: true,
  })
  const stopObserving = services.engine.observe((report) => {
    reporter.observe(report)
    incidents.observe(report)
    if (isFinished(report)) desk.ended(report)
    home.changed()
  })

  /**
   * Acks before anything else, and lets what arrived together be acked before the work on it begins: in a burst the
   * last one would wait for the work on all others. A failed ack is no reason to stop: Slack delivers again, and that
   * is recognised.
   */
  async function ackFirst(ack: () => Promise<void>): Promise<void> {
    try {
      await ack()
    } catch (thrown) {
      log.warn({ error: String(thrown) }, 'an ack did not get through')
    }
    await nextTurn()
  }

  app.error(async (error) => log.error({ error: error.stack ?? error.message }, 'a listener failed'))

  app.command('/workflow', async ({ ack, command, respond }) => {
    const done = work.begin()
    await ackFirst(ack)
    try {
      if (!work.first(command.trigger_id)) return
      const actor: Actor = { kind: 'slack', id: command.user_id, name: command.user_name }
      const place: Place = {
        channel: command.channel_id,
        user: command.user_id,
        respond: privateRespond(respond),
      }
      const once = { key: `slash:${command.trigger_id}`, windowMs: slashWindowMs }
      await dispatch.words(command.text ?? '', { actor, place, once, trigger: command.trigger_id })
      home.changed()
    } finally {
      done()
    }
  })

  app.event('app_mention', async ({ event, body, context }) => {
    const { user } = event
    if (!user || !work.first(body.event_id)) return
    const done = work.begin()
    try {
      const actor: Actor = { kind: 'slack', id: user, name: await directory.userName(user) }
      const place: Place = {
        channel: event.channel,
        user,
        ...(event.thread_ts ? { thread: event.thread_ts } : {}),
      }
      const once = { key: `mention:${body.event_id}`, windowMs: slashWindowMs }
      await dispatch.words(withoutMention(event.text, context.botUserId), { actor, place, once })
    } finally {
      done()
    }
  })

  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return
    const done = work.begin()
    try {
      await home.opened({ kind: 'slack', id: event.user, name: await directory.userName(event.user) })
    } finally {
      done()
    }
  })

  function onClick(id: string, handle: (click: Click) => Promise<void>): void {
    app.action<BlockAction<ButtonAction>>(
      { type: 'block_actions', action_id: actionPattern(id) },
      async ({ ack, body, action, respond }: SlackActionMiddlewareArgs<BlockAction<ButtonAction>>) => {
        const done = work.begin()
        await ackFirst(ack)
        const place = placeOf(body, respond)
        try {
          if (!work.first(`${body.trigger_id}:${action.action_id}`)) return
          const actor: Actor = {
            kind: 'slack',
            id: body.user.id,
            name: body.user.username ?? body.user.name ?? body.user.id,
          }
          await handle({ body, action, actor, place })
          home.changed()
        } catch (thrown) {
          await dispatch.failed(thrown, place)
        } finally {
          done()
        }
      },
    )
  }

  onClick(actionIds.run, interactions.run)
  onClick(actionIds.open, interactions.open)
  onClick(actionIds.again, reportActions.again)
  onClick(actionIds.rollback, reportActions.rollback)
  onClick(actionIds.cancel, reportActions.cancel)
  onClick(actionIds.changed, reportActions.changed)
  onClick(actionIds.tab, reportActions.tab)
  onClick(actionIds.acknowledge, interactions.acknowledge)
  onClick(actionIds.completeTask, interactions.completeTask)
  onClick(actionIds.sendFile, interactions.sendFile)
  onClick(actionIds.saveScenario, reportActions.saveScenario)
  onClick(actionIds.addScenario, reportActions.addScenario)
  onClick(actionIds.join, interactions.join)
  onClick(actionIds.test, lifecycle.test)
  onClick(actionIds.replay, lifecycle.replay)
  onClick(actionIds.versions, lifecycle.versions)
  onClick(actionIds.activate, lifecycle.activate)
  onClick(actionIds.backTo, lifecycle.activate)
  onClick(actionIds.testFile, lifecycle.testFile)
  onClick(actionIds.openReplay, lifecycle.openReplay)
  onClick(actionIds.replayFile, lifecycle.replayFile)
  onClick(decisionIds.approve, decisions.approve)
  onClick(decisionIds.reject, decisions.reject)
  for (const id of Object.values(homeIds)) onClick(id, ({ body, actor }) => home.acted(body, actor))
  // A link opens in the browser; Slack wants an ack all the same.
  onClick(actionIds.link, async () => {})

  const surface = { app, dispatch, work, ackFirst }
  onSubmission(surface, callbacks.decide, decisions.submitted)
  onSubmission(surface, callbacks.pick, shortcuts.picked)
  onSubmission(surface, callbacks.run, shortcuts.filled)
  onSuggestion(app, suggestId, createSuggestions(services))
  shortcuts.listen(app, ackFirst)

  async function refresh(): Promise<void> {
    const ended = async (id: string) =>
      services.engine.info(id) ? undefined : await services.history.report(id)
    await Promise.all([reporter.refresh(), desk.refresh(ended), incidents.refresh()])
  }

  /** Old messages first, as long as nobody can ask for new ones; but not for long. */
  async function takeUp(): Promise<void> {
    const enough = new AbortController()
    const patience = clock.sleep(takeUpMs, enough.signal).catch(() => {})
    const taken = refresh().catch((thrown) => {
      log.error({ error: String(thrown) }, 'messages of an earlier process could not be taken up')
    })
    await Promise.race([taken, patience])
    enough.abort()
  }

  async function listen(): Promise<void> {
    await takeUp()
    if (config.mode === 'socket') {
      await app.start()
      return
    }
    try {
      await app.start({ port: config.port, ...(config.host ? { host: config.host } : {}) })
      listening = true
    } catch (thrown) {
      throw new WorkflowError(
        'slack.port_in_use',
        `Port ${config.port} is not free, so Slack cannot reach the bot.`,
        {
          hint: 'Set SLACK_PORT to a free port and change the request URLs of the app to match.',
          cause: thrown,
        },
      )
    }
  }

  /** Checks the bot token. False when Slack could not be reached. */
  async function verify(): Promise<boolean> {
    try {
      await app.init()
      return true
    } catch (thrown) {
      if (isAuthFailure(thrown)) throw authError('bot', thrown)
      log.warn({ error: String(thrown) }, 'Slack cannot be reached; trying again until it works')
      return false
    }
  }

  async function keepTrying(): Promise<void> {
    const again = { clock, attempts: Number.POSITIVE_INFINITY, idempotent: true, signal: ending.signal }
    try {
      await persist(() => app.init(), again)
      await listen()
    } catch (thrown) {
      if (!ending.signal.aborted) log.error({ error: String(thrown) }, 'Slack does not let the bot in')
    }
  }

  return {
    messenger,
    connected: () => (receiver instanceof SocketReceiver ? receiver.connected : listening),

    async start() {
      if (await verify()) await listen()
      else starting = keepTrying()
    },

    refresh,
    workflowsChanged: () => home.changed(),

    async stop(graceMs = 10_000) {
      stopObserving()
      const enough = new AbortController()
      const drained = work
        .idle()
        .then(() => Promise.all([reporter.flush(), desk.idle(), home.idle()]))
        .then(() => incidents.idle())
      await Promise.race([drained, clock.sleep(graceMs, enough.signal).catch(() => {})])
      enough.abort()
      ending.abort()
      reporter.close()
      home.close()
      await starting
      if (receiver instanceof SocketReceiver) await receiver.stop()
      else if (listening) await receiver.stop()
      listening = false
    },
  }
}

function privateRespond(respond: (message: RespondArguments) => Promise<unknown>) {
  return (message: RespondArguments) => respond(message)
}

function placeOf(
  body: BlockAction,
  respond: ((message: RespondArguments) => Promise<unknown>) | undefined,
): Place {
  const channel = body.channel?.id
  // From the home tab or a modal there is no channel: answers go to the person.
  if (!channel) return { channel: body.user.id, user: body.user.id }
  // What only one person sees is not sent back; where it stood is.
  const thread = body.message?.thread_ts ?? ('thread_ts' in body.container ? body.container.thread_ts : '')
  // A message that somebody replied to names itself as its thread; what starts from it stands in the channel.
  const within = typeof thread === 'string' && thread !== '' && thread !== body.message?.ts
  return {
    channel,
    user: body.user.id,
    ...(within ? { thread } : {}),
    ...(respond ? { respond: privateRespond(respond) } : {}),
  }
}

/** What was said to the bot: everything after its mention, or around it. */
function withoutMention(text: string, botUserId: string | undefined): string {
  const mention = new RegExp(`<@${botUserId ?? '[A-Z0-9]+'}(?:\\|[^>]*)?>`)
  const at = text.search(mention)
  const rest = at < 0 ? text : text.slice(at).replace(mention, '')
  return rest.replace(/^[\s,:]+/, '').trim()
}
