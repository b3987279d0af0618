// Draws figures over time: how executions ended each day, how long they took, what they failed of. Pure.
import { card, colours, type Drawing, fitText, rect, round, text } from './svg.ts'

/** One day, oldest first. Durations in milliseconds, null when nothing ended well. */
export interface DayFigures {
  /** `2026-03-02` */
  day: string
  good: number
  bad: number
  stopped: number
  p50: number | null
  p95: number | null
}

export interface ChartPicture {
  title: string
  subtitle: string
  days: DayFigures[]
  /** Ready to read: `check stock: python.exception`. The most frequent first. */
  failures: { label: string; count: number }[]
  /** How each of several workflows stands; empty for one alone. `rate` from 0 to 1. */
  rates: { label: string; rate: number | null; runs: number }[]
}

const width = 720
const left = 64
const right = 24
const plotWidth = width - left - right
const panelHeight = 120
const rowHeight = 24
const rowsShown = 12
const failuresShown = 6

export function drawCharts(picture: ChartPicture): Drawing {
  const body: string[] = [
    text(24, 34, fitText(picture.title, width - 48, 18, true), { size: 18, bold: true }),
    text(24, 54, fitText(picture.subtitle, width - 48, 11.5), { size: 11.5, fill: colours.soft }),
  ]
  let y = 84
  const add = (panel: { height: number; parts: string[] } | undefined) => {
    if (!panel) return
    body.push(...panel.parts)
    y += panel.height
  }
  if (picture.days.length > 0) {
    add(outcomes(picture.days, y))
    add(durations(picture.days, y))
  }
  add(rates(picture.rates, y))
  add(failures(picture.failures, y))
  return card(width, y + 4, body)
}

interface Scale {
  max: number
  ticks: number[]
}

/** Round figures up to the largest value: 1, 2 or 5 times a power of ten apart. */
export function scaleOf(largest: number, steps = 4): Scale {
  if (!(largest > 0)) return { max: 1, ticks: [0, 1] }
  const rough = largest / steps
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power
  const count = Math.ceil(largest / step - 1e-9)
  return { max: step * count, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) }
}

function heading(words: string, y: number): string {
  return text(24, y, words, { size: 13, bold: true })
}

function grid(scale: Scale, top: number, label: (value: number) => string): string[] {
  return scale.ticks.flatMap((tick) => {
    const at = top + panelHeight - (tick / scale.max) * panelHeight
    return [
      `<line x1="${left}" x2="${left + plotWidth}" y1="${round(at)}" y2="${round(at)}" stroke="${colours.faint}"/>`,
      text(left - 8, at + 4, label(tick), { size: 10.5, fill: colours.soft, anchor: 'end' }),
    ]
  })
}

