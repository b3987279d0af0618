// What a dry run takes for granted, in the words in which people read it.
import type { ApprovalCard } from '../actions/ports.ts'
import type { JsonObject } from '../json.ts'

export const leftOut = 'A workflow that you may not see takes part; what it would do is left out.'

export function waitPassed(node: string, ms: number): string {
  return `The wait of ${lasting(ms)} at "${node}" takes no time.`
}

/** `count`: of approvals that there are. `form`: what had to be filled in, as in the execution `from`. */
export function approvalTaken(
  { origin: { node }, rules: { needed } }: ApprovalCard,
  { count, form, from }: { count: number; form: JsonObject; from: string | undefined },
): string {
  if (count < needed) {
    const who = needed === 1 ? 'somebody' : `${needed} people`
    return `Nobody decides "${node}": it takes ${who} besides who starts it, and there are not as many among those who may.`
  }
  const people = needed === 1 ? '' : ` by ${needed} people`
  const filled = Object.entries(form).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
  const how =
    filled.length > 0 && from !== undefined ? `, with ${filled.join(', ')} as in execution ${from}` : ''
  return `"${node}" is approved${people}${how}.`
}

/** For an item that had no answer of its own. */
export function answerBorrowed(node: string, executionId: string): string {
  return `"${node}" gets one answer of execution ${executionId} where that one had none of its own.`
}

/** `2 h`, `90 s`, `1.5 d` */
function lasting(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ]
  const [size, name] = units.find(([unit]) => ms >= unit) ?? [1, 'ms']
  return `${Math.round((ms / size) * 10) / 10} ${name}`
}
