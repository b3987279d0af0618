// Words, columns and times for the terminal. What came from data cannot move the cursor or colour the screen.

/** Control characters and marks that turn the direction of text become visible dots; line breaks and tabs stay. */
export function visible(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '·')
}

/** On one line, at most `length` characters. */
export function line(text: string, length = 160): string {
  const characters = [...visible(text).replace(/\s+/g, ' ').trim()]
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`
}

/** Columns, each as wide as its widest cell; the last one is left as it is. */
export function table(rows: string[][]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, [...cell].length)
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export const indent = (text: string, by = '      ') => text.replace(/^(?=.)/gm, by)

export const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** `0.8 s`, `2 min 5 s`, `1 h 3 min` */
export function duration(ms: number | null): string {
  if (ms === null) return ''
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** `2026-03-01 12:00:00 UTC` */
export const time = (iso: string) => `${iso.slice(0, 19).replace('T', ' ')} UTC`

const SIGNS: { [status: string]: string } = {
  succeeded: '✓',
  warning: '!',
  failed: '✗',
  timed_out: '✗',
  cancelled: '×',
  skipped: '–',
  waiting: '…',
  running: '▸',
}

/** `✓ succeeded`, `✗ timed out` */
export const status = (word: string) => `${SIGNS[word] ?? '·'} ${word.replace('_', ' ')}`
