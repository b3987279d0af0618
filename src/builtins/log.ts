// `log`: lines for the report, apart from what `print` writes.
import { z } from 'zod'
import { jsonObjectSchema } from '../json.ts'
import { type BuiltinFamily, builtin } from './builtin.ts'

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
      session.print({
        stream: 'log',
        text: `${name}: ${message}${fields === null ? '' : ` ${JSON.stringify(fields)}`}\n`,
      })
      return null
    },
  })
}

export const log: BuiltinFamily = { errors: [], builtins: [level('info'), level('warn'), level('error')] }
