// Text objects: plain_text with emoji names, mrkdwn with everything that Slack's markup knows.
import { h } from './dom.js'
import { textNodes, withEmoji } from './emoji.js'
import { mrkdwn } from './mrkdwn.js'

/**
 * @param {any} object `{type: "plain_text" | "mrkdwn", text}`
 * @returns {Node}
 */
export function textObject(object) {
  if (!object) return document.createTextNode('')
  if (object.type === 'mrkdwn') return mrkdwn(object.text)
  return h('span', { class: 'plain', dir: 'auto' }, textNodes(plainText(object)))
}

/** The words of a text object, for labels and attributes. @param {any} object */
export const plainText = (object) =>
  object?.emoji === false ? String(object.text ?? '') : withEmoji(object?.text ?? '')
