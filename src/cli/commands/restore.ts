// `restore`: puts a backup in the place of the data, with the bot stopped.
import { type CliCommand, expectWords } from '../command.ts'
import { restoredText } from '../text/backup.ts'

const usage = 'restore <folder>'

export const restore: CliCommand = {
  name: 'restore',
  summary: 'Put a backup in the place of the data, which is kept; the bot must be stopped',
  usage,
  examples: ['restore backups/monday'],
  async run(words, _values, { data, absolute }) {
    expectWords(words, 1, 1, usage)
    const folder = absolute(words[0] as string)
    const restored = await data().restore(folder)
    return { json: { folder, ...restored }, text: restoredText(folder, restored), ok: true }
  },
}
