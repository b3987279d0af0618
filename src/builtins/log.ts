// `log`: lines for the report, apart from what `print` writes.
import { z } from 'zod'
import { jsonObjectSchema } from '../json.ts'
import { type BuiltinFamily, builtin } from './builtin.ts'

/** Lines of one run that the report keeps; whoever logs more than that is told so once. */
const keptLines = 500

function level(name: 'info' | 'warn' | 'error') {
  return builtin({
    spec: {
      name: `log.${name}`,
      parameters: [
        { name: 'message', annotation: 'str' },
        { name: 'fields', annotation: 'dict | None', default: null },
      ],
      returns: 'None',
      doc: `Adds a line of level ${name} to the report, with fields if given.`,
    },
    args: z.object({ message: z.string().max(10_000), fields: jsonObjectSchema.nullable() }),
    call({ message, fields }, session) {
      session.logged++
      if (session.logged > keptLines + 1) return null
      if (session.logged === keptLines + 1) {
        session.print({ stream: 'log', text: `warn: only the first ${keptLines} lines are kept` })
        return null
      }
      session.print({
        stream: 'log',
        text: `${name}: ${message}${fields === null ? '' : ` ${JSON.stringify(fields)}`}`,
      })
      return null
    },
  })
}

export const log: BuiltinFamily = { errors: [], builtins: [level('info'), level('warn'), level('error')] }
