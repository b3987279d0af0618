// `test`: tries a workflow on its scenarios, from its files; the bot need not run.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { junit } from '../text/junit.ts'
import { testText } from '../text/tests.ts'

const { name, summary } = commands.test
const usage = `${commands.test.usage} [--junit <file>]`

export const test: CliCommand = {
  name,
  summary: `${summary}; the bot need not run`,
  usage,
  examples: ['test reorder-check', 'test reorder-check --junit results.xml', 'test reorder-check --json'],
  options: { junit: { type: 'string' } },
  async run(words, values, context) {
    expectWords(words, 1, 1, usage)
    const report = await context.test(words[0] ?? '')
    if (typeof values.junit === 'string') {
      try {
        await context.write(values.junit, junit(report))
      } catch (cause) {
        const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
        throw new WorkflowError('cli.not_written', `"${values.junit}" cannot be written (${code}).`, {
          cause,
        })
      }
    }
    return { json: report, text: testText(report), ok: report.passed }
  },
}
