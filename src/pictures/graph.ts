// Draws a workflow: its steps from top to bottom, the ways between them with their conditions, and how each step went
// the last time. Pure.
import { Graph, layout } from '@dagrejs/dagre'
import type { Edge } from '../definition/schema.ts'
import type { NodeResult } from '../engine/report.ts'
import { card, colours, type Drawing, fitText, rect, round, text, textWidth, wrapText } from './svg.ts'

export type StepState = NodeResult['status'] | 'handled'

export interface GraphPicture {
  title: string
  /** `Version 3 · last run 5 min ago` */
  subtitle: string
  nodes: { name: string; type: string; role: 'trigger' | 'action'; state?: StepState; note?: string }[]
  edges: Edge[]
}

/** More than these make no picture that anybody reads; the first are drawn, and the rest is counted. */
export const nodesDrawn = 80
const edgesDrawn = 200

const size = {
  width: 196,
  line: 17,
  padding: 12,
  name: 13,
  small: 10.5,
  label: 10.5,
  labelLine: 14,
  labelWidth: 170,
}
const margin = { x: 22, top: 66, bottom: 22 }
/** Wider than this, and much wider than high, a picture is laid out the other way. */
const widest = 1200

const stateLook: { [state in StepState]: { colour: string; mark: string; word: string } } = {
  succeeded: { colour: colours.good, mark: '✓', word: 'worked' },
  failed: { colour: colours.bad, mark: '✗', word: 'failed' },
  handled: { colour: colours.warn, mark: '!', word: 'failed, handled' },
  cancelled: { colour: colours.bad, mark: '■', word: 'stopped' },
  running: { colour: colours.busy, mark: '▶', word: 'running' },
  waiting: { colour: colours.warn, mark: '‖', word: 'waiting' },
  skipped: { colour: colours.idle, mark: '–', word: 'not needed' },
  pending: { colour: colours.idle, mark: '', word: 'not run yet' },
}

interface Box {
  lines: string[]
  height: number
}

export function drawGraph(picture: GraphPicture): Drawing {
  const nodes = picture.nodes.slice(0, nodesDrawn)
  const names = new Set(nodes.map((node) => node.name))
  const edges = picture.edges.filter(({ from, to }) => names.has(from) && names.has(to)).slice(0, edgesDrawn)
  const boxes = new Map(nodes.map((node) => [node.name, boxOf(node.name)]))

  const graph = laidOut(nodes, edges, boxes)
  const whole = graph.graph()
  const legend = legendOf(nodes)
  const width = Math.max(360, (whole.width ?? 0) + 2 * margin.x, legend.width + 2 * margin.x)
  const shift = { x: (width - (whole.width ?? 0)) / 2, y: margin.top }
  const left = picture.nodes.length - nodes.length
  const below = shift.y + (whole.height ?? 0)
  const body = [
    text(margin.x, 32, fitText(picture.title, width - 2 * margin.x, 17, true), { size: 17, bold: true }),
    text(margin.x, 51, fitText(picture.subtitle, width - 2 * margin.x, 11), { size: 11, fill: colours.soft }),
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
      `<path d="M0 0.5 L7.5 4 L0 7.5 z" fill="${colours.line}"/></marker></defs>`,
    ...graph.edges().map((edge) => drawEdge(graph.edge(edge), shift)),
    ...nodes.map((node) => {
      const { x, y } = graph.node(node.name)
      return drawNode(node, boxes.get(node.name) as Box, x + shift.x, y + shift.y)
    }),
    ...graph.edges().map((edge) => drawLabel(graph.edge(edge), shift)),
    ...(left > 0
      ? [
          text(width / 2, below + 26, `and ${left} more steps`, {
            size: 12,
            fill: colours.soft,
            anchor: 'middle',
          }),
        ]
      : []),
    ...legend.draw(margin.x, below + (left > 0 ? 26 : 0) + 30),
  ]
  return card(width, below + (left > 0 ? 26 : 0) + (legend.width > 0 ? 38 : 0) + margin.bottom, body)
}

/** From top to bottom, as people read on a phone; from left to right where that would become too wide for a screen. */
function laidOut(nodes: GraphPicture['nodes'], edges: Edge[], boxes: Map<string, Box>): LayoutGraph {
  const attempt = (rankdir: 'TB' | 'LR') => {
    const graph: LayoutGraph = new Graph({ multigraph: true })
    graph.setGraph({ rankdir, nodesep: 26, ranksep: 34, edgesep: 14, marginx: 0, marginy: 0 })
    graph.setDefaultEdgeLabel(() => ({}))
    for (const { name } of nodes) {
      graph.setNode(name, { width: size.width, height: boxes.get(name)?.height ?? 0 })
    }
    edges.forEach((edge, index) => {
      const label = labelOf(edge)
      const width = Math.max(0, ...label.map((line) => textWidth(line, size.label) + 10))
      const height = label.length === 0 ? 0 : label.length * size.labelLine + 4
      graph.setEdge(edge.from, edge.to, { width, height, labelpos: 'c', label }, `e${index}`)
    })
    layout(graph)
    return graph
  }
  const down = attempt('TB')
  const { width = 0, height = 0 } = down.graph()
  if (width <= widest || width <= 2 * height) return down
  const across = attempt('LR')
  return (across.graph().width ?? 0) < width ? across : down
}

/** As far as it is used here; the types that come with the package do not resolve for ES modules. */
interface LayoutGraph {
  setGraph(options: object): void
  setDefaultEdgeLabel(make: () => object): void
  setNode(name: string, box: { width: number; height: number }): void
  setEdge(from: string, to: string, label: object, name: string): void
  graph(): { width?: number; height?: number }
  node(name: string): { x: number; y: number }
  edges(): object[]
  edge(edge: object): LaidEdge
}

