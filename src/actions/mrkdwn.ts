// Escapes a value for use inside a message text, so that data can neither mention a channel nor break the markup.

const invisible = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g

/** `&`, `<` and `>` as entities; marks that turn the direction of the text around are taken out. */
export function escapeMrkdwn(text: string): string {
  return text.replace(invisible, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
