// `now`: the time, as the bot knows it.
import { z } from 'zod'
import { type BuiltinFamily, builtin } from './builtin.ts'

export const now: BuiltinFamily = {
  errors: [],
  builtins: [
    builtin({
      spec: {
        name: 'now',
        parameters: [],
        returns: 'datetime.datetime',
        converts: 'datetime',
        doc: 'The current time as an aware datetime in UTC.',
      },
      args: z.object({}),
      call: (_, session) => new Date(session.clock.now()).toISOString(),
    }),
  ],
}