interface LaidEdge {
  points: { x: number; y: number }[]
  label: string[]
  x?: number
  y?: number
}

function boxOf(name: string): Box {
  const lines = wrapText(name, size.width - 2 * size.padding - 22, size.name, 2, true)
  return { lines, height: 2 * size.padding + lines.length * size.line + 13 }
}

/** What makes this way special, in at most two lines; nothing for the plain one. */
function labelOf(edge: Edge): string[] {
  const outcome = { success: '', failure: 'if it fails', always: 'in any case' }[edge.on]
  // In a picture the step stands right above: its name alone says which output is meant.
  const when = edge.when?.replace(/outputs\["([^"]*)"\]/g, '$1')
  const words = [when ?? (edge.else ? 'otherwise' : ''), outcome].filter(Boolean).join(', ')
  return words === '' ? [] : wrapText(words, size.labelWidth, size.label, 2)
}

function drawNode(node: GraphPicture['nodes'][number], { lines, height }: Box, x: number, y: number): string {
  const look = node.state ? stateLook[node.state] : undefined
  const colour = look?.colour ?? colours.line
  const [left, top] = [x - size.width / 2, y - height / 2]
  const quiet = node.state === 'skipped' || node.state === 'pending'
  const ink = quiet ? colours.soft : colours.ink
  const radius = node.role === 'trigger' ? Math.min(22, height / 2) : 8
  const dash = node.state === 'skipped' ? '5 4' : undefined
  const mark = look?.mark
    ? `<circle cx="${round(left + size.width - 18)}" cy="${round(top + 18)}" r="9" fill="${colour}"/>` +
      text(left + size.width - 18, top + 22, look.mark, {
        size: 11,
        bold: true,
        fill: '#ffffff',
        anchor: 'middle',
      })
    : ''
  const small = [node.type, node.note ?? ''].filter(Boolean).join(' · ')
  const under = fitText(small, size.width - 2 * size.padding, size.small)
  const base = top + size.padding + size.line - 4
  return [
    rect(left, top, size.width, height, { fill: '#ffffff', stroke: colour, radius, dash }),
    ...lines.map((line, index) =>
      text(left + size.padding, base + index * size.line, line, { size: size.name, bold: true, fill: ink }),
    ),
    text(left + size.padding, base + lines.length * size.line - 1, under, {
      size: size.small,
      fill: colours.soft,
    }),
    mark,
  ].join('')
}

/** A line through the points of the layout, its corners rounded. */
function drawEdge({ points }: LaidEdge, shift: { x: number; y: number }): string {
  const at = points.map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y }))
  const [first, ...rest] = at
  if (!first) return ''
  let path = `M${round(first.x)} ${round(first.y)}`
  rest.forEach((point, index) => {
    const next = rest[index + 1]
    path += next
      ? ` Q${round(point.x)} ${round(point.y)} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`
      : ` L${round(point.x)} ${round(point.y)}`
  })
  return `<path d="${path}" fill="none" stroke="${colours.line}" stroke-width="1.6" marker-end="url(#a)"/>`
}

function drawLabel({ label, x, y }: LaidEdge, shift: { x: number; y: number }): string {
  if (label.length === 0 || x === undefined || y === undefined) return ''
  const width = Math.max(...label.map((line) => textWidth(line, size.label))) + 8
  const height = label.length * size.labelLine + 4
  const [cx, cy] = [x + shift.x, y + shift.y]
  return [
    rect(cx - width / 2, cy - height / 2, width, height, { fill: colours.card, radius: 4 }),
    ...label.map((line, index) =>
      text(cx, cy - height / 2 + 12.5 + index * size.labelLine, line, {
        size: size.label,
        fill: colours.soft,
        anchor: 'middle',
      }),
    ),
  ].join('')
}

/** What the marks mean: those that occur. */
function legendOf(nodes: GraphPicture['nodes']) {
  const states = [...new Set(nodes.flatMap(({ state }) => (state && stateLook[state].mark ? [state] : [])))]
  const widths = states.map((state) => 26 + textWidth(stateLook[state].word, 10.5) + 10)
  return {
    width: widths.reduce((sum, width) => sum + width, 0),
    draw: (x: number, y: number): string[] => {
      let at = x
      return states.map((state, index) => {
        const { colour, mark, word } = stateLook[state]
        const drawn =
          `<circle cx="${round(at + 8)}" cy="${round(y - 4)}" r="7" fill="${colour}"/>` +
          text(at + 8, y - 0.5, mark, { size: 9, bold: true, fill: '#ffffff', anchor: 'middle' }) +
          text(at + 20, y, word, { size: 10.5, fill: colours.soft })
        at += widths[index] ?? 0
        return drawn
      })
    },
  }
}

/** The picture in words, for people who do not see it. At most 1,000 characters, as Slack allows. */
export function describeGraph({ title, nodes, edges }: GraphPicture): string {
  const steps = nodes.map(({ name, state }) => {
    const next = edges.filter((edge) => edge.from === name).map(({ to }) => to)
    const went = state ? ` (${stateLook[state].word})` : ''
    return `${name}${went}${next.length > 0 ? `, then ${next.join(' or ')}` : ''}`
  })
  const whole = `Graph of ${title} with ${nodes.length} steps: ${steps.join('; ')}.`.replace(/\s+/g, ' ')
  const chars = [...whole]
  return chars.length <= 1000 ? whole : `${chars.slice(0, 990).join('')}…`
}
