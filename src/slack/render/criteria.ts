// Criteria of a workflow against their thresholds, those first that are not met, with what their value suffers from.
import type { KnownBlock } from '@slack/types'
import { type TestReport, valueText } from '../../scenarios/index.ts'
import { section } from './blocks.ts'
import { escapeLine } from './escape.ts'
import { clamp, firstOf } from './limits.ts'
import { passMark } from './test-figures.ts'
import { unbroken } from './words.ts'
import { chunk } from './workflow.ts'

type Criterion = TestReport['criteria'][number]
type Measure = Criterion['measures'][number]

const criteriaShown = 15
const detailsShown = 3

export function criteriaBlocks(criteria: Criterion[]): KnownBlock[] {
  if (criteria.length === 0) return []
  const ordered = [...criteria.filter(({ met }) => !met), ...criteria.filter(({ met }) => met)]
  const { shown, more } = firstOf(ordered, criteriaShown)
  const lines = [...shown.map(criterionLines), ...(more > 0 ? [`and ${more} more`] : [])]
  return chunk(lines, 2800).map((text) => section(text))
}

/** One line for what is met; what is not says what its value suffers from, and why it matters. */
function criterionLines({ name, why, met, measures, details }: Criterion): string {
  const title = escapeLine(clamp(name, 150))
  const values = measures.map((measure) => measureText(measure, measures.length > 1)).join(', ')
  if (met) return `${passMark(met)} ${title}: ${values}`
  const suffers = firstOf(details, detailsShown)
  return [
    `${passMark(met)} *${title}*`,
    `> ${values}`,
    ...suffers.shown.map((one) => `> • ${escapeLine(clamp(one, 160))}`),
    ...(suffers.more > 0 ? [`> • and ${suffers.more} more`] : []),
    `> Why it matters: ${escapeLine(clamp(why, 200))}`,
  ].join('\n')
}

/** `precision *98.5 %* (≥ 100 %)`; a measure that is missed among others that are met has a mark of its own. */
function measureText({ what, value, threshold, better, unit, met }: Measure, marked: boolean): string {
  const bound = `${better === 'higher' ? '≥' : '≤'}\u00a0${valueText({ value: threshold, unit })}`
  const mark = marked && !met ? ':x: ' : ''
  return unbroken(`${mark}${escapeLine(clamp(what, 60))} *${valueText({ value, unit })}* (${bound})`)
}
