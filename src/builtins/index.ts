// All built-ins. Adding one is a file and a line here; the Python prelude, the stub for editors and the documentation
// derive from this list.
import type { BuiltinFamily } from './builtin.ts'
import { log } from './log.ts'
import { notify } from './notify.ts'
import { now } from './now.ts'
import { records } from './records.ts'
import { tasks } from './tasks.ts'

export const builtinFamilies: BuiltinFamily[] = [records, notify, tasks, log, now]

/** Every built-in may be called with arguments that do not fit; this error is common to all. */
export const commonErrors = [
  {
    exception: 'ArgumentInvalid',
    code: 'builtin.invalid_argument',
    doc: 'An argument has the wrong type or form.',
  },
]

export const builtinSpecs = builtinFamilies.flatMap((family) => family.builtins.map((one) => one.spec))
export const builtinErrors = [...commonErrors, ...builtinFamilies.flatMap((family) => family.errors)]
