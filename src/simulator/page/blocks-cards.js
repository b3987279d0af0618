// Blocks that group others: plans with their tasks, task cards, cards, carousels and containers.
import { h, icon, link } from './dom.js'
import { renderElement } from './elements.js'
import { textNodes } from './emoji.js'
import { richText } from './richtext.js'
import { plainText, textObject } from './text.js'

/** @typedef {import('./actions.js').Surface} Surface */

/** What a person opened or closed stays so when the app edits its message. @type {Map<string, boolean>} */
const folded = new Map()

/**
 * @param {string} key @param {boolean} open at first
 * @param {string} className @param {any} summary @param {any} body
 */
function fold(key, open, className, summary, body) {
  const node = h(
    'details',
    { class: className },
    h('summary', null, summary, icon('right', 'fold-mark')),
    body,
  )
  node.open = folded.get(key) ?? open
  node.addEventListener('toggle', () => folded.set(key, node.open))
  return node
}

const STATUS = /** @type {Record<string, { label: string, icon: any }>} */ ({
  pending: { label: 'Waiting', icon: null },
  in_progress: { label: 'Running', icon: null },
  complete: { label: 'Done', icon: 'check' },
  error: { label: 'Failed', icon: 'close' },
})

/** @param {string} status */
const statusMark = (status) => {
  const known = STATUS[status] ?? STATUS.pending
  return h(
    'span',
    { class: `task-mark task-${status}`, role: 'img', 'aria-label': known.label, title: known.label },
    known.icon && icon(known.icon),
  )
}

/** @param {any} block @param {Surface} surface */
export function planBlock(block, surface) {
  const tasks = block.tasks ?? []
  const done = tasks.filter((/** @type {any} */ task) => task.status === 'complete').length
  const failed = tasks.some((/** @type {any} */ task) => task.status === 'error')
  const running = tasks.some((/** @type {any} */ task) => task.status === 'in_progress')
  const overall = failed
    ? 'error'
    : running
      ? 'in_progress'
      : done === tasks.length && done > 0
        ? 'complete'
        : 'pending'
  const summary = [
    statusMark(overall),
    h('span', { class: 'plan-title', dir: 'auto' }, textNodes(String(block.title))),
    h('span', { class: 'plan-count' }, `${done} of ${tasks.length}`),
  ]
  const bar = h('span', {
    class: `plan-bar${failed ? ' failed' : ''}`,
    'aria-hidden': 'true',
    vars: { '--done': tasks.length ? done / tasks.length : 0 },
  })
  const list = h(
    'ol',
    { class: 'plan-tasks' },
    tasks.map((/** @type {any} */ task) => h('li', null, taskCard(task, surface))),
  )
  return fold(`${surface.key}|plan|${block.block_id ?? ''}`, true, 'plan', summary, [bar, list])
}

/** @param {any} task @param {Surface} surface */
export function taskCard(task, surface) {
  const summary = [
    statusMark(task.status ?? 'pending'),
    h('span', { class: 'task-title', dir: 'auto' }, textNodes(String(task.title))),
  ]
  const parts = [
    task.details && h('div', { class: 'task-details' }, richText(task.details)),
    task.output && h('div', { class: 'task-output' }, richText(task.output)),
    task.sources?.length > 0 &&
      h(
        'div',
        { class: 'task-sources' },
        task.sources.map((/** @type {any} */ source) => link(source.url, source.text, 'source')),
      ),
  ].filter(Boolean)
  const data = { taskId: task.task_id, status: task.status }
  if (parts.length === 0) return h('div', { class: 'task', data }, h('div', { class: 'task-line' }, summary))
  const open = task.status === 'error' || task.status === 'in_progress'
  const node = fold(
    `${surface.key}|task|${task.task_id}`,
    open,
    'task',
    summary,
    h('div', { class: 'task-body' }, parts),
  )
  Object.assign(node.dataset, data)
  return node
}

/** @param {any} block @param {Surface} surface */
export function cardBlock(block, surface) {
  const place = { block, surface }
  return h(
    'article',
    { class: 'card' },
    block.hero_image &&
      h('div', { class: 'card-hero' }, renderElement({ ...block.hero_image, type: 'image' }, place)),
    h(
      'div',
      { class: 'card-head' },
      block.icon && h('div', { class: 'card-icon' }, renderElement({ ...block.icon, type: 'image' }, place)),
      h(
        'div',
        null,
        block.title && h('div', { class: 'card-title', dir: 'auto' }, textObject(block.title)),
        block.subtitle && h('div', { class: 'card-subtitle', dir: 'auto' }, textObject(block.subtitle)),
      ),
    ),
    block.body && h('div', { class: 'card-body', dir: 'auto' }, textObject(block.body)),
    block.actions?.length > 0 &&
      h(
        'div',
        { class: 'card-actions' },
        block.actions.map((/** @type {any} */ action) => renderElement(action, place)),
      ),
  )
}

/** @param {any} block @param {Surface} surface */
export const carouselBlock = (block, surface) =>
  h(
    'div',
    { class: 'carousel', role: 'group', tabindex: '0', 'aria-label': `${block.elements.length} cards` },
    block.elements.map((/** @type {any} */ card) =>
      h('div', { class: 'carousel-item', data: { blockId: card.block_id } }, cardBlock(card, surface)),
    ),
  )

/** @param {any} block @param {Surface} surface @param {(block: any, surface: Surface) => any} renderBlock */
export function containerBlock(block, surface, renderBlock) {
  const head = [
    block.icon && renderElement({ ...block.icon, type: 'image' }, { block, surface }),
    h(
      'div',
      { class: 'container-titles', dir: 'auto' },
      h(
        'div',
        { class: 'container-title' },
        block.rich_text_title ? richText(block.rich_text_title) : plainText(block.title),
      ),
      block.subtitle && h('div', { class: 'muted' }, textObject(block.subtitle)),
    ),
  ]
  const body = h(
    'div',
    { class: 'container-body' },
    block.child_blocks.map((/** @type {any} */ child) => renderBlock(child, surface)),
  )
  if (block.is_collapsible)
    return fold(
      `${surface.key}|box|${block.block_id ?? ''}`,
      !block.default_collapsed,
      'container',
      head,
      body,
    )
  return h(
    'div',
    { class: `container${block.has_header_divider ? ' ruled' : ''}` },
    h('div', { class: 'container-head' }, head),
    body,
  )
}
