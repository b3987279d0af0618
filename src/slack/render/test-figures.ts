// Tests and replays in a few words, the same wherever they are told: `12 of 12 scenarios, 5 of 5 criteria`.
import type { VersionState } from '../../commands/types.ts'
import type { ReplayReport, TestReport } from '../../scenarios/index.ts'
import { count } from './words.ts'

/** A mark and a word for each state, told apart without colour. */
export const stateMark: Record<VersionState['state'], string> = {
  active: ':arrow_forward:',
  tested: ':test_tube:',
  draft: ':pencil2:',
  retired: ':file_cabinet:',
}

export const passMark = (passed: boolean) => (passed ? ':white_check_mark:' : ':x:')

/** `12 of 12 scenarios pass`, with the criteria where there are any: `, 5 of 5 criteria met`. */
export function testFigures({ totals, criteria }: Pick<TestReport, 'totals' | 'criteria'>): string {
  const met = criteria.filter((one) => one.met).length
  const scenarios = `${totals.passed} of ${count(totals.scenarios, 'scenario')}`
  return criteria.length === 0
    ? `${scenarios} ${totals.scenarios === 1 ? 'passes' : 'pass'}`
    : `${scenarios}, ${met} of ${count(criteria.length, 'criterion', 'criteria')}`
}

/** `23 of 25 the same`, `all 25 the same`, `no execution to replay` */
export function replayFigures({ totals }: Pick<ReplayReport, 'totals'>): string {
  if (totals.executions === 0) return 'no execution to replay'
  if (totals.same === totals.executions && totals.same > 1) return `all ${totals.same} the same`
  return `${totals.same} of ${totals.executions} the same`
}

/** A replay is good when nothing differs; what cannot be repeated says nothing. */
export function replayMark({ totals }: Pick<ReplayReport, 'totals'>): string {
  if (totals.different > 0) return ':left_right_arrow:'
  return totals.same > 0 ? ':white_check_mark:' : ':grey_question:'
}
