// `help`: what can be typed. It reads the commands themselves, so that it cannot lie.
import { suggestion } from '../../definition/nearest.ts'
import { WorkflowError } from '../../errors.ts'
import type { CliCommand } from '../command.ts'
import { table } from '../text/table.ts'

const PREFIX = 'npm run workflow --'

export function createHelp(commands: () => CliCommand[]): CliCommand {
  return {
    name: 'help',
    summary: 'Show what you can type',
    usage: 'help [command]',
    examples: ['help', 'help run'],
    async run(words) {
      const json = commands().map(({ name, summary, usage, examples }) => ({
        name,
        summary,
        usage,
        examples,
      }))
      const topic = words[0]
      if (topic === undefined) return { json, text: overview(json), ok: true }
      const command = json.find((one) => one.name === topic)
      if (!command) throw unknownCommand(topic, commands())
      const examples = command.examples.map((example) => `  ${PREFIX} ${example}`)
      const text = [command.summary, '', `  ${PREFIX} ${command.usage}`, '', 'Examples:', ...examples]
      return { json: command, text: text.join('\n'), ok: true }
    },
  }
}

/** `cli.usage`, with the nearest command. */
export function unknownCommand(word: string, commands: CliCommand[]): WorkflowError {
  const names = commands.map((command) => command.name)
  return new WorkflowError('cli.usage', `There is no command "${word}".`, {
    hint: suggestion(word, names) ?? `"${PREFIX} help" shows all of them.`,
  })
}

function overview(commands: { usage: string; summary: string }[]): string {
  return [
    `${PREFIX} <command> [--json]`,
    '',
    table(commands.map(({ usage, summary }) => [`  ${usage}`, summary])),
    '',
    'Most talk to the running bot (npm start). validate, test, restore and help do without it; so do backup and',
    'verify when it is stopped.',
    'Exit status: 0 all is well, 1 it failed or was refused (replay: something differs), 2 it could not be asked.',
  ].join('\n')
}
