// A person's picture: coloured initials, made from the name; the bot gets a mark of its own.
import { h, icon } from './dom.js'
import { displayName, store, userOf } from './store.js'

/** @param {string} name */
const initials = (name) => {
  const words = name.split(/[\s._-]+/u).filter(Boolean)
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words
  return picked.map((word) => [...word][0]?.toLocaleUpperCase() ?? '').join('') || '?'
}

/**
 * @param {string} userId
 * @param {'small' | 'normal' | 'large'} [size]
 */
export function avatar(userId, size = 'normal') {
  const user = userOf(userId)
  const isBot = userId === store.state?.bot.user_id
  return h(
    'span',
    {
      class: `avatar avatar-${size}${isBot ? ' avatar-app' : ''}`,
      'aria-hidden': 'true',
      vars: user?.color ? { '--avatar': user.color } : undefined,
    },
    isBot ? icon('bolt') : initials(displayName(userId)),
  )
}
