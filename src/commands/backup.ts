// `backup`: copies all data to a new folder on the machine of the bot, while it works.
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Command } from './types.ts'

const input = z.strictObject({
  folder: z
    .string()
    .max(1000)
    .refine((path) => isAbsolute(path) && !path.includes('\0'), 'an absolute path on the machine of the bot'),
})

export const backup: Command<z.infer<typeof input>> = {
  name: 'backup',
  summary: 'Copy all data to a new folder on the machine of the bot',
  usage: 'backup <folder>',
  // Nobody types it in Slack: a chat is no place to name folders of a machine.
  examples: [],
  input,
  needs: 'admin',
  audit: ({ folder }, result) =>
    result.kind === 'backed_up'
      ? {
          action: 'store.backed_up',
          subject: folder,
          details: { files: result.files, bytes: result.bytes },
        }
      : undefined,
  async run({ folder }, { services }) {
    const { files, bytes } = await services.maintenance.backup(folder)
    return { kind: 'backed_up', folder, files, bytes }
  },
}
