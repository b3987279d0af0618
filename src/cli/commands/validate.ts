// `validate`: checks workflow files without a running bot, for editors, hooks and CI.
import { describeFault } from '../../definition/fault.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { plural } from '../text/table.ts'

const usage = 'validate [folder]'

export const validate: CliCommand = {
  name: 'validate',
  summary: 'Check the workflow files; the bot need not run',
  usage,
  examples: ['validate', 'validate drafts'],
  async run(words, _values, context) {
    expectWords(words, 0, 1, usage)
    const { valid, faults } = await context.validate(words[0])
    const good = `${plural(valid.length, 'workflow')} without fault${valid.length > 0 ? `: ${valid.join(', ')}` : ''}`
    const text = [
      ...faults.map(describeFault),
      ...(faults.length > 0 ? [plural(faults.length, 'fault')] : []),
      good,
    ]
    return { json: { valid, faults }, text: text.join('\n'), ok: faults.length === 0 }
  },
}
