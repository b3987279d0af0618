// files.*: the three-step upload that filesUploadV2 of the SDK goes through, and what is known of a file.
import { FILE_BYTES } from '../files.ts'
import { asCount, asList, asObject, asText } from '../payload.ts'
import { SlackRefusal } from '../refusal.ts'
import { contentOf, type Methods, shownFile, threadOf, writableChannel } from './method.ts'

export const uploads: Methods = {
  'files.getUploadURLExternal': {
    scopes: ['files:write'],
    rate: 100,
    run: (core, args) => {
      const name = asText(args.filename)
      const length = asCount(args.length)
      if (!name || length === undefined || length <= 0)
        throw new SlackRefusal('invalid_arguments', {
          response_metadata: { messages: ['[ERROR] filename and a positive length are needed'] },
        })
      if (length > FILE_BYTES) throw new SlackRefusal('file_upload_size_restricted')
      const alt_text = asText(args.alt_text) ?? asText(args.alt_txt)
      if (alt_text && [...alt_text].length > 1000) throw new SlackRefusal('alt_txt_too_large')
      const user = core.workspace.bot.user_id
      const { id, ticket } = core.files.expect({ name, length, user, ...(alt_text ? { alt_text } : {}) })
      return { upload_url: `${core.url()}/upload/${ticket}`, file_id: id }
    },
  },

  'files.completeUploadExternal': {
    scopes: ['files:write'],
    rate: 100,
    run: (core, args) => {
      const { workspace } = core
      const wanted = asList(args.files).map(asObject)
      if (wanted.length === 0) throw new SlackRefusal('invalid_arguments')
      const target = asText(args.channel_id) ?? asText(args.channels)
      const channel = target ? writableChannel(workspace, target) : undefined
      const thread_ts = channel && threadOf(workspace, channel.id, args.thread_ts)
      const said =
        args.blocks === undefined && !asText(args.initial_comment)
          ? { text: '' }
          : contentOf(core, { text: args.initial_comment, blocks: args.blocks })
      const files = wanted.map((file) => core.files.complete(String(file.id), asText(file.title)))
      if (channel) {
        workspace.post(channel.id, {
          user: workspace.bot.user_id,
          ...said,
          files,
          ...(thread_ts ? { thread_ts } : {}),
        })
      }
      return { files: files.map((file) => shownFile(core, file)) }
    },
  },

  'files.info': {
    scopes: ['files:read'],
    rate: 100,
    run: (core, args) => {
      const file = core.files.info(String(args.file))
      if (!file) throw new SlackRefusal('file_not_found')
      return { file: shownFile(core, file) }
    },
  },
}
