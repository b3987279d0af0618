// What each kind of select offers: static options, the app's own suggestions, people, channels, conversations.
import { valueKey } from './actions.js'
import { post } from './api.js'
import { avatar } from './avatar.js'
import { icon } from './dom.js'
import { channelOf, displayName, partnerOf, store, visibleChannels } from './store.js'
import { plainText } from './text.js'

/** @typedef {import('./select.js').Choice} Choice */

/** Labels of options that came from the app, since a value alone says nothing. @type {Map<string, string>} */
const labels = new Map()

/** @param {any} option @param {string} [group] @returns {Choice} */
function choiceOf(option, group) {
  const label = plainText(option.text)
  labels.set(String(option.value), label)
  return {
    value: String(option.value),
    label,
    description: option.description && plainText(option.description),
    group,
  }
}

/** @param {any} source `{options}` or `{option_groups}` @returns {Choice[]} */
const choicesIn = (source) =>
  source.option_groups
    ? source.option_groups.flatMap((/** @type {any} */ group) =>
        group.options.map((/** @type {any} */ option) => choiceOf(option, plainText(group.label))),
      )
    : (source.options ?? []).map((/** @type {any} */ option) => choiceOf(option))

/**
 * @param {any} element a select or multi-select element
 * @param {any} block
 * @param {import('./actions.js').Surface} surface
 * @returns {{ load: (query: string) => Choice[] | Promise<Choice[]>, labelOf: (value: string) => string, remote?: { minimum: number } }}
 */
export function choicesFor(element, block, surface) {
  const kind = element.type.replace(/^multi_/, '')
  if (kind === 'users_select') return { load: people, labelOf: displayName }
  if (kind === 'channels_select') {
    return {
      load: () =>
        store.state?.channels.filter((c) => c.kind === 'public' && !c.is_archived).map(channelChoice) ?? [],
      labelOf: conversationName,
    }
  }
  if (kind === 'conversations_select') {
    return { load: () => conversations(element.filter), labelOf: conversationName }
  }
  for (const option of [element.initial_option, ...(element.initial_options ?? [])])
    if (option) choiceOf(option)
  const labelOf = (/** @type {string} */ value) => labels.get(value) ?? value
  if (kind === 'external_select') {
    return {
      remote: { minimum: element.min_query_length ?? 3 },
      labelOf,
      load: (query) => suggest(element, block, surface, query),
    }
  }
  const fixed = choicesIn(element)
  const own = new Map(fixed.map((choice) => [choice.value, choice.label]))
  return { load: () => fixed, labelOf: (value) => own.get(value) ?? labelOf(value) }
}

/** @param {any} element @param {any} block @param {import('./actions.js').Surface} surface @param {string} query */
async function suggest(element, block, surface, query) {
  const answer = await post('suggest', {
    user: store.viewer,
    in: surface.in,
    block_id: block.block_id,
    action_id: element.action_id,
    query,
  })
  if (!answer.options && !answer.option_groups) throw new Error('The app did not answer with options.')
  return choicesIn(answer)
}

/** @returns {Choice[]} */
const people = () =>
  (store.state?.users ?? [])
    .filter((user) => !user.is_bot)
    .map((user) => ({
      value: user.id,
      label: user.real_name,
      description: `@${user.name}`,
      mark: avatar(user.id, 'small'),
    }))

/** @param {import('../control.ts').SimulatedChannel} channel @returns {Choice} */
function channelChoice(channel) {
  if (channel.kind === 'im')
    return {
      value: channel.id,
      label: displayName(partnerOf(channel)),
      mark: avatar(partnerOf(channel), 'small'),
    }
  return { value: channel.id, label: channel.name, mark: icon(channel.kind === 'private' ? 'lock' : 'hash') }
}

/** @param {any} filter */
function conversations(filter) {
  const include = filter?.include ?? ['public', 'private', 'im', 'mpim']
  return visibleChannels()
    .filter((channel) => include.includes(channel.kind) && !channel.is_archived)
    .filter(
      (channel) =>
        !(
          filter?.exclude_bot_users &&
          channel.kind === 'im' &&
          store.state?.bot.user_id === partnerOf(channel)
        ),
    )
    .map(channelChoice)
}

/** @param {string} id */
function conversationName(id) {
  const channel = channelOf(id)
  if (!channel) return id
  return channel.kind === 'im' ? displayName(partnerOf(channel)) : `#${channel.name}`
}

/**
 * The value that an element starts with, in the form that the control API takes.
 * @param {any} element
 * @param {import('./actions.js').Surface} surface
 * @returns {string | string[] | null}
 */
export function initialValue(element, surface) {
  const values = (/** @type {any[]} */ options) => (options ?? []).map((option) => String(option.value))
  switch (element.type) {
    case 'checkboxes':
    case 'multi_static_select':
    case 'multi_external_select':
      return values(element.initial_options)
    case 'multi_users_select':
      return element.initial_users ?? []
    case 'multi_channels_select':
      return element.initial_channels ?? []
    case 'multi_conversations_select':
      return (
        element.initial_conversations ??
        (element.default_to_current_conversation && surface.channel ? [surface.channel] : [])
      )
    case 'conversations_select':
      return (
        element.initial_conversation ??
        (element.default_to_current_conversation ? (surface.channel ?? null) : null)
      )
    case 'users_select':
      return element.initial_user ?? null
    case 'channels_select':
      return element.initial_channel ?? null
    case 'datepicker':
      return element.initial_date ?? null
    case 'timepicker':
      return element.initial_time ?? null
    case 'datetimepicker':
      return element.initial_date_time === undefined ? null : String(element.initial_date_time)
    default:
      return element.initial_option?.value ?? element.initial_value ?? null
  }
}

/**
 * What the person has entered, or what the element starts with.
 * @param {any} block @param {any} element @param {import('./actions.js').Surface} surface
 */
export function enteredValue(block, element, surface) {
  const key = valueKey(block.block_id, element.action_id)
  return surface.values.has(key) ? (surface.values.get(key) ?? null) : initialValue(element, surface)
}
