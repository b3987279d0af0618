// `backup`: copies all data to a new folder, through the running bot or, when there is none, by itself.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import type { BackupAnswer } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { backupText } from '../text/backup.ts'

const { name, usage } = commands.backup

export const backup: CliCommand = {
  name,
  summary: 'Copy all data to a new folder, while the bot works or when it is stopped',
  usage,
  examples: ['backup backups/monday'],
  async run(words, _values, { client, data, absolute }) {
    expectWords(words, 1, 1, usage)
    const folder = absolute(words[0] as string)
    let answer: BackupAnswer
    try {
      answer = await client().post<BackupAnswer>('/api/backups', { folder })
    } catch (thrown) {
      if (!(thrown instanceof WorkflowError && thrown.code === 'cli.bot_unreachable')) throw thrown
      answer = { folder, ...(await data().backup(folder)) }
    }
    return { json: answer, text: backupText(answer), ok: true }
  },
}
