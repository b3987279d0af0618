// `help`: what this person can ask for. It reads the commands themselves, so that it cannot lie.
import { z } from 'zod'
import { suggestion } from '../definition/nearest.ts'
import { WorkflowError } from '../errors.ts'
import type { AnyCommand, Command } from './types.ts'

const input = z.object({ topic: z.string().max(100).optional() })

export function createHelp(commands: () => AnyCommand[]): Command<z.infer<typeof input>> {
  return {
    name: 'help',
    summary: 'Show what you can ask for',
    usage: 'help [command or words]',
    examples: ['help', 'help run', 'help stop'],
    input,
    needs: 'see',
    async run({ topic }, { mayUse }) {
      // What has no example is there for buttons, not for people to type.
      const typed: AnyCommand[] = []
      for (const command of commands()) {
        if (command.examples.length > 0 && (await mayUse(command))) typed.push(command)
      }
      const words = (topic ?? '').toLowerCase().split(/\s+/).filter(Boolean)
      const exact = typed.filter((command) => words.length === 1 && command.name === words[0])
      const wanted = exact.length > 0 ? exact : typed.filter((command) => isAbout(command, words))
      if (wanted.length === 0) {
        const near = suggestion(
          topic ?? '',
          typed.map((command) => command.name),
        )
        throw new WorkflowError(
          'command.unknown',
          `There is no command "${topic}", and none that is about it.`,
          {
            hint: near ?? 'The command help shows all of them.',
          },
        )
      }
      const described = wanted.map(({ name, usage, summary, examples }) => ({
        name,
        usage,
        summary,
        examples,
      }))
      const asked =
        topic === undefined ? {} : exact.length > 0 ? { topic: exact[0]?.name } : { search: topic }
      return { kind: 'help', commands: described, ...asked }
    },
  }
}

/** Whether every word occurs in what help says of the command. */
function isAbout({ name, usage, summary, examples }: AnyCommand, words: string[]): boolean {
  const text = [name, usage, summary, ...examples].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}
