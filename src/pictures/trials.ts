// Draws how tests of a workflow went from one version, or one test, to the next: the scenarios that pass, and each
// measure against its threshold, with marks where it got better or worse. Pure.
import { card, colours, type Drawing, fitText, rect, round, text, wrapText } from './svg.ts'

export interface TrialColumn {
  /** `v4` */
  label: string
  /** `active`, `2 Mar` */
  note: string
  /** Scenarios; null for a version that was never tested. */
  passed: number | null
  total: number
}

export interface TrialRow {
  /** Whose measure: the name of the criterion. */
  label: string
  /** `recall ≥ 100 %` */
  detail: string
  threshold: number
  better: 'higher' | 'lower'
  /** One for each column; null where it was not measured. `text` is ready to read: `98.5 %`. */
  values: ({ value: number | null; text: string; met: boolean } | null)[]
}

export interface TrialsPicture {
  title: string
  subtitle: string
  /** Oldest first. */
  columns: TrialColumn[]
  rows: TrialRow[]
}

const width = 720
const left = 268
const right = 24
const plotWidth = width - left - right
const columnsDrawn = 8
const rowsDrawn = 14
const barHeight = 64
const stripHeight = 16
const headingHeight = 26
const rowHeight = 45

export function drawTrials(whole: TrialsPicture): Drawing {
  const picture = latest(whole)
  const { title, subtitle, columns } = picture
  const slot = plotWidth / Math.max(1, columns.length)
  const middle = (index: number) => left + (index + 0.5) * slot
  const body: string[] = [
    text(24, 34, fitText(title, width - 48, 18, true), { size: 18, bold: true }),
    text(24, 54, fitText(subtitle, width - 48, 11.5), { size: 11.5, fill: colours.soft }),
    ...columns.flatMap(({ label, note }, index) => [
      text(middle(index), 82, fitText(label, slot - 4, 12.5, true), {
        size: 12.5,
        bold: true,
        anchor: 'middle',
      }),
      text(middle(index), 97, fitText(note, slot - 4, 10), {
        size: 10,
        fill: colours.soft,
        anchor: 'middle',
      }),
    ]),
    ...scenarios(columns, middle, slot),
  ]
  let y = 112 + barHeight + 34
  const rows = picture.rows.slice(0, rowsDrawn)
  rows.forEach((row, index) => {
    if (row.label !== rows[index - 1]?.label) {
      y += index === 0 ? 0 : 14
      body.push(...heading(row.label, y))
      y += headingHeight
    }
    body.push(...strip(row, y, middle, slot))
    y += rowHeight
  })
  const more = picture.rows.length - rows.length
  if (more > 0) {
    body.push(text(24, y + 6, `and ${more} more measures`, { size: 11, fill: colours.soft }))
    y += 20
  }
  body.push(...key(y + 10))
  return card(width, y + 28, body)
}

/** The newest columns; older ones would make all of them too narrow to read. */
function latest({ columns, rows, ...rest }: TrialsPicture): TrialsPicture {
  return {
    ...rest,
    columns: columns.slice(-columnsDrawn),
    rows: rows.map((row) => ({ ...row, values: row.values.slice(-columnsDrawn) })),
  }
}

function scenarios(columns: TrialColumn[], middle: (index: number) => number, slot: number): string[] {
  const top = 112
  const base = top + barHeight + 14
  const bar = Math.min(40, slot * 0.6)
  return [
    text(24, top + 28, 'Scenarios that pass', { size: 12, bold: true }),
    `<line x1="${left}" x2="${left + plotWidth}" y1="${base}" y2="${base}" stroke="${colours.edge}"/>`,
    ...columns.flatMap(({ passed, total }, index) => {
      const x = middle(index)
      if (passed === null)
        return [text(x, base - 6, 'no test', { size: 10, fill: colours.soft, anchor: 'middle' })]
      const share = total > 0 ? passed / total : 0
      const good = share * barHeight
      const all = total > 0 && passed === total
      const before = columns.slice(0, index).findLast((one) => one.passed !== null)
      const was = before && before.total > 0 ? (before.passed ?? 0) / before.total : undefined
      return [
        rect(x - bar / 2, base - barHeight, bar, barHeight, { fill: colours.faint, radius: 3 }),
        ...(all
          ? []
          : [rect(x - bar / 2, base - barHeight, bar, barHeight - good, { fill: colours.bad, radius: 3 })]),
        rect(x - bar / 2, base - good, bar, good, { fill: colours.good, radius: 3 }),
        text(x, top + 10, `${all ? '✓' : '✗'} ${passed}/${total}${turn(was, share, 'higher')}`, {
          size: 10.5,
          bold: true,
          fill: all ? colours.good : colours.bad,
          anchor: 'middle',
        }),
      ]
    }),
  ]
}

/** The name of a criterion over all of its measures. */
function heading(label: string, y: number): string[] {
  return [
    `<line x1="24" x2="${width - right}" y1="${y - 13}" y2="${y - 13}" stroke="${colours.faint}"/>`,
    text(24, y + 7, fitText(label, width - 48, 12, true), { size: 12, bold: true }),
  ]
}

