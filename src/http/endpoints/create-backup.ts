// POST /api/backups: copies all data to a new folder on the machine of the bot.
import { z } from 'zod'
import { backupSchema } from '../../commands/answers.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'

export const createBackup = endpoint({
  method: 'post',
  path: '/api/backups',
  name: 'createBackup',
  summary: 'Copy all data to a new folder on the machine of the bot; for admins',
  body: z.strictObject({
    folder: z.string().min(1).max(1000).describe('an absolute path where nothing is yet'),
  }),
  answers: { 200: { description: 'The backup is complete', schema: backupSchema } },
  refusals: [409, 413, 415],
  handle: async ({ body }, context) => answerOf(await ask('backup', body, 'backed_up', context)),
})
