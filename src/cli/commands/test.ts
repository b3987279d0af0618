// `test`: tries a workflow on its scenarios, from its files without a bot, or in the running one, which keeps the report.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import type { TestReport } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { junit } from '../text/junit.ts'
import { testText } from '../text/tests.ts'

const { name, summary } = commands.test
const usage = `${commands.test.usage} [--junit <file>] [--keep]`

export const test: CliCommand = {
  name,
  summary: `${summary}: from the files, without a bot; with --keep in the running one, so that it counts`,
  usage,
  examples: ['test reorder-check', 'test reorder-check --junit results.xml', 'test reorder-check --keep'],
  options: { junit: { type: 'string' }, keep: { type: 'boolean' } },
  async run(words, values, context) {
    expectWords(words, 1, 1, usage)
    const id = words[0] ?? ''
    const report = values.keep
      ? await context.client().post<TestReport>(`/api/workflows/${encodeURIComponent(id)}/tests`)
      : await context.test(id)
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
