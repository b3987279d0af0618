// Makes text from people, data and Python harmless inside a Slack message. Everything that we did not write ourselves
// goes through here.

/** Control characters, except tab and line feed: invisible, and six characters each once they are JSON. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
/** Marks that change the direction of everything that follows, also of our own words. */
const directions = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/
/** Halves of a character: a form body cannot carry them. */
const halves = /[\ud800-\udfff]/gu

/** Without control characters, direction marks and broken characters; line ends are `\n`. */
export function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(controls, '').replace(directions, '').replace(halves, '\ufffd')
}

/** Keeps right-to-left text from turning the words around it. */
function isolate(text: string): string {
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text
}

/** For mrkdwn: `& < >` are escaped (which disarms `<!channel>` and forged mentions), direction is contained. */
export function escapeText(text: string): string {
  return isolate(clean(text)).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

/** For one line of mrkdwn: as `escapeText`, with blanks instead of line ends. */
export function escapeLine(text: string): string {
  return escapeText(text.replace(/\s+/g, ' ').trim())
}

/** For plain text (titles, button labels, rich text, table cells), where nothing is escaped but nothing may be forged. */
export function plain(text: string): string {
  return isolate(clean(text).replace(/<!/g, '<\u2060!'))
}

/** One line of plain text. */
export function plainLine(text: string): string {
  return plain(text.replace(/\s+/g, ' ').trim())
}

/** `code` inside a line. A backtick in it would end it, so it becomes its look-alike. */
export function code(text: string): string {
  const inner = escapeLine(text).replace(/`/g, '\u02cb')
  return `\`${inner === '' ? ' ' : inner}\``
}

/**
 * Mrkdwn that a workflow's author wrote: formatting, links and mentions of one person or channel stay; what would wake
 * up a whole channel or workspace becomes plain words.
 */
export function authored(text: string): string {
  return isolate(clean(text))
    .replace(
      /<!(channel|here|everyone|group)(\|[^>]*)?>/gi,
      (_all, who: string) => `@\u2060${who.toLowerCase()}`,
    )
    .replace(/<!subteam\^[A-Z0-9]+(\|[^>]*)?>/g, (_all, label?: string) => label?.slice(1) || 'a group')
}

/** The plain words behind mrkdwn, for titles and for previews that show no markup. */
export function plainWords(text: string): string {
  return text
    .replace(/<([@#!])([^>|]+)\|([^>]+)>/g, '$3')
    .replace(/<([^@#!>|][^>|]*)\|([^>]+)>/g, '$2')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}
