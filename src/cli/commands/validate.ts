// `validate`: checks workflow files without a running bot, for editors, hooks and CI.
import { describeFault } from '../../definition/fault.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { plural } from '../text/table.ts'

const usage = 'validate [folder]'

export const validate: CliCommand = {
  name: 'validate',
  summary: 'Check the workflow files, their Python and scenarios; the bot need not run',
  usage,
  examples: ['validate', 'validate drafts'],
  async run(words, _values, context) {
    expectWords(words, 0, 1, usage)
    const { valid, faults } = await context.validate(words[0])
    const found = valid.length + faults.length > 0
    const names = valid.length > 0 ? `: ${valid.join(', ')}` : ''
    const text = [
      ...faults.map(describeFault),
      ...(faults.length > 0 ? [plural(faults.length, 'fault')] : []),
      // A path that leads to the wrong folder must not pass for a good one.
      found
        ? `${plural(valid.length, 'workflow')} without fault${names}`
        : 'There is no workflow in this folder.',
    ]
    return { json: { valid, faults }, text: text.join('\n'), ok: found && faults.length === 0 }
  },
}
