// Small drawings of the emoji that status messages live on, so that they look the same, and are there at all, on
// machines without an emoji font. Everything else is left to the system's font.

/** Each drawing is a list of shapes: [path, fill colour, stroke colour]. On a 20 × 20 grid. */
const disc = 'M19 10a9 9 0 1 1-18 0 9 9 0 0 1 18 0z'
const box =
  'M4 1.5h12A2.5 2.5 0 0 1 18.5 4v12a2.5 2.5 0 0 1-2.5 2.5H4A2.5 2.5 0 0 1 1.5 16V4A2.5 2.5 0 0 1 4 1.5z'
const GREEN = '#2e9e5b'
const RED = '#d83a4a'
const AMBER = '#e8a317'
const BLUE = '#2f7bd6'
const GREY = '#7d8a90'
const SAND = '#c98d2b'

/** @type {Record<string, [string, string | null, string?][]>} */
const ART = {
  '✅': [
    [box, GREEN],
    ['m5.5 10.5 3.2 3.2 6-7', null, '#fff'],
  ],
  '✔': [['m3.5 11 4.2 4.2 9-10.5', null, GREEN]],
  '☑': [
    [box, BLUE],
    ['m5.5 10.5 3.2 3.2 6-7', null, '#fff'],
  ],
  '❌': [['m4 4 12 12M16 4 4 16', null, RED]],
  '✖': [['m4 4 12 12M16 4 4 16', null, GREY]],
  '⚠': [
    ['M10 2 1.5 17.5h17z', AMBER, AMBER],
    ['M10 7.5v4.5M10 15h.01', null, '#2b2000'],
  ],
  '⛔': [
    [disc, RED],
    ['M5.5 10h9', null, '#fff'],
  ],
  '🚫': [
    ['M18 10a8 8 0 1 1-16 0 8 8 0 0 1 16 0z', null, RED],
    ['m4.5 4.5 11 11', null, RED],
  ],
  '🛑': [
    ['M6.3 1.5h7.4l4.8 4.8v7.4l-4.8 4.8H6.3l-4.8-4.8V6.3z', RED],
    ['M6 10h8', null, '#fff'],
  ],
  '❗': [['M10 3v8.5M10 16h.01', null, RED]],
  '❓': [['M6.5 7a3.5 3.5 0 1 1 5 3.1c-1 .6-1.5 1.2-1.5 2.4M10 16h.01', null, RED]],
  ℹ: [
    [box, BLUE],
    ['M10 9v5.5M10 5.7h.01', null, '#fff'],
  ],
  '🔴': [[disc, RED]],
  '🟢': [[disc, GREEN]],
  '🟡': [[disc, '#f0c02e']],
  '🟠': [[disc, '#ee8a2c']],
  '🔵': [[disc, BLUE]],
  '🟣': [[disc, '#8b5cc7']],
  '⚪': [[disc, '#dfe4e6']],
  '⚫': [[disc, '#3a4347']],
  '⏳': [['M5 2h10M5 18h10M6 2c0 5 3 6 4 8 1-2 4-3 4-8M6 18c0-5 3-6 4-8 1 2 4 3 4 8', '#f7e3b8', SAND]],
  '⌛': [['M5 2h10M5 18h10M6 2c0 5 3 6 4 8 1-2 4-3 4-8M6 18c0-5 3-6 4-8 1 2 4 3 4 8', '#f7e3b8', SAND]],
  '⏱': [['M17 11.5a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM10 11.5V8M8 1.8h4', null, GREY]],
  '⏰': [['M17 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM10 11V7.5M10 11l2.5 1.5M2 5l3-2.5M18 5l-3-2.5', null, RED]],
  '🔄': [
    [box, BLUE],
    ['M14.5 8a5 5 0 0 0-9-.5M5.5 12a5 5 0 0 0 9 .5M14.7 5v3h-3M5.3 15v-3h3', null, '#fff'],
  ],
  '🔁': [
    [box, BLUE],
    ['M14.5 8a5 5 0 0 0-9-.5M5.5 12a5 5 0 0 0 9 .5M14.7 5v3h-3M5.3 15v-3h3', null, '#fff'],
  ],
  '▶': [
    [box, BLUE],
    ['M7.5 5.5v9l7-4.5z', '#fff', '#fff'],
  ],
  '⏸': [
    [box, BLUE],
    ['M7.5 6v8M12.5 6v8', null, '#fff'],
  ],
  '⏹': [
    [box, BLUE],
    ['M7 7h6v6H7z', '#fff', '#fff'],
  ],
  '⏩': [
    [box, BLUE],
    ['M5.5 6v8l5-4zM10.5 6v8l5-4z', '#fff', '#fff'],
  ],
  '⏭': [
    [box, BLUE],
    ['M6 6v8l6-4zM14 6v8', '#fff', '#fff'],
  ],
  '🔒': [
    ['M4 9h12v9H4z', AMBER, AMBER],
    ['M6.5 9V6a3.5 3.5 0 0 1 7 0v3', null, GREY],
  ],
  '🔓': [
    ['M4 9h12v9H4z', AMBER, AMBER],
    ['M6.5 9V5.5a3.5 3.5 0 0 1 6.8-1', null, GREY],
  ],
  '🔔': [
    ['M10 2.5c-3.5 0-5 2.5-5 6 0 3-1 4.5-2 5.5h14c-1-1-2-2.5-2-5.5 0-3.5-1.5-6-5-6z', AMBER, AMBER],
    ['M8.5 17h3', null, SAND],
  ],
  '📦': [
    ['M2.5 6 10 2.5 17.5 6v8.5L10 18l-7.5-3.5z', '#d8a566', '#a87838'],
    ['M2.5 6 10 9.5 17.5 6M10 9.5V18', null, '#a87838'],
  ],
  '📝': [
    ['M4 2h12v16H4z', '#fff', GREY],
    ['M7 6.5h6M7 10h6M7 13.5h3', null, GREY],
  ],
  '📋': [
    ['M4 3.5h12V18H4z', '#d8a566', '#a87838'],
    ['M6.5 6.5h7v9h-7z', '#fff', '#fff'],
    ['M8 2.5h4v2.5H8z', GREY, GREY],
  ],
  '📄': [
    ['M5 2h7l4 4v12H5z', '#fff', GREY],
    ['M12 2v4h4M7.5 10h5.5M7.5 13.5h5.5', null, GREY],
  ],
  '📊': [
    ['M2.5 2.5h15v15h-15z', '#fff', GREY],
    ['M6.5 14V9', null, GREEN],
    ['M10 14V5.5', null, BLUE],
    ['M13.5 14v-3', null, RED],
  ],
  '📈': [
    ['M2.5 2.5h15v15h-15z', '#fff', GREY],
    ['m5 13 3.5-3.5 2.5 2 4-5.5', null, RED],
  ],
  '📉': [
    ['M2.5 2.5h15v15h-15z', '#fff', GREY],
    ['m5 6 3.5 3.5 2.5-2 4 6', null, BLUE],
  ],
  '📅': [
    ['M3 4h14v14H3z', '#fff', GREY],
    ['M3 4h14v4H3z', RED, RED],
    ['M7 12h.01M10 12h.01M13 12h.01M7 15h.01M10 15h.01', null, GREY],
  ],
  '📆': [
    ['M3 4h14v14H3z', '#fff', GREY],
    ['M3 4h14v4H3z', RED, RED],
    ['M7 12h.01M10 12h.01M13 12h.01M7 15h.01M10 15h.01', null, GREY],
  ],
  '🚨': [
    ['M5 15V9.5a5 5 0 0 1 10 0V15z', RED, RED],
    ['M3.5 17.5h13M10 1v1.5M2.5 4 4 5M17.5 4 16 5', null, RED],
  ],
  '🚀': [
    ['M11 13.5 6.5 9C8 5 11.5 2 17.5 2.5 18 8.5 15 12 11 13.5z', '#cfd8dc', GREY],
    ['M13.5 6.5h.01', null, BLUE],
    ['M6.5 9H3.5l2-2.5 2 .3M11 13.5v3l2.5-2-.3-2M4.5 12.5c-1.5 1-2 3-2 5 2 0 4-.5 5-2', RED, RED],
  ],
  '🎉': [
    ['m2.5 17.5 4-11 7 7z', AMBER, AMBER],
    ['M12 2v2M17.5 8h-2M16.5 3.5 13 7M9 3.5h.01M16.5 12h.01', null, RED],
  ],
  '⭐': [['m10 2 2.5 5.3 5.7.7-4.2 4 1.1 5.8L10 15l-5.1 2.8L6 12 1.8 8l5.7-.7z', '#f2bd2d', '#f2bd2d']],
  '⚡': [['M11.5 1.5 4 11.5h5l-1 7 8-10.5h-5z', '#f2bd2d', '#f2bd2d']],
  '💡': [
    ['M10 2a5.5 5.5 0 0 0-3.5 9.8c.8.7 1 1.2 1 2.2h5c0-1 .2-1.5 1-2.2A5.5 5.5 0 0 0 10 2z', '#f6d365', SAND],
    ['M8 17.5h4', null, GREY],
  ],
  '🔥': [
    [
      'M10 1.5c.5 3.5 5.5 5.5 5.5 10.5a5.5 5.5 0 0 1-11 0c0-2.5 1.5-4 2.5-5.5.5 1.5 1 2 2 2.5C9.5 6.5 9 4 10 1.5z',
      '#ee6c2c',
      '#ee6c2c',
    ],
  ],
  '🔍': [['M13.5 8.5a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM12 12l5 5', null, GREY]],
  '👀': [
    [
      'M8.5 10c0 3-1 5-2.7 5S3 13 3 10s1-5 2.8-5 2.7 2 2.7 5zM17 10c0 3-1 5-2.8 5s-2.7-2-2.7-5 1-5 2.7-5S17 7 17 10z',
      '#fff',
      GREY,
    ],
    ['M6.5 11.5h.01M15 11.5h.01', null, '#2b2f31'],
  ],
  '🔗': [
    ['m8.5 11.5 3-3M9 6l1.5-1.5a3.5 3.5 0 0 1 5 5L14 11M11 14l-1.5 1.5a3.5 3.5 0 0 1-5-5L6 9', null, GREY],
  ],
  '⚙': [
    [
      'M10 4.5V2.5M10 17.5v-2M4.5 10h-2M17.5 10h-2M6 6 4.7 4.7M15.3 15.3 14 14M6 14l-1.3 1.3M15.3 4.7 14 6M15 10a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM12 10a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
      null,
      GREY,
    ],
  ],
  '👋': [
    [
      'M6 11 4 7.5M8 9.5 5.5 5M10.5 8.5 8 4M13 8.5 11 5M6 11c1 4 3 6.5 6 6.5s5-2 5-5.5c0-2-.5-4-1.5-5.5l-1 3',
      '#f6c75f',
      SAND,
    ],
  ],
  '👍': [
    [
      'M3 9h3v8H3zM6 9l3.5-6.5c1.5 0 2.2 1 2 2.5L11 8h5c1.2 0 1.8.9 1.5 2l-1.3 5.5c-.3 1-1 1.5-2 1.5H6z',
      '#f6c75f',
      SAND,
    ],
  ],
}

/** Matches any of the drawn characters, with the variation selector that may follow. */
export const DRAWN = new RegExp(`(${Object.keys(ART).join('|')})\\uFE0F?`, 'u')

/**
 * The drawing of a character, or null when there is none.
 * @param {string} char
 * @returns {SVGSVGElement | null}
 */
export function drawing(char) {
  const shapes = ART[char.replace(/\uFE0F/g, '')]
  if (!shapes) return null
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', 'emoji-art')
  svg.setAttribute('aria-hidden', 'true')
  for (const [path, fill, stroke] of shapes) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    node.setAttribute('d', path)
    node.setAttribute('fill', fill ?? 'none')
    if (stroke) node.setAttribute('stroke', stroke)
    svg.append(node)
  }
  return svg
}
