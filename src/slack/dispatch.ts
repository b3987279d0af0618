// Runs what a person asked for and shows the answer where they asked: the one way from words and clicks to commands.
import { executeCommand, visibleTo } from '../commands/execute.ts'
import { isOpen } from '../commands/openness.ts'
import type { AnyCommand, CommandContext, CommandResult, Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { errorInfo, WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Audience } from './audience.ts'
import type { SlackClients } from './clients.ts'
import { discreet } from './discretion.ts'
import { isNotThere, scopeError } from './failures.ts'
import type { Forms } from './forms.ts'
import type { Illustrator } from './illustrate.ts'
import { parse } from './parse.ts'
import type { Permalinks } from './permalinks.ts'
import type { Answers, Place } from './place.ts'
import type { Log } from './ports.ts'
import { actions, context } from './render/blocks.ts'
import { openButton } from './render/buttons.ts'
import { renderError } from './render/error.ts'
import { renderResult } from './render/index.ts'
import type { Message } from './render/limits.ts'
import { note } from './render/notes.ts'
import type { Reporter } from './reporter.ts'
import { createTestMessage } from './test-message.ts'

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
  /** A command with its input, shown like typed words. Never rejects. */
  command(name: string, input: JsonObject, request: Request): Promise<void>
  /** Runs a command and answers its result. Throws WorkflowError. */
  run(name: string, input: JsonObject, request: Request): Promise<CommandResult>
  /** Shows a failure to the one who asked, and logs it when it is ours. Never rejects. */
  failed(thrown: unknown, place: Place): Promise<void>
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
  clock: Clock
  log: Log
}): Dispatch {
  const { commands, services, answers, audience, reporter, forms, permalinks, clock, log } = options
  const { clients, illustrator } = options

  /** Only what this person may see: a hint must not tell of more than an answer would. */
  async function vocabulary(actor: Actor) {
    const { catalog } = await visibleTo(actor, services)
    return {
      // What has no example is there for buttons, not for people to type.
      commands: commands.filter((command) => command.examples.length > 0).map((command) => command.name),
      workflows: catalog
        .list()
        .map(({ id, version }) => ({ id, name: version?.definition.metadata.name ?? id })),
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
    { place }: Request,
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
    const links = await permalinks.ofExecutions(
      result.kind === 'history' ? result.items.map(({ id }) => id) : [],
    )
    const message = renderResult(result, clock.now(), { hidden, links })
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
  async function answered(name: string, input: JsonObject, request: Request): Promise<void> {
    if (name === 'run' && (await forms.askInstead(input, request))) return
    if (name !== 'test') {
      await show(await run(name, input, request), request)
      return
    }
    const message = createTestMessage(request.place, { clients, answers, clock, log })
    try {
      await show(await run(name, input, request, message.progress), request, message.finish)
    } catch (thrown) {
      await message.giveUp(note(':x: The test was not finished.'))
      throw thrown
    }
  }

  async function failed(thrown: unknown, place: Place): Promise<void> {
    if (!(thrown instanceof WorkflowError)) {
      const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
      log.error({ error, user: place.user }, 'a request from Slack failed')
    }
    await answers.whisper(place, renderError(errorInfo(scopeError(thrown) ?? thrown)))
  }

  async function guarded(place: Place, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      await failed(isNotThere(thrown) ? unreachable(thrown) : thrown, place)
    }
  }

  return {
    run,
    failed,
    words: (text, request) =>
      guarded(request.place, async () => {
        const { command, input } = parse(text, await vocabulary(request.actor))
        await answered(command, input, request)
      }),
    command: (name, input, request) => guarded(request.place, () => answered(name, input, request)),
  }
}

function unreachable(thrown: unknown): WorkflowError {
  return new WorkflowError('slack.cannot_answer', 'I may not write here, nor to you directly.', {
    hint: 'Invite me to the channel: /invite @workflow',
    cause: thrown,
  })
}
