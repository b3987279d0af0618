// `tests`: how the tests of a workflow went, newest first, and what got better or worse from one to the next.
import { commands } from '../../commands/index.ts'
import type { TestList } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { testListText } from '../text/tests.ts'

const { name, summary } = commands.tests
const usage = `${commands.tests.usage} [--limit <number>]`

export const tests: CliCommand = {
  name,
  summary,
  usage,
  examples: ['tests reorder-check', 'tests reorder-check --limit 30'],
  options: { limit: { type: 'string' } },
  async run(words, values, { client }) {
    expectWords(words, 1, 1, usage)
    const query = typeof values.limit === 'string' ? `?${new URLSearchParams({ limit: values.limit })}` : ''
    const path = `/api/workflows/${encodeURIComponent(words[0] ?? '')}/tests${query}`
    const answer = await client().get<TestList>(path)
    return { json: answer, text: testListText(answer), ok: true }
  },
}
