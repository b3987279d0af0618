// Help: every command with its sentence and an example. It is shown to the one who asked.
import type { CommandResult } from '../../commands/types.ts'
import { context, section } from './blocks.ts'
import { code, escapeText } from './escape.ts'
import { clamp, fitMessage, type Message } from './limits.ts'
import { chunk } from './workflow.ts'

type Help = Extract<CommandResult, { kind: 'help' }>

export function renderHelp(help: Help): Message {
  const [only] = help.commands
  return only && (help.topic !== undefined || help.commands.length === 1)
    ? renderCommand(only)
    : renderOverview(help)
}

/** One line each: a list that a phone shows without scrolling far. */
function renderOverview({ commands }: Help): Message {
  const lines = commands.map(
    ({ name, summary }) => `${code(`/workflow ${name}`)}  ${escapeText(clamp(summary, 200))}`,
  )
  return fitMessage({
    text: `What you can ask me: ${commands.map(({ name }) => name).join(', ')}`,
    blocks: [
      section('*What you can ask me*'),
      ...chunk(lines, 2800).map((text) => section(text)),
      context(
        `How to use one: ${code('/workflow help run')} · In a thread, mention me instead: ${code('@Workflow list')}`,
      ),
    ],
  })
}

function renderCommand(command: Help['commands'][number]): Message {
  const examples = command.examples.map((example) => `\n${code(slash(example))}`).join('')
  return fitMessage({
    text: `${command.name}: ${escapeText(clamp(command.summary, 200))}`,
    blocks: [
      section(`${code(slash(command.usage))}\n${escapeText(command.summary)}`),
      ...(examples ? [section(`For example${examples}`)] : []),
      context(
        `Quotes keep words together: ${code('note="two words"')} · All commands: ${code('/workflow help')}`,
      ),
    ],
  })
}

/** Examples and usages come without the slash command, because the command line uses them too. */
function slash(usage: string): string {
  return usage.startsWith('/') ? usage : `/workflow ${usage}`
}
