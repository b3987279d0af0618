// Faults that no scenario can notice, since it would take what scenarios leave out, each with the reason. A fault that
// changes nothing at all is not listed here: what it shows is superfluous, and goes.
import type { Mutant } from './mutants.ts'

interface OutOfReach {
  workflow: string
  where: string
  /** What `at` of the mutants begins with. */
  at: string
  /** What `from` of the mutants contains; all, when left out. */
  from?: string
  why: string
}

const twoAtOnce = 'it takes two executions at the same moment; meanwhile.test.ts has them'

export const outOfReach: OutOfReach[] = [
  { workflow: 'incident-opener', where: 'open incident', at: 'retry', why: twoAtOnce },
  { workflow: 'access-request', where: 'note request', at: 'retry', why: twoAtOnce },
  {
    workflow: 'daily-digest',
    where: 'fetch rates',
    at: 'retry.on',
    from: 'node.timed_out',
    why: 'no answer in a scenario takes time, so that no node is out of time',
  },
  {
    workflow: 'incident-opener',
    where: 'close as no incident',
    at: 'handed_out =',
    from: "'status': 'open'",
    why: 'somebody would have to finish a task while the question is open; meanwhile.test.ts does',
  },
]

/** The first entry that the mutant falls under. */
export function reasonFor(workflow: string, { where, at, from }: Mutant): OutOfReach | undefined {
  return outOfReach.find(
    (one) =>
      one.workflow === workflow &&
      one.where === where &&
      at.startsWith(one.at) &&
      from.includes(one.from ?? ''),
  )
}
