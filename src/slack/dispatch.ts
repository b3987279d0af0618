// Runs what a person asked for and shows the answer where they asked: the one way from words and clicks to commands.
import { executeCommand, visibleTo } from '../commands/execute.ts'
import { ActivationRefused } from '../commands/gate.ts'
import { isOpen } from '../commands/openness.ts'
import type { AnyCommand, CommandContext, CommandResult, Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { errorInfo, WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Audience } from './audience.ts'
import type { SlackClients } from './clients.ts'
import type { Directory } from './directory.ts'
import { discreet, settingsOf } from './discretion.ts'
import { isNotThere, scopeError } from './failures.ts'
import type { Forms } from './forms.ts'
import type { Illustrator } from './illustrate.ts'
import { type Parsed, parse } from './parse.ts'
import type { Permalinks } from './permalinks.ts'
import type { Answers, Place } from './place.ts'
import type { Log } from './ports.ts'
import { renderRefused } from './render/activation.ts'
import { actions, context } from './render/blocks.ts'
import { openButton } from './render/buttons.ts'
import { peopleIn } from './render/dry-run-names.ts'
import { renderError } from './render/error.ts'
import { renderResult } from './render/index.ts'
import type { Message } from './render/limits.ts'
import { renderWaiting } from './render/notes.ts'
import {
  renderTrialBegun,
  renderTrialGivenUp,
  renderTrialProgress,
  type Trial,
} from './render/trial-progress.ts'
import type { Reporter } from './reporter.ts'
import { createTestMessage, type Progress } from './test-message.ts'

export interface Request {
  actor: Actor
  place: Place
  once?: CommandContext['once']
  /** Slack's permission to open a modal: for three seconds, once. */
  trigger?: string
}

export interface Dispatch {
  /** What somebody typed. Never rejects: what goes wrong is shown to them. */
  words(text: string, request: Request): Promise<void>
  /**
   * A command with its input, shown like typed words. Answers what was shown; undefined where a form is asked for first,
   * or something went wrong. Never rejects.
   */
  command(name: string, input: JsonObject, request: Request): Promise<CommandResult | undefined>
  /** Runs a command and answers its result. Throws WorkflowError. */
  run(name: string, input: JsonObject, request: Request): Promise<CommandResult>
  /** Shows a failure to the one who asked, and logs it when it is ours. Never rejects. */
  failed(thrown: unknown, place: Place, input?: JsonObject): Promise<void>
}

/** Answers to lookups are for everybody in the channel, as long as everybody may know; help is for the one who asked. */
const privately = new Set<CommandResult['kind']>(['help', 'acknowledged', 'task_completed'])

export function createDispatch(options: {
  commands: AnyCommand[]
  services: Services
  answers: Answers
  audience: Audience
  reporter: Reporter
  forms: Forms
  permalinks: Permalinks
  illustrator: Illustrator
  clients: SlackClients
  directory: Directory
  clock: Clock
  log: Log
}): Dispatch {
  const { commands, services, answers, audience, reporter, forms, permalinks, clock, log } = options
  const { clients, directory, illustrator } = options

  /** Only what this person may see: a hint must not tell of more than an answer would. */
  async function vocabulary(actor: Actor) {
    const { catalog } = await visibleTo(actor, services)
    return {
      // What has no example is there for buttons, not for people to type.
      commands: commands.filter((command) => command.examples.length > 0).map((command) => command.name),
      workflows: catalog.list().map(({ id, version, draft }) => ({
        id,
        name: (version ?? draft)?.definition.metadata.name ?? id,
      })),
    }
  }

  async function run(
    name: string,
    input: JsonObject,
    { actor, place, once }: Request,
    progress?: CommandContext['progress'],
  ): Promise<CommandResult> {
    return executeCommand(name, input, {
      actor,
      services,
      place: place.channel,
      waiting: ({ name: workflow }) => {
        answers.whisper(place, renderWaiting(workflow)).catch((thrown) => {
          log.debug({ error: String(thrown) }, 'a word about a wait did not get through')
        })
      },
      ...(once ? { once } : {}),
      ...(progress ? { progress } : {}),
    })
  }

  /** Whoever was faster may be about to post the message; if nobody does, that process has ended in between. */
  async function isShown(executionId: string): Promise<boolean> {
    for (let look = 0; look < 5 && !reporter.has(executionId); look += 1) await clock.sleep(100)
    return reporter.has(executionId)
  }

  /** `post` puts the answer where it is asked for, unless it is for one person alone. */
  async function show(
    whole: CommandResult,
    { place, actor }: Request,
    post = (message: Message) => answers.post(place, message),
  ): Promise<void> {
    const {
      result,
      hidden,
      privately: discreetly,
    } = await discreet(whole, place.channel, { audience, services })
    if (result.kind === 'started' && (result.started || !(await isShown(result.executionId)))) {
      await reporter.follow(result.executionId, place)
      return
    }
    if (result.kind === 'started') {
      await answers.whisper(place, await alreadyStarted(result))
      return
    }
    const links = await permalinks.ofExecutions(executionsIn(result))
    const versions = await versionsFor(result, { actor, services })
    const names = result.kind === 'dry_run' ? await namesOf(peopleIn(result.run)) : undefined
    const message = renderResult(result, clock.now(), { hidden, links, versions, names })
    if (discreetly || privately.has(result.kind) || !(await isOpen(result, services))) {
      await answers.whisper(place, message)
      return
    }
    const { channel, ts } = await post(message)
    await illustrator.illustrate(result, {
      channel,
      ts: place.channel === channel ? (place.thread ?? ts) : ts,
    })
  }

  async function namesOf(ids: string[]): Promise<Map<string, string>> {
    return new Map(
      await Promise.all(ids.map(async (id): Promise<[string, string]> => [id, await directory.userName(id)])),
    )
  }

  /** Somebody, or the same person a moment ago, was faster: where to see what they started. */
  async function alreadyStarted(result: Extract<CommandResult, { kind: 'started' }>): Promise<Message> {
    const { blocks, text } = renderResult(result, clock.now())
    let link = await permalinks.ofExecution(result.executionId)
    // It may be on its way to Slack just now.
    for (let look = 0; look < 10 && !link; look += 1) {
      await clock.sleep(100)
      link = await permalinks.ofExecution(result.executionId)
    }
    const look = actions('started_actions', [openButton(result.executionId)])
    return { text, blocks: [...blocks, ...(link ? [context(`<${link}|See its message>`)] : []), look] }
  }

  /** Runs it and shows the answer; a start that lacks inputs asks for them first. */
  async function answered(
    name: string,
    input: JsonObject,
    request: Request,
  ): Promise<CommandResult | undefined> {
    if (name === 'run' && (await forms.askInstead(input, request))) return undefined
    if (name === 'test' || name === 'replay') return tried(name, input, request)
    const result = await run(name, input, request)
    await show(result, request)
    return result
  }

  /** Tests and replays take their time: one message says how far they are, and becomes the result. */
  async function tried(kind: Trial['kind'], input: JsonObject, request: Request): Promise<CommandResult> {
    const { place } = request
    const entry = services.catalog.get(String(input.workflowId))
    const known = entry?.version ?? entry?.draft
    const trial: Trial = { kind, name: known?.definition.metadata.name ?? String(input.workflowId) }
    const alone = entry !== undefined && (await isForOne(entry.id, place))
    // By what was typed: whether they may know more is only found out meanwhile.
    const typed: Trial = { kind, name: String(input.workflowId) }
    const words = {
      begun: renderTrialBegun(typed, { alone }),
      progress: (progress: Progress) => renderTrialProgress(trial, progress),
      privately: alone,
    }
    const message = createTestMessage(place, words, { clients, answers, clock, log })
    try {
      const result = await run(kind, input, request, message.progress)
      await show(result, request, message.finish)
      return result
    } catch (thrown) {
      await message.giveUp(renderTrialGivenUp(typed))
      throw thrown
    } finally {
      message.end()
    }
  }

  /** Whether the result of a test or a replay is for the one who asked alone, where it was asked. */
  async function isForOne(workflowId: string, place: Place): Promise<boolean> {
    if (!(await isOpen({ kind: 'tests', workflowId, reports: [] }, services))) return true
    return audience.hides(settingsOf(services, workflowId), place.channel)
  }

  async function failed(thrown: unknown, place: Place, input: JsonObject = {}): Promise<void> {
    if (!(thrown instanceof WorkflowError)) {
      const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
      log.error({ error, user: place.user }, 'a request from Slack failed')
    }
    const info = errorInfo(scopeError(thrown) ?? thrown)
    if (thrown instanceof ActivationRefused) {
      await answers.whisper(place, renderRefused(info, thrown))
      return
    }
    const entry = typeof input.workflowId === 'string' ? services.catalog.get(input.workflowId) : undefined
    const name = (entry?.version ?? entry?.draft)?.definition.metadata.name
    await answers.whisper(place, renderError(info, entry && { id: entry.id, name: name ?? entry.id }))
  }

  async function guarded(
    name: string,
    input: JsonObject,
    request: Request,
  ): Promise<CommandResult | undefined> {
    try {
      return await answered(name, input, request)
    } catch (thrown) {
      await failed(isNotThere(thrown) ? unreachable(thrown) : thrown, request.place, input)
      return undefined
    }
  }

  return {
    run,
    failed,
    async words(text, request) {
      let parsed: Parsed
      try {
        parsed = parse(text, await vocabulary(request.actor))
      } catch (thrown) {
        await failed(thrown, request.place)
        return
      }
      await guarded(parsed.command, parsed.input, request)
    },
    command: guarded,
  }
}

/** The executions that an answer names, whose messages it can point at. */
function executionsIn(result: CommandResult): string[] {
  if (result.kind === 'history') return result.items.map(({ id }) => id)
  if (result.kind === 'dry_run')
    return [...new Set(result.run.requests.flatMap((one) => one.answeredFrom?.executionId ?? []))].slice(
      0,
      20,
    )
  if (result.kind !== 'replayed') return []
  return result.report.executions.flatMap(({ id, outcome }) => (outcome === 'same' ? [] : [id])).slice(0, 20)
}

/** How the versions stand, for answers whose buttons depend on it. What cannot be found out costs only those. */
async function versionsFor(result: CommandResult, context: { actor: Actor; services: Services }) {
  const workflowId =
    result.kind === 'tested' || result.kind === 'replayed'
      ? result.report.workflow.id
      : result.kind === 'activation_proposed'
        ? result.workflow.id
        : undefined
  if (workflowId === undefined) return undefined
  const found = await executeCommand('versions', { workflowId }, context).catch(() => undefined)
  return found?.kind === 'versions' ? found.versions : undefined
}

function unreachable(thrown: unknown): WorkflowError {
  return new WorkflowError('slack.cannot_answer', 'I may not write here, nor to you directly.', {
    hint: 'Invite me to the channel: /invite @workflow',
    cause: thrown,
  })
}
