// One select for all kinds: static, external, users, conversations and channels, single and multiple.
// A button that opens a searchable listbox; arrow keys, Enter, Escape and typing work as in a native select.
import { h, icon } from './dom.js'
import { openPopover } from './floating.js'

/** @typedef {{ value: string, label: string, description?: string, group?: string, mark?: Node }} Choice */
/**
 * @typedef {{
 *   load: (query: string) => Choice[] | Promise<Choice[]>, remote?: { minimum: number }, labelOf: (value: string) => string,
 *   multiple: boolean, maximum?: number, placeholder: string, selected: string[], onChange: (values: string[]) => void,
 *   attributes: Record<string, unknown>
 * }} SelectOptions
 */

let lists = 0

/**
 * @param {SelectOptions} options
 * @returns {HTMLButtonElement}
 */
export function select(options) {
  let selected = [...options.selected]
  const face = h('span', { class: 'select-face' })
  const button = h(
    'button',
    {
      type: 'button',
      class: 'select',
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      ...options.attributes,
    },
    face,
    icon('down'),
  )
  const name = String(options.attributes['aria-label'] ?? '')
  const show = () => {
    face.replaceChildren()
    if (selected.length === 0) face.append(h('span', { class: 'placeholder' }, options.placeholder))
    else if (options.multiple) {
      face.append(
        ...selected.map((value) => h('span', { class: 'chip', dir: 'auto' }, options.labelOf(value))),
      )
    } else face.append(h('span', { class: 'select-value', dir: 'auto' }, options.labelOf(selected[0])))
    button.dataset.value = selected.join(',')
    if (name)
      button.setAttribute(
        'aria-label',
        `${name}: ${selected.map(options.labelOf).join(', ') || options.placeholder}`,
      )
  }
  show()

  const choose = (/** @type {string} */ value) => {
    if (!options.multiple) selected = [value]
    else if (selected.includes(value)) selected = selected.filter((old) => old !== value)
    else if (selected.length < (options.maximum ?? 100)) selected = [...selected, value]
    show()
    options.onChange(selected)
  }
  const clear = () => {
    selected = []
    show()
    options.onChange(selected)
  }
  const open = () => {
    if (button.getAttribute('aria-expanded') === 'true') return
    openList(button, {
      ...options,
      isSelected: (value) => selected.includes(value),
      choose,
      clear: selected.length > 0 ? clear : null,
    })
  }
  button.addEventListener('click', open)
  button.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      open()
    }
  })
  return button
}

/**
 * @param {HTMLButtonElement} anchor
 * @param {SelectOptions & { isSelected: (value: string) => boolean, choose: (value: string) => void, clear: (() => void) | null }} options
 */
function openList(anchor, options) {
  const id = `options-${++lists}`
  /** @type {Choice[]} */
  let shown = []
  let active = 0
  let asked = 0
  const list = h('div', {
    class: 'listbox',
    role: 'listbox',
    id,
    'aria-multiselectable': options.multiple ? 'true' : null,
  })
  const filter = h('input', {
    class: 'listbox-filter',
    type: 'text',
    role: 'combobox',
    placeholder: 'Search',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-expanded': 'true',
    'aria-controls': id,
    'aria-autocomplete': 'list',
    'aria-label': 'Search options',
    data: { testid: 'option-search' },
  })
  const clearButton =
    options.clear && !options.multiple
      ? h(
          'button',
          {
            type: 'button',
            class: 'listbox-clear',
            on: {
              click: () => {
                options.clear?.()
                popover.close()
              },
            },
          },
          'Clear choice',
        )
      : null
  const panel = h(
    'div',
    { class: 'select-panel' },
    h('div', { class: 'listbox-head' }, filter),
    list,
    clearButton,
  )

  const highlight = () => {
    const nodes = list.querySelectorAll('[role="option"]')
    for (const [index, node] of nodes.entries()) node.classList.toggle('is-active', index === active)
    nodes[active]?.scrollIntoView({ block: 'nearest' })
    if (nodes[active]) filter.setAttribute('aria-activedescendant', nodes[active].id)
    else filter.removeAttribute('aria-activedescendant')
  }
  const note = (/** @type {string} */ words) => {
    shown = []
    list.replaceChildren(h('div', { class: 'listbox-note', role: 'status' }, words))
  }
  const render = () => {
    if (shown.length === 0) return note('Nothing matches')
    list.replaceChildren()
    let group
    for (const [index, choice] of shown.entries()) {
      if (choice.group !== group && choice.group)
        list.append(h('div', { class: 'listbox-group', dir: 'auto' }, choice.group))
      group = choice.group
      const isSelected = options.isSelected(choice.value)
      list.append(
        h(
          'div',
          {
            class: 'option',
            role: 'option',
            id: `${id}-${index}`,
            'aria-selected': String(isSelected),
            data: { value: choice.value },
            on: {
              click: () => pick(index),
              pointermove: () => {
                if (active !== index) {
                  active = index
                  highlight()
                }
              },
            },
          },
          choice.mark,
          h(
            'span',
            { class: 'option-text', dir: 'auto' },
            choice.label,
            choice.description && h('small', null, choice.description),
          ),
          isSelected && icon('check'),
        ),
      )
    }
    highlight()
  }
  const pick = (/** @type {number} */ index) => {
    const choice = shown[index]
    if (!choice) return
    active = index
    options.choose(choice.value)
    if (options.multiple) render()
    else popover.close()
  }
  const update = async () => {
    const query = filter.value.trim()
    const turn = ++asked
    if (options.remote && query.length < options.remote.minimum) {
      const left = options.remote.minimum
      return note(left === 1 ? 'Type to search' : `Type at least ${left} characters`)
    }
    if (options.remote) note('Searching…')
    try {
      const found = await options.load(query)
      if (turn !== asked) return
      shown = options.remote ? found : found.filter((choice) => matches(choice, query))
      active = Math.max(0, query ? 0 : shown.findIndex((choice) => options.isSelected(choice.value)))
      render()
    } catch (error) {
      if (turn === asked) note(/** @type {Error} */ (error).message)
    }
    popover.place()
  }
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause
  filter.addEventListener('input', () => {
    clearTimeout(pause)
    pause = setTimeout(update, options.remote ? 200 : 0)
  })
  filter.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      active = Math.max(0, Math.min(shown.length - 1, active + step))
      highlight()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      event.stopPropagation()
      pick(active)
    } else if (event.key === 'Tab') popover.close()
  })
  anchor.setAttribute('aria-expanded', 'true')
  const popover = openPopover(anchor, panel, {
    matchWidth: true,
    onClose: () => anchor.setAttribute('aria-expanded', 'false'),
  })
  void update()
  filter.focus()
}

/** @param {Choice} choice @param {string} query */
function matches(choice, query) {
  if (!query) return true
  const text = `${choice.label} ${choice.description ?? ''}`.toLocaleLowerCase()
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
