// Builds DOM nodes. Data only ever becomes text nodes or plain attributes, so nothing in a message is parsed as HTML.
// Inline styles are out (the page's content security policy forbids them); `vars` sets custom properties instead.

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */
/**
 * @typedef {{
 *   class?: string, data?: Record<string, string | undefined>, on?: Record<string, (event: any) => void>,
 *   vars?: Record<string, string | number>, [attribute: string]: unknown
 * }} Props
 */

/**
 * Creates an element. `null`, `undefined` and `false` attributes and children are left out, `true` gives an empty
 * attribute, strings become text nodes.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue
    if (name === 'class') node.className = String(value)
    else if (name === 'data') assign(node.dataset, /** @type {Record<string, string>} */ (value))
    else if (name === 'on') {
      for (const [type, listener] of Object.entries(value))
        node.addEventListener(type, /** @type {any} */ (listener))
    } else if (name === 'vars') {
      for (const [property, given] of Object.entries(value)) node.style.setProperty(property, String(given))
    } else if (name.startsWith('on') || name === 'style')
      throw new Error(`attribute ${name} is not allowed here`)
    else if (name !== 'dir') node.setAttribute(name, value === true ? '' : String(value))
  }
  append(node, children)
  // Last, because a browser looks at all the text again for each child that is added under dir=auto.
  if (props?.dir) node.setAttribute('dir', String(props.dir))
  return node
}

/**
 * @param {DOMStringMap} target
 * @param {Record<string, string | undefined>} values
 */
function assign(target, values) {
  for (const [name, value] of Object.entries(values)) if (value !== undefined) target[name] = value
}

/**
 * @param {Node} node
 * @param {Child[]} children
 */
export function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue
    if (Array.isArray(child)) append(node, child)
    else node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)))
  }
}

/**
 * The address if a person may safely follow it (http, https, mailto), otherwise null.
 * @param {unknown} address
 */
export function safeLink(address) {
  try {
    const url = new URL(String(address).trim(), location.origin)
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null
  } catch {
    return null
  }
}

/**
 * The address if it may be loaded as a picture, otherwise null.
 * @param {unknown} address
 */
export function safeImage(address) {
  if (/^data:image\/(png|jpeg|gif|webp);base64,/i.test(String(address))) return String(address)
  const url = safeLink(address)
  return url?.startsWith('http') ? url : null
}

/**
 * A picture; where it cannot be loaded its words take its place.
 * @param {string} source an address that safeImage allowed
 * @param {string} words its alternative text
 * @param {string} [className]
 */
export function picture(source, words, className = '') {
  const image = h('img', { class: className, src: source, alt: words, loading: 'lazy' })
  image.addEventListener('error', () => {
    image.replaceWith(
      h(
        'span',
        { class: `picture-missing ${className}`.trim(), role: 'img', 'aria-label': words },
        icon('file'),
        h('span', { dir: 'auto' }, words),
      ),
    )
  })
  return image
}

/**
 * A link that leaves the page in a new tab; plain text when the address is not one to follow.
 * @param {unknown} address
 * @param {Child} label
 * @param {string} [className]
 */
export function link(address, label, className = 'link') {
  const href = safeLink(address)
  if (!href) return h('span', { class: 'link-refused', title: 'This address is not opened' }, label)
  return h('a', { class: className, href, target: '_blank', rel: 'noopener noreferrer nofollow' }, label)
}

/** Stroke paths of the icons, on a 20 × 20 grid. */
const ICONS = {
  hash: 'M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  menu: 'M3 5h14M3 10h14M3 15h14',
  close: 'm5 5 10 10M15 5 5 15',
  back: 'M12 4 6 10l6 6',
  down: 'm5 8 5 5 5-5',
  right: 'm8 5 5 5-5 5',
  send: 'M3 10 17 3.5 13.5 17 9.5 11.5zM9.5 11.5 17 3.5',
  bolt: 'M11 2.5 4.5 11.5H9.5L9 17.5l6.5-9H10.5z',
  at: 'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.2c0 2.6 4 2.2 4-1.2a7 7 0 1 0-2.8 5.6',
  slash: 'M12.5 3 7.5 17',
  reply: 'M3.5 4.5h13v9h-7L6 16.5v-3H3.5z',
  dots: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  link: 'm8.5 11.5 3-3M9 6l1.5-1.5a3.5 3.5 0 0 1 5 5L14 11M11 14l-1.5 1.5a3.5 3.5 0 0 1-5-5L6 9',
  eye: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM12 10a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  alert: 'M10 3 2.5 16.5h15zM10 8v4M10 14.2h.01',
  info: 'M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM10 9.5V14M10 6.6h.01',
  home: 'M3.5 9 10 3.5 16.5 9v7.5h-4.5V12H8v4.5H3.5z',
  file: 'M5 2.5h6.5L15.5 6.5v11h-10.5zM11.5 2.5v4h4',
  sun: 'M13.5 10a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  moon: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z',
  auto: 'M3 4.5h14v9H3zM7 17h6M10 13.5V17',
  play: 'M6.5 4.5v11l9-5.5z',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l.8 10.5h7.4L14.5 6M8.5 9v4.5M11.5 9v4.5',
  up: 'M6 9.5 10 5l4 4.5M10 5v10',
  like: 'M3.5 9H6v7.5H3.5zM6 9l3.5-6c1.5 0 2 1 1.8 2.2L10.8 8H15c1.2 0 1.8.9 1.5 2l-1.3 5c-.3 1-1 1.5-2 1.5H6',
  people:
    'M10 7a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM2.5 16c0-3 2-4.5 5-4.5s5 1.5 5 4.5M12.5 4.7a2.5 2.5 0 0 1 0 4.6M14.5 11.8c2 .5 3 2 3 4.2',
  plug: 'M7 3v4M13 3v4M5 7h10v2a5 5 0 0 1-10 0zM10 14v4',
}

/**
 * @param {keyof typeof ICONS} name
 * @param {string} [className]
 */
export function icon(name, className = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', `icon icon-${name} ${className}`.trim())
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', ICONS[name])
  svg.appendChild(path)
  return svg
}

/**
 * A square button that shows only an icon; its label is its name and its tooltip.
 * @param {keyof typeof ICONS} name
 * @param {string} label
 * @param {(event: MouseEvent) => void} onClick
 * @param {Props} [props]
 */
export function iconButton(name, label, onClick, props = {}) {
  return h(
    'button',
    {
      type: 'button',
      title: label,
      'aria-label': label,
      ...props,
      class: `icon-button ${props.class ?? ''}`.trim(),
      on: { click: onClick },
    },
    icon(name),
  )
}
