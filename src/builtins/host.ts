// Answers the calls of one run of a code node: finds the built-in, checks its arguments, and gathers its effects.
import { z } from 'zod'
import type { OutgoingMessage, PythonHost, RecordStore, RecordWrite } from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor, Printed } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { BuiltinSession } from './builtin.ts'
import { builtinFamilies } from './index.ts'
import { RecordSession } from './record-session.ts'

export interface BuiltinCall extends PythonHost {
  writes(): RecordWrite[]
  messages(): OutgoingMessage[]
}

export interface BuiltinHost {
  open(run: {
    key: string
    node: string
    execution: { id: string; workflow: { id: string; name: string }; startedBy: Actor }
    print(printed: Printed): void
  }): BuiltinCall
}

export function createBuiltinHost(ports: { records: RecordStore; clock: Clock }): BuiltinHost {
  const known = new Map(
    builtinFamilies.flatMap((family) => family.builtins.map((one) => [one.spec.name, one])),
  )
  return {
    open(run) {
      const session: BuiltinSession = {
        ...run,
        clock: ports.clock,
        records: new RecordSession(ports.records),
        messages: [],
        logged: 0,
      }
      return {
        async call(name, args) {
          const builtin = known.get(name)
          if (!builtin) throw new WorkflowError('builtin.unknown', `There is no built-in "${name}".`)
          const parsed = builtin.args.safeParse(args)
          if (!parsed.success) throw invalidArgument(name, parsed.error)
          return builtin.call(parsed.data, session)
        },
        print: run.print,
        writes: () => session.records.writes(),
        messages: () => session.messages,
      }
    },
  }
}

function invalidArgument(name: string, error: z.ZodError): WorkflowError {
  const faults = error.issues.map(
    (issue) => `${z.core.toDotPath(issue.path) || 'arguments'}: ${issue.message}`,
  )
  return new WorkflowError('builtin.invalid_argument', `${name}: ${faults.join('; ')}`, {
    hint: `help(${name}) shows what it takes.`,
  })
}
