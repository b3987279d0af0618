// The data_visualization block: line, bar, area and pie charts as SVG, with a table of the figures for screen readers.
import { h } from './dom.js'

const WIDTH = 520
const HEIGHT = 240
const LEFT = 48
const BOTTOM = 30

/** @param {string} tag @param {Record<string, unknown>} attributes @param {...(Node | string)} children */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}

/** @param {any} block */
export function chartBlock(block) {
  const { chart } = block
  const names =
    chart.type === 'pie'
      ? chart.segments.map((/** @type {any} */ s) => s.label)
      : chart.series.map((/** @type {any} */ s) => s.name)
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', { dir: 'auto' }, block.title),
    chart.type === 'pie' ? pie(chart.segments) : axes(chart),
    h(
      'div',
      { class: 'legend', 'aria-hidden': 'true' },
      names.map((/** @type {string} */ name, /** @type {number} */ index) =>
        h('span', { class: `legend-item series-${index % 6}`, dir: 'auto' }, h('i'), name),
      ),
    ),
    figures(chart),
  )
}

/** @param {any} chart */
function figures(chart) {
  const rows =
    chart.type === 'pie'
      ? chart.segments.map((/** @type {any} */ s) => [s.label, s.value])
      : chart.series.flatMap((/** @type {any} */ s) =>
          s.data.map((/** @type {any} */ p) => [`${s.name}, ${p.label}`, p.value]),
        )
  return h(
    'table',
    { class: 'visually-hidden' },
    rows.map((/** @type {any[]} */ row) => h('tr', null, h('th', null, row[0]), h('td', null, row[1]))),
  )
}

/** @param {any} chart */
function axes(chart) {
  const categories = chart.axis_config.categories
  const values = chart.series.flatMap((/** @type {any} */ s) => s.data.map((/** @type {any} */ p) => p.value))
  const low = Math.min(0, ...values)
  const ticks = niceTicks(low, Math.max(1e-9, ...values))
  const top = ticks[ticks.length - 1]
  const y = (/** @type {number} */ value) =>
    10 + (HEIGHT - BOTTOM - 10) * (1 - (value - ticks[0]) / (top - ticks[0] || 1))
  const step = (WIDTH - LEFT - 8) / categories.length
  const x = (/** @type {number} */ index) => LEFT + step * (index + 0.5)
  const root = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': `${chart.type} chart`,
  })
  for (const tick of ticks) {
    root.append(
      svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - 8, y1: y(tick), y2: y(tick) }),
      svg('text', { class: 'tick', x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' }, short(tick)),
    )
  }
  const every = Math.ceil(categories.length / 8)
  for (const [index, name] of categories.entries()) {
    if (index % every === 0)
      root.append(
        svg(
          'text',
          { class: 'tick', x: x(index), y: HEIGHT - 10, 'text-anchor': 'middle' },
          String(name).slice(0, Math.max(4, Math.floor((step * every) / 6.5))),
        ),
      )
  }
  for (const [number, series] of chart.series.entries()) {
    const points = series.data
      .map((/** @type {any} */ p) => ({ ...p, at: categories.indexOf(p.label) }))
      .filter((/** @type {any} */ p) => p.at >= 0)
    const group = svg('g', { class: `series-${number % 6}` })
    if (chart.type === 'bar') {
      const width = Math.max(2, (step * 0.72) / chart.series.length)
      for (const p of points) {
        const from = Math.min(y(p.value), y(0))
        group.append(
          svg(
            'rect',
            {
              class: 'bar',
              rx: 2,
              x: x(p.at) - (step * 0.72) / 2 + width * number,
              width: width - 1,
              y: from,
              height: Math.max(1, Math.abs(y(p.value) - y(0))),
            },
            svg('title', {}, `${series.name}, ${p.label}: ${p.value}`),
          ),
        )
      }
    } else {
      const path = points
        .map(
          (/** @type {any} */ p, /** @type {number} */ i) =>
            `${i ? 'L' : 'M'}${x(p.at).toFixed(1)} ${y(p.value).toFixed(1)}`,
        )
        .join('')
      if (chart.type === 'area' && points.length > 0)
        group.append(
          svg('path', {
            class: 'area',
            d: `${path}L${x(points[points.length - 1].at)} ${y(0)}L${x(points[0].at)} ${y(0)}Z`,
          }),
        )
      group.append(svg('path', { class: 'line', d: path }))
      for (const p of points)
        group.append(
          svg(
            'circle',
            { class: 'dot', cx: x(p.at), cy: y(p.value), r: 3 },
            svg('title', {}, `${series.name}, ${p.label}: ${p.value}`),
          ),
        )
    }
    root.append(group)
  }
  return root
}

/** @param {any[]} segments */
function pie(segments) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0)
  const root = svg('svg', { viewBox: '0 0 240 240', role: 'img', 'aria-label': 'pie chart', class: 'pie' })
  let from = -Math.PI / 2
  for (const [index, segment] of segments.entries()) {
    const to = from + Math.min(0.99999, segment.value / total) * Math.PI * 2
    const point = (/** @type {number} */ angle) =>
      `${(120 + 105 * Math.cos(angle)).toFixed(2)} ${(120 + 105 * Math.sin(angle)).toFixed(2)}`
    root.append(
      svg(
        'path',
        {
          class: `slice series-${index % 6}`,
          d: `M120 120L${point(from)}A105 105 0 ${to - from > Math.PI ? 1 : 0} 1 ${point(to)}Z`,
        },
        svg(
          'title',
          {},
          `${segment.label}: ${segment.value} (${Math.round((segment.value / total) * 100)} %)`,
        ),
      ),
    )
    from = to
  }
  return root
}

/** Round numbers that span the values. @param {number} low @param {number} high */
function niceTicks(low, high) {
  const raw = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power
  const ticks = []
  for (let value = Math.floor(low / step) * step; value < high + step * 0.999; value += step)
    ticks.push(Number(value.toPrecision(12)))
  return ticks
}

/** @param {number} value */
const short = (value) =>
  new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
