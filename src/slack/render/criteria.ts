// Criteria of a workflow against their thresholds, those first that are not met, with what their value suffers from.
import type { KnownBlock } from '@slack/types'
import { type TestReport, valueText } from '../../scenarios/index.ts'
import { section } from './blocks.ts'
import { escapeLine } from './escape.ts'
import { clamp, firstOf } from './limits.ts'
import { passMark } from './test-figures.ts'
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

function criterionLines({ name, why, met, measures, details }: Criterion): string {
  const values = measures.map((measure) => measureText(measure, measures.length > 1)).join(', ')
  const suffers = met
    ? []
    : firstOf(details, detailsShown).shown.map((one) => `• ${escapeLine(clamp(one, 160))}`)
  const more = met ? 0 : details.length - suffers.length
  const lines = [
    values,
    ...suffers,
    ...(more > 0 ? [`• and ${more} more`] : []),
    ...(met ? [] : [`_${escapeLine(clamp(why, 200))}_`]),
  ]
  return [
    `${passMark(met)} *${escapeLine(clamp(name, 150))}*`,
    ...lines.map((text) => `        ${text}`),
  ].join('\n')
}

/** `precision *98.5 %*, at least 100 %`; a measure that is missed among others that are met has a mark of its own. */
function measureText({ what, value, threshold, better, unit, met }: Measure, marked: boolean): string {
  const bound = `${better === 'higher' ? 'at least' : 'at most'} ${valueText({ value: threshold, unit })}`
  const mark = marked && !met ? ':x: ' : ''
  return `${mark}${escapeLine(clamp(what, 60))} *${valueText({ value, unit })}* (${bound})`
}
