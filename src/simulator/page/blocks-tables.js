// The table block, and the data_table block with sorting, a filter and pages. Both scroll inside themselves.
import { h, icon } from './dom.js'
import { textNodes } from './emoji.js'
import { richText } from './richtext.js'

/** @param {any} cell */
function cellContent(cell) {
  if (cell?.type === 'rich_text') return richText(cell)
  if (cell?.type === 'raw_number') return String(cell.text ?? cell.value)
  return textNodes(String(cell?.text ?? ''))
}

/** @param {any} cell */
const cellText = (cell) =>
  cell?.type === 'rich_text' ? (richText(cell).textContent ?? '') : String(cell?.text ?? cell?.value ?? '')

/** @param {any} block */
export function tableBlock(block) {
  const rows = block.rows ?? []
  const settings = block.column_settings ?? []
  const cell = (/** @type {any} */ given, /** @type {number} */ column, /** @type {string} */ tag) => {
    const setting = settings[column] ?? {}
    const align = ['left', 'center', 'right'].includes(setting.align)
      ? setting.align
      : given?.type === 'raw_number'
        ? 'right'
        : 'left'
    return h(
      tag,
      {
        class: `align-${align}${setting.is_wrapped ? ' wrapped' : ''}`,
        scope: tag === 'th' ? 'col' : null,
        dir: 'auto',
      },
      cellContent(given),
    )
  }
  const line = (/** @type {any[]} */ row, /** @type {string} */ tag) =>
    h(
      'tr',
      null,
      row.map((given, column) => cell(given, column, tag)),
    )
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      { class: 'table' },
      h('thead', null, line(rows[0] ?? [], 'th')),
      h(
        'tbody',
        null,
        rows.slice(1).map((/** @type {any[]} */ row) => line(row, 'td')),
      ),
    ),
  )
}

/** @param {any} block */
export function dataTableBlock(block) {
  /** @type {any[]} */
  const head = block.rows[0]
  /** @type {any[][]} */
  const rows = block.rows.slice(1)
  const size = Math.max(1, Math.min(100, block.page_size ?? 5))
  const keyColumn = block.row_header_column_index ?? 0
  let page = 0
  let query = ''
  /** @type {{ column: number, down: boolean } | null} */
  let order = null
  const body = h('tbody')
  const foot = h('div', { class: 'pager' })
  const headers = h('tr')

  const visible = () => {
    const found = query
      ? rows.filter((row) =>
          row.some((/** @type {any} */ cell) => cellText(cell).toLocaleLowerCase().includes(query)),
        )
      : [...rows]
    if (order) {
      const { column, down } = order
      found.sort((a, b) => compare(a[column], b[column]) * (down ? -1 : 1))
    }
    return found
  }
  const show = () => {
    const found = visible()
    const pages = Math.max(1, Math.ceil(found.length / size))
    page = Math.min(page, pages - 1)
    headers.replaceChildren(
      ...head.map((/** @type {any} */ cell, /** @type {number} */ column) => {
        const sorted = order?.column === column ? (order.down ? 'descending' : 'ascending') : 'none'
        const sort = () => {
          order = order?.column === column && order.down ? null : { column, down: order?.column === column }
          show()
          headers.children[column]?.querySelector('button')?.focus()
        }
        return h(
          'th',
          { scope: 'col', 'aria-sort': sorted },
          h(
            'button',
            { type: 'button', class: 'sort', on: { click: sort } },
            cellContent(cell),
            icon('up', 'sort-mark'),
          ),
        )
      }),
    )
    body.replaceChildren(
      ...found.slice(page * size, (page + 1) * size).map((row) =>
        h(
          'tr',
          null,
          row.map((/** @type {any} */ cell, /** @type {number} */ column) =>
            h(
              column === keyColumn ? 'th' : 'td',
              {
                scope: column === keyColumn ? 'row' : null,
                class: cell?.type === 'raw_number' ? 'align-right' : undefined,
                dir: 'auto',
              },
              cellContent(cell),
            ),
          ),
        ),
      ),
    )
    const step = (/** @type {number} */ by) => () => {
      page += by
      show()
    }
    foot.replaceChildren(
      h(
        'span',
        null,
        found.length === 0
          ? 'No rows'
          : `${page * size + 1}–${Math.min(found.length, (page + 1) * size)} of ${found.length}`,
      ),
      h(
        'button',
        { type: 'button', class: 'button small', disabled: page === 0, on: { click: step(-1) } },
        'Previous',
      ),
      h(
        'button',
        { type: 'button', class: 'button small', disabled: page >= pages - 1, on: { click: step(1) } },
        'Next',
      ),
    )
  }
  const filter = h('input', {
    type: 'search',
    class: 'text-input table-filter',
    placeholder: 'Filter rows',
    'aria-label': 'Filter rows',
  })
  filter.addEventListener('input', () => {
    query = filter.value.trim().toLocaleLowerCase()
    page = 0
    show()
  })
  show()
  return h(
    'div',
    { class: 'data-table' },
    rows.length > size && filter,
    h(
      'div',
      { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': block.caption },
      h(
        'table',
        { class: 'table' },
        h('caption', { dir: 'auto' }, block.caption),
        h('thead', null, headers),
        body,
      ),
    ),
    rows.length > size && foot,
  )
}

/** @param {any} a @param {any} b */
function compare(a, b) {
  if (a?.type === 'raw_number' && b?.type === 'raw_number') return a.value - b.value
  return cellText(a).localeCompare(cellText(b), undefined, { numeric: true })
}
