// Block Kit: every block becomes a node that carries `data-block-id` and `data-block-type`; unknown ones show as JSON.
import { cardBlock, carouselBlock, containerBlock, planBlock, taskCard } from './blocks-cards.js'
import { chartBlock } from './blocks-charts.js'
import { dataTableBlock, tableBlock } from './blocks-tables.js'
import { h, icon, link, picture, safeImage, safeLink } from './dom.js'
import { renderElement } from './elements.js'
import { markdown } from './markdown.js'
import { richText } from './richtext.js'
import { plainText, textObject } from './text.js'

/** @typedef {import('./actions.js').Surface} Surface */
/** @typedef {(block: any, surface: Surface) => any} Renderer */

/**
 * @param {any[]} blocks
 * @param {Surface} surface
 * @returns {HTMLElement}
 */
export const renderBlocks = (blocks, surface) =>
  h(
    'div',
    { class: 'blocks' },
    (blocks ?? []).map((block) => renderBlock(block, surface)),
  )

/** @type {Renderer} */
export function renderBlock(block, surface) {
  const render = RENDERERS[block.type] ?? unknown
  let body
  try {
    body = render(block, surface)
  } catch {
    // A block that does not have the shape of its type is shown, not hidden: the developer has to see it.
    body = unknown(block)
  }
  return h(
    'div',
    { class: `block block-${block.type}`, data: { blockId: block.block_id, blockType: block.type } },
    body,
  )
}

/** @type {Record<string, Renderer>} */
const RENDERERS = {
  section,
  header: (block) => {
    const level = Math.min(4, Math.max(1, Number(block.level) || 1))
    return h(
      'div',
      { class: `header-text header-${level}`, role: 'heading', 'aria-level': level + 2, dir: 'auto' },
      textObject(block.text),
    )
  },
  context: (block, surface) =>
    block.elements.map((/** @type {any} */ element) =>
      element.type === 'image'
        ? renderElement(element, { block, surface })
        : h('span', { class: 'context-text', dir: 'auto' }, textObject(element)),
    ),
  divider: () => h('hr', { class: 'divider' }),
  actions: (block, surface) =>
    block.elements.map((/** @type {any} */ element) => renderElement(element, { block, surface })),
  context_actions: (block, surface) =>
    block.elements.map((/** @type {any} */ element) => renderElement(element, { block, surface })),
  image: imageBlock,
  input,
  rich_text: (block) => richText(block),
  markdown: (block) => markdown(block.text),
  table: (block) => tableBlock(block),
  data_table: (block) => dataTableBlock(block),
  data_visualization: (block) => chartBlock(block),
  plan: planBlock,
  task_card: taskCard,
  card: cardBlock,
  carousel: carouselBlock,
  container: (block, surface) => containerBlock(block, surface, renderBlock),
  alert: (block) => {
    const level = ['info', 'warning', 'error', 'success'].includes(block.level) ? block.level : 'default'
    const sign = level === 'success' ? 'check' : level === 'warning' || level === 'error' ? 'alert' : 'info'
    return h(
      'div',
      { class: `alert alert-${level}`, role: 'note' },
      icon(sign),
      h('div', { dir: 'auto' }, textObject(block.text)),
    )
  },
  video,
  file: (block) =>
    h(
      'div',
      { class: 'file-row' },
      icon('file'),
      h('span', { dir: 'auto' }, `Remote file ${block.external_id}`),
    ),
}

/** @param {any} block */
const unknown = (block) => [
  h('div', { class: 'unknown-label' }, icon('info'), `Block type “${block.type}” is not drawn here`),
  h('pre', { class: 'code-block unknown', dir: 'ltr' }, JSON.stringify(block, null, 2)),
]

/** @type {Renderer} */
function section(block, surface) {
  const accessory = block.accessory && renderElement(block.accessory, { block, surface })
  return [
    h(
      'div',
      { class: 'section-main' },
      block.text && h('div', { class: 'section-text', dir: 'auto' }, textObject(block.text)),
      block.fields &&
        h(
          'div',
          { class: 'fields' },
          block.fields.map((/** @type {any} */ field) =>
            h('div', { class: 'field', dir: 'auto' }, textObject(field)),
          ),
        ),
    ),
    accessory && h('div', { class: `accessory accessory-${block.accessory.type}` }, accessory),
  ]
}

/** @type {Renderer} */
function imageBlock(block) {
  const source = safeImage(block.image_url ?? block.slack_file?.url ?? '')
  return h(
    'figure',
    { class: 'picture' },
    block.title && h('figcaption', { dir: 'auto' }, plainText(block.title)),
    source
      ? h(
          'a',
          { href: source, target: '_blank', rel: 'noopener noreferrer' },
          picture(source, block.alt_text ?? ''),
        )
      : h('div', { class: 'picture-missing' }, icon('file'), block.alt_text),
  )
}

let inputs = 0

/** @type {Renderer} */
function input(block, surface) {
  const id = `field-${++inputs}`
  const hint =
    block.hint && h('div', { class: 'field-hint', id: `${id}-hint`, dir: 'auto' }, textObject(block.hint))
  const root = h('div', { class: 'input-field' })
  root.append(
    h(
      'div',
      { class: 'field-label', id: `${id}-label`, dir: 'auto' },
      plainText(block.label),
      block.optional && h('span', { class: 'optional' }, ' (optional)'),
    ),
    renderElement(block.element, {
      block,
      surface,
      labelId: `${id}-label`,
      describedBy: hint ? `${id}-hint` : undefined,
      onEdit: () => fieldError(root, null),
    }),
  )
  if (hint) root.append(hint)
  return root
}

/**
 * Shows or clears the error of one field.
 * @param {Element} field the `.input-field` of an input block
 * @param {string | null} message
 */
export function fieldError(field, message) {
  field.querySelector('.field-error')?.remove()
  field.classList.toggle('has-error', message !== null)
  const control = field.querySelector('[data-action-id]')
  control?.toggleAttribute('aria-invalid', message !== null)
  if (message === null) return
  control?.setAttribute('aria-invalid', 'true')
  field.append(
    h(
      'div',
      { class: 'field-error', role: 'alert', dir: 'auto', data: { testid: 'field-error' } },
      icon('alert'),
      message,
    ),
  )
}

/** @type {Renderer} */
function video(block) {
  const thumbnail = safeImage(block.thumbnail_url)
  const target = safeLink(block.title_url ?? block.video_url)
  return h(
    'div',
    { class: 'video' },
    h(
      'div',
      { class: 'video-title', dir: 'auto' },
      target ? link(target, plainText(block.title)) : plainText(block.title),
    ),
    (block.author_name || block.provider_name) &&
      h('div', { class: 'muted' }, [block.provider_name, block.author_name].filter(Boolean).join(' · ')),
    block.description && h('div', { dir: 'auto' }, plainText(block.description)),
    thumbnail &&
      h(
        'a',
        { class: 'video-thumbnail', href: target ?? thumbnail, target: '_blank', rel: 'noopener noreferrer' },
        picture(thumbnail, block.alt_text ?? ''),
        h('span', { class: 'video-play' }, icon('play')),
      ),
  )
}