/** About seven dates under the plot. */
function dates(days: DayFigures[], top: number): string[] {
  const every = Math.max(1, Math.ceil(days.length / 7))
  return days.flatMap(({ day }, index) =>
    index % every === 0
      ? [
          text(left + (index + 0.5) * (plotWidth / days.length), top + panelHeight + 16, shortDay(day), {
            size: 10.5,
            fill: colours.soft,
            anchor: 'middle',
          }),
        ]
      : [],
  )
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function shortDay(day: string): string {
  return `${Number(day.slice(8, 10))} ${months[Number(day.slice(5, 7)) - 1] ?? ''}`
}

function key(entries: [string, string][], y: number): string[] {
  let x = width - right
  return [...entries].reverse().flatMap(([words, colour]) => {
    x -= words.length * 6.6 + 26
    return [
      rect(x, y - 9, 11, 11, { fill: colour, radius: 2 }),
      text(x + 16, y, words, { size: 10.5, fill: colours.soft }),
    ]
  })
}

/** Bars of each day: what went well at the bottom, what failed on top of it, then what was stopped. */
function outcomes(days: DayFigures[], y: number) {
  const scale = scaleOf(Math.max(...days.map(({ good, bad, stopped }) => good + bad + stopped)))
  const top = y + 16
  const slot = plotWidth / days.length
  const bar = Math.max(1, Math.min(34, slot * 0.72))
  const bars = days.flatMap(({ good, bad, stopped }, index) => {
    const x = left + index * slot + (slot - bar) / 2
    let base = top + panelHeight
    return (
      [
        [good, colours.good],
        [bad, colours.bad],
        [stopped, colours.idle],
      ] as const
    ).flatMap(([value, fill]) => {
      if (value === 0) return []
      const height = Math.max(1.5, (value / scale.max) * panelHeight)
      base -= height
      return [rect(x, base, bar, height, { fill, radius: bar > 6 ? 1.5 : 0 })]
    })
  })
  return {
    height: panelHeight + 66,
    parts: [
      heading('Executions a day', y),
      ...key(
        [
          ['went well', colours.good],
          ['failed', colours.bad],
          ['stopped', colours.idle],
        ],
        y,
      ),
      ...grid(scale, top, whole),
      ...bars,
      ...dates(days, top),
    ],
  }
}

const whole = (value: number) => (Number.isInteger(value) ? String(value) : '')

/** Two lines: what half of the executions took at most, and what nearly all did. */
function durations(days: DayFigures[], y: number) {
  const values = days.flatMap(({ p50, p95 }) => [p50 ?? 0, p95 ?? 0])
  const largest = Math.max(...values)
  // A single day makes no curve; its figures stand in the answer.
  if (!(largest > 0) || days.filter(({ p50 }) => p50 !== null).length < 2) return undefined
  const unit = unitOf(largest)
  const scale = scaleOf(largest / unit.ms)
  const top = y + 16
  const slot = plotWidth / days.length
  const place = (value: number, index: number): [number, number] => [
    left + (index + 0.5) * slot,
    top + panelHeight - (value / unit.ms / scale.max) * panelHeight,
  ]
  const curve = (pick: (day: DayFigures) => number | null, colour: string, dash = '') => {
    const points = days.flatMap((day, index) => {
      const value = pick(day)
      return value === null ? [] : [place(value, index)]
    })
    const path = points
      .map(([x, at], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(at)}`)
      .join(' ')
    const dots =
      days.length <= 45
        ? points.map(([x, at]) => `<circle cx="${round(x)}" cy="${round(at)}" r="2.6" fill="${colour}"/>`)
        : []
    return [
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ''} stroke-linejoin="round"/>`,
      ...dots,
    ]
  }
  return {
    height: panelHeight + 66,
    parts: [
      heading(`How long they took (${unit.name})`, y),
      ...key(
        [
          ['half of them at most', colours.busy],
          ['95 % at most', colours.warn],
        ],
        y,
      ),
      ...grid(scale, top, (value) => String(Math.round(value * 100) / 100)),
      ...curve(({ p95 }) => p95, colours.warn, '6 4'),
      ...curve(({ p50 }) => p50, colours.busy),
      ...dates(days, top),
    ],
  }
}

function unitOf(largestMs: number): { ms: number; name: string } {
  if (largestMs < 2000) return { ms: 1, name: 'milliseconds' }
  if (largestMs < 120_000) return { ms: 1000, name: 'seconds' }
  if (largestMs < 7_200_000) return { ms: 60_000, name: 'minutes' }
  return { ms: 3_600_000, name: 'hours' }
}

function rates(all: ChartPicture['rates'], y: number) {
  if (all.length === 0) return undefined
  const shown = all.slice(0, rowsShown)
  const [from, space] = [230, width - 230 - 130]
  const rows = shown.flatMap(({ label, rate, runs }, index) => {
    const at = y + 22 + index * rowHeight
    const colour =
      rate === null ? colours.idle : rate >= 0.95 ? colours.good : rate >= 0.8 ? colours.warn : colours.bad
    return [
      text(from - 10, at + 10, fitText(label, from - 40, 11.5), { size: 11.5, anchor: 'end' }),
      rect(from, at, space, 13, { fill: colours.faint, radius: 3 }),
      rect(from, at, space * (rate ?? 0), 13, { fill: colour, radius: 3 }),
      text(from + space + 10, at + 11, `${percent(rate)} of ${runs}`, { size: 11, fill: colours.soft }),
    ]
  })
  const more = all.length - shown.length
  return {
    height: 22 + shown.length * rowHeight + (more > 0 ? 20 : 0) + 26,
    parts: [
      heading('Went well', y),
      ...rows,
      ...(more > 0
        ? [
            text(from, y + 34 + shown.length * rowHeight, `and ${more} more`, {
              size: 11,
              fill: colours.soft,
            }),
          ]
        : []),
    ],
  }
}

/** A run of failures is not rounded up to success. */
function percent(rate: number | null): string {
  if (rate === null) return '–'
  return `${rate === 1 ? 100 : Math.min(99, Math.round(rate * 100))} %`
}

function failures(all: ChartPicture['failures'], y: number) {
  if (all.length === 0) return undefined
  const shown = all.slice(0, failuresShown)
  const most = Math.max(...shown.map(({ count }) => count), 1)
  const space = width - 48 - 60
  const rows = shown.flatMap(({ label, count }, index) => {
    const at = y + 18 + index * 36
    return [
      text(24, at + 8, fitText(label, width - 48, 11.5), { size: 11.5 }),
      rect(24, at + 14, Math.max(3, (count / most) * space), 10, { fill: colours.bad, radius: 3 }),
      text(24 + Math.max(3, (count / most) * space) + 8, at + 23, String(count), {
        size: 11,
        fill: colours.soft,
      }),
    ]
  })
  return { height: 18 + shown.length * 36 + 16, parts: [heading('What fails', y), ...rows] }
}

/** The picture in words, for people who do not see it. At most 1,000 characters, as Slack allows. */
export function describeCharts({ title, subtitle, days, failures, rates }: ChartPicture): string {
  const sum = (pick: (day: DayFigures) => number) => days.reduce((total, day) => total + pick(day), 0)
  const parts = [
    `Charts of ${title}, ${subtitle}: ${sum(({ good }) => good)} executions went well, ${sum(({ bad }) => bad)} failed, ${sum(({ stopped }) => stopped)} were stopped.`,
    ...rates.slice(0, rowsShown).map(({ label, rate }) => `${label} ${percent(rate)}.`),
    ...failures.slice(0, failuresShown).map(({ label, count }) => `${label}, ${count} times.`),
  ]
  const chars = [...parts.join(' ').replace(/\s+/g, ' ')]
  return chars.length <= 1000 ? chars.join('') : `${chars.slice(0, 990).join('')}…`
}
