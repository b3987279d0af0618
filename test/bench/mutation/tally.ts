// Counts what became of the faults of a workflow.
import type { PythonSandbox } from '../../../src/actions/ports.ts'
import type { Figure } from '../figure.ts'
import { mutantsOfDefinition } from './definition-mutants.ts'
import { faults } from './faults/index.ts'
import { mutantsOfCode, sampleOf, shownMutant } from './mutants.ts'
import { outOfReach, reasonFor } from './out-of-reach.ts'
import { type Fault, subjectOf, trialOf, withFault } from './trial.ts'

export interface Tally {
  seeded: number
  caught: number
  /** Those that no scenario can notice, as out-of-reach.ts has it. */
  outOfReach: number
  /** The others that nothing noticed, in words. */
  missed: string[]
}

/** Seeds the faults that were written by hand, each alone; those that `chosen` leaves when it is given. */
export async function tallyByHand(
  python: PythonSandbox,
  id: string,
  chosen: (faults: Fault[]) => Fault[] = (all) => all,
): Promise<Tally> {
  const subject = await subjectOf(id)
  const notices = trialOf(python, subject)
  const tally: Tally = { seeded: 0, caught: 0, outOfReach: 0, missed: [] }
  for (const fault of chosen(faults[id] ?? [])) {
    tally.seeded++
    if (await notices(await withFault(subject, fault))) tally.caught++
    else tally.missed.push(`${id}/${fault.file} · ${oneLine(fault.from)} → ${oneLine(fault.to) || 'nothing'}`)
  }
  return tally
}

/** Seeds what the mutators make, each alone; at most so many. Entries of out-of-reach.ts without use count as missed. */
export async function tallyMutants(
  python: PythonSandbox,
  id: string,
  atMost = Number.POSITIVE_INFINITY,
): Promise<Tally> {
  const subject = await subjectOf(id)
  const notices = trialOf(python, subject)
  const all = [...(await mutantsOfCode(python, subject.definition)), ...(await mutantsOfDefinition(subject))]
  const used = new Set<object>()
  const tally: Tally = { seeded: 0, caught: 0, outOfReach: 0, missed: [] }
  for (const mutant of sampleOf(all, atMost)) {
    tally.seeded++
    const reason = reasonFor(id, mutant)
    if (await notices(mutant.definition)) tally.caught++
    else if (reason) {
      used.add(reason)
      tally.outOfReach++
    } else tally.missed.push(`${id}/${shownMutant(mutant)}`)
  }
  for (const reason of atMost < all.length ? [] : outOfReach)
    if (reason.workflow === id && !used.has(reason))
      tally.missed.push(
        `${id}/${reason.where} · ${reason.at} is within reach: out-of-reach.ts need not say so`,
      )
  return tally
}

/** One line of the table. */
export function figureOf(id: string, what: string, { seeded, caught, outOfReach, missed }: Tally): Figure {
  return {
    name: `${id}: ${what} that its scenarios and criteria catch, of ${seeded} (${missed.length} missed, ${outOfReach} out of reach)`,
    value: caught,
    unit: what,
    ratio: caught / (seeded - outOfReach),
    baseline: 'all within reach',
    aim: 'all',
  }
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
