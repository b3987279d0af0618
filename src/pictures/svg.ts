// Small pieces of SVG: escaped text that fits its width, and the colours of all pictures. Pure.

/**
 * Pictures have their own light card, so that they read the same in light and dark mode. Colours of states are told
 * apart by a mark as well, for people who do not see colours.
 */
export const colours = {
  card: '#fbfbfd',
  edge: '#d5d9e2',
  ink: '#1b1f2a',
  soft: '#5c6475',
  line: '#8a93a6',
  faint: '#e8ebf1',
  good: '#1f8a4c',
  bad: '#c4312b',
  warn: '#b06d00',
  busy: '#2563c9',
  idle: '#8a93a6',
} as const

export const fontFamily = 'DejaVu Sans'

/** Control characters are not allowed in XML, not even escaped; halves of characters break its encoding. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g
const directions = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g

export function escapeXml(text: string): string {
  return text
    .replace(forbidden, '')
    .replace(directions, '')
    .replace(/[\ud800-\udfff]/gu, '\ufffd')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}

/** About how wide a text is in pixels; a little too wide rather than too narrow. */
export function textWidth(text: string, size: number, bold = false): number {
  let units = 0
  for (const char of text) units += charWidth(char)
  return units * size * (bold ? 1.1 : 1)
}

function charWidth(char: string): number {
  if (/[iljt.,:;'|! ()[\]]/.test(char)) return 0.4
  if (/[mwMW@%]/.test(char)) return 0.98
  if (/[A-Z0-9_]/.test(char)) return 0.7
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(char) || char > '\uffff'
    ? 1.05
    : 0.63
}

/** The beginning that fits, with an ellipsis when it was cut. */
export function fitText(text: string, width: number, size: number, bold = false): string {
  const clean = text.replace(/\s+/g, ' ').trim()
  if (textWidth(clean, size, bold) <= width) return clean
  const chars = [...clean]
  while (chars.length > 0 && textWidth(`${chars.join('')}…`, size, bold) > width) chars.pop()
  return `${chars.join('').trimEnd()}…`
}

/** At most `max` lines at blanks; the last one is cut when there is more. */
export function wrapText(text: string, width: number, size: number, max: number, bold = false): string[] {
  const words = text.replace(/\s+/g, ' ').trim().split(' ')
  const lines: string[] = []
  for (let at = 0; at < words.length; ) {
    if (lines.length === max - 1) {
      lines.push(fitText(words.slice(at).join(' '), width, size, bold))
      break
    }
    let line = words[at++] ?? ''
    while (at < words.length && textWidth(`${line} ${words[at]}`, size, bold) <= width)
      line += ` ${words[at++]}`
    lines.push(fitText(line, width, size, bold))
  }
  return lines
}

export interface TextStyle {
  size: number
  bold?: boolean
  fill?: string
  anchor?: 'start' | 'middle' | 'end'
}

export function text(x: number, y: number, words: string, style: TextStyle): string {
  const { size, bold = false, fill = colours.ink, anchor = 'start' } = style
  return (
    `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"` +
    `${bold ? ' font-weight="700"' : ''}>${escapeXml(words)}</text>`
  )
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  { fill, stroke, radius = 0, dash }: { fill: string; stroke?: string; radius?: number; dash?: string },
): string {
  return (
    `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}"` +
    ` rx="${radius}" fill="${fill}"${stroke ? ` stroke="${stroke}" stroke-width="1.5"` : ''}${dash ? ` stroke-dasharray="${dash}"` : ''}/>`
  )
}

/** A whole picture on its card, which leaves the corners see-through. */
export function card(width: number, height: number, body: string[]): Drawing {
  const [w, h] = [Math.ceil(width), Math.ceil(height)]
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${fontFamily}">` +
    rect(0.75, 0.75, w - 1.5, h - 1.5, { fill: colours.card, stroke: colours.edge, radius: 14 }) +
    `${body.join('')}</svg>`
  return { svg, width: w, height: h }
}

/** A picture before it becomes a PNG; sizes in pixels at its natural scale. */
export interface Drawing {
  svg: string
  width: number
  height: number
}

export const round = (n: number) => Math.round(n * 10) / 10