/** One measure: its name on the left, then a point for each column above or below the line of its threshold. */
function strip(row: TrialRow, y: number, middle: (index: number) => number, slot: number): string[] {
  const { detail, threshold, better, values } = row
  const words = wrapText(detail, left - 44, 11, 2)
  const numbers = values.flatMap((one) => (one?.value == null ? [] : [one.value]))
  const [low, high] = [Math.min(threshold, ...numbers), Math.max(threshold, ...numbers)]
  // Halves, as what cannot be measured may count as the largest number that there is.
  const height = (value: number) =>
    y + stripHeight - (high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5) * stripHeight
  const points = values.flatMap((one, index) =>
    one?.value == null ? [] : [{ ...one, value: one.value, index, x: middle(index), y: height(one.value) }],
  )
  const line = points
    .map(({ x, y: at }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(at)}`)
    .join(' ')
  return [
    ...words.map((part, index) =>
      text(24, y + (words.length === 1 ? 12 : 6) + index * 14, part, { size: 11, fill: colours.soft }),
    ),
    `<line x1="${left}" x2="${left + plotWidth}" y1="${round(height(threshold))}" y2="${round(height(threshold))}" stroke="${colours.line}" stroke-dasharray="4 4"/>`,
    ...(points.length > 1
      ? [`<path d="${line}" fill="none" stroke="${colours.line}" stroke-width="1.5"/>`]
      : []),
    ...points.map((point) => mark(point.x, point.y, point.met)),
    ...values.map((one, index) => {
      const before = points.findLast((point) => point.index < index)
      const shown = one ? `${one.text}${turn(before?.value, one.value ?? undefined, better)}` : '–'
      return text(middle(index), y + stripHeight + 15, fitText(shown, slot - 2, 10, true), {
        size: 10,
        bold: one !== null && !one.met,
        fill: one === null ? colours.soft : one.met ? colours.ink : colours.bad,
        anchor: 'middle',
      })
    }),
  ]
}

/** A disc for what is met, a cross for what is not: told apart without colour. */
function mark(x: number, y: number, met: boolean): string {
  if (met)
    return `<circle cx="${round(x)}" cy="${round(y)}" r="4" fill="${colours.good}" stroke="${colours.card}" stroke-width="1.5"/>`
  const [a, b, c, d] = [x - 4, y - 4, x + 4, y + 4].map(round)
  return `<path d="M${a} ${b}L${c} ${d}M${a} ${d}L${c} ${b}" stroke="${colours.bad}" stroke-width="2.5" stroke-linecap="round"/>`
}

/** ` ▲` where it got better, ` ▼` where it got worse, whichever way is better. */
function turn(before: number | undefined, now: number | undefined, better: TrialRow['better']): string {
  if (before === undefined || now === undefined || before === now) return ''
  return now > before === (better === 'higher') ? ' ▲' : ' ▼'
}

function key(y: number): string[] {
  const entry = (x: number, words: string) => text(x + 12, y + 4, words, { size: 10.5, fill: colours.soft })
  return [
    mark(28, y, true),
    entry(28, 'met'),
    mark(84, y, false),
    entry(84, 'not met'),
    `<line x1="160" x2="184" y1="${y}" y2="${y}" stroke="${colours.line}" stroke-dasharray="4 4"/>`,
    entry(180, 'threshold'),
    entry(262, '▲ better  ▼ worse than the one before'),
  ]
}

/** `recall ≥ 100 % (Correctly flag reorder items…)` */
const short = ({ label, detail }: TrialRow) =>
  `${detail} (${label.length > 40 ? `${[...label].slice(0, 38).join('').trim()}…` : label})`

/** The picture in words, for people who do not see it, the newest first. At most 1,000 characters, as Slack allows. */
export function describeTrials(picture: TrialsPicture): string {
  const { title, columns, rows } = picture
  const parts = columns.map(({ label, note, passed, total }, index) => {
    const name = note === '' ? label : `${label} (${note})`
    if (passed === null) return `${name}: no test.`
    const unmet = rows.filter(({ values }) => values[index] && !values[index].met)
    const turns = rows.flatMap((row) => {
      const now = row.values[index]
      const before = row.values.slice(0, index).findLast((one) => one?.value != null)
      const way = turn(before?.value ?? undefined, now?.value ?? undefined, row.better)
      if (way === '') return []
      return [`${way === ' ▲' ? 'better' : 'worse'}: ${short(row)}, ${before?.text} to ${now?.text}`]
    })
    const missed = unmet.map((row) => `${short(row)} is ${row.values[index]?.text}`)
    return [
      `${name}: ${passed} of ${total} scenarios pass, ${unmet.length === 0 ? 'all measures met' : `not met: ${missed.join('; ')}`}.`,
      ...(turns.length > 0 ? [`${turns.join('; ')}.`] : []),
    ].join(' ')
  })
  const chars = [...[`${title}, the newest first.`, ...parts.reverse()].join(' ').replace(/\s+/g, ' ')]
  return chars.length <= 1000 ? chars.join('') : `${chars.slice(0, 990).join('')}…`
}
