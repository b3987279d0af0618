// `notify`: tells people something, once the code has succeeded.
import { z } from 'zod'
import { type BuiltinFamily, builtin } from './builtin.ts'
import { originOf } from './origin.ts'

export const notify: BuiltinFamily = {
  errors: [],
  builtins: [
    builtin({
      spec: {
        name: 'notify',
        parameters: [
          { name: 'to', annotation: 'str' },
          { name: 'text', annotation: 'str' },
          { name: 'title', annotation: 'str | None', default: null, keywordOnly: true },
        ],
        returns: 'None',
        doc: 'Sends a message to a channel ("#purchasing") or a person ("@ana") when the code has succeeded. The text may hold *bold*, _italic_, `code` and links as Slack writes them; mentions of a whole channel are taken as plain text.',
      },
      args: z.object({
        to: z.string().min(1).max(100),
        text: z.string().min(1).max(12_000),
        title: z.string().min(1).max(150).nullable(),
      }),
      call({ to, text, title }, session) {
        session.messages.push({ to, text, ...(title === null ? {} : { title }), origin: originOf(session) })
        return null
      },
    }),
  ],
}
