// `help`: what can be asked for. It reads the commands themselves, so that it cannot lie.
import { z } from 'zod'
import { suggestion } from '../definition/nearest.ts'
import { WorkflowError } from '../errors.ts'
import type { AnyCommand, Command } from './types.ts'

const input = z.object({ topic: z.string().max(100).optional() })

export function createHelp(commands: () => AnyCommand[]): Command<z.infer<typeof input>> {
  return {
    name: 'help',
    summary: 'Show what you can ask for',
    usage: 'help [command]',
    examples: ['help', 'help run'],
    input,
    needs: 'see',
    async run({ topic }) {
      // What has no example is there for buttons, not for people to type.
      const typed = commands().filter((command) => command.examples.length > 0)
      const wanted = topic === undefined ? typed : typed.filter((command) => command.name === topic)
      if (topic !== undefined && wanted.length === 0) {
        const near = suggestion(
          topic,
          typed.map((command) => command.name),
        )
        throw new WorkflowError('command.unknown', `There is no command "${topic}".`, {
          hint: near ?? 'The command help shows all of them.',
        })
      }
      const described = wanted.map(({ name, usage, summary, examples }) => ({
        name,
        usage,
        summary,
        examples,
      }))
      return { kind: 'help', commands: described, ...(topic === undefined ? {} : { topic }) }
    },
  }
}
