// Help: every command with its sentence and an example. It is shown to the one who asked.
import type { CommandResult } from '../../commands/types.ts'
import { context, divider, section } from './blocks.ts'
import { code, escapeText } from './escape.ts'
import { fitMessage, type Message } from './limits.ts'

type Help = Extract<CommandResult, { kind: 'help' }>

/** One topic shows all its examples, the overview one for each command. */
export function renderHelp(help: Help): Message {
  const detailed = help.topic !== undefined || help.commands.length === 1
  const lines = help.commands.map((command) => {
    const examples = (detailed ? command.examples : command.examples.slice(0, 1)).map(slash)
    const shown = detailed
      ? examples.map((example) => `\n    ${code(example)}`).join('')
      : examples.map((example) => `  _for example_ ${code(example)}`).join('')
    return `${code(slash(command.usage))}\n${escapeText(command.summary)}${shown}`
  })
  const title = detailed ? [] : [section('*What you can ask me*'), divider]
  return fitMessage(
    {
      text: `What you can ask me: ${help.commands.map((command) => command.name).join(', ')}`,
      blocks: [
        ...title,
        ...lines.map((line) => section(line)),
        context(
          detailed
            ? `All commands: ${code('/workflow help')}`
            : 'In a thread, mention me instead: `@workflow list`. Quotes keep words together: `note="two words"`.',
        ),
      ],
    },
    `More: ${code('/workflow help <command>')}`,
  )
}

/** Examples and usages come without the slash command, because the command line uses them too. */
function slash(usage: string): string {
  return usage.startsWith('/') ? usage : `/workflow ${usage}`
}
