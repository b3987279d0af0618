// The "Problems" drawer: what the app did that Slack would not forgive. Its button is only there when there are any.
import { h, icon, iconButton } from './dom.js'
import { openPopover } from './floating.js'
import { store } from './store.js'
import { clock } from './time.js'

const LABELS = /** @type {Record<string, string>} */ ({
  late_ack: 'Late ack',
  no_ack: 'No ack',
  refused: 'Refused',
  unknown_method: 'Unknown method',
  rate_limited: 'Rate limited',
  not_connected: 'Not connected',
})
const MOST = 200

/** @returns {HTMLElement} */
export const problemsButton = () => {
  const button = h('button', {
    type: 'button',
    class: 'problems-button',
    hidden: true,
    'aria-haspopup': 'dialog',
    'aria-expanded': 'false',
    data: { testid: 'problems' },
    on: { click: () => open(button) },
  })
  return button
}

/** @param {HTMLElement} button */
export function drawProblems(button) {
  const count = store.problems.length
  button.hidden = count === 0
  button.replaceChildren(
    icon('alert'),
    h('span', { class: 'problems-word' }, count === 1 ? '1 problem' : `${count} problems`),
    h('span', { class: 'problems-count', 'aria-hidden': 'true' }, count),
  )
}

/** @param {HTMLElement} button */
function open(button) {
  if (button.getAttribute('aria-expanded') === 'true') return
  const newest = [...store.problems].reverse().slice(0, MOST)
  const close = iconButton('close', 'Close', () => popover.close())
  const panel = h(
    'div',
    { class: 'problems-panel', role: 'dialog', 'aria-label': 'Problems', data: { testid: 'problems-panel' } },
    h(
      'header',
      null,
      h(
        'div',
        null,
        h('h2', null, 'Problems'),
        h('p', { class: 'muted' }, 'What the app did that Slack would not forgive.'),
      ),
      close,
    ),
    h(
      'ul',
      null,
      newest.map((problem) =>
        h(
          'li',
          { data: { kind: problem.kind } },
          h(
            'div',
            { class: 'problem-head' },
            h('span', { class: 'problem-kind' }, LABELS[problem.kind] ?? problem.kind),
            h('code', null, problem.subject),
            h('time', { datetime: problem.at }, clock(new Date(problem.at))),
          ),
          h('div', { class: 'problem-detail', dir: 'auto' }, problem.detail),
        ),
      ),
    ),
  )
  button.setAttribute('aria-expanded', 'true')
  const popover = openPopover(button, panel, {
    align: 'end',
    onClose: () => button.setAttribute('aria-expanded', 'false'),
  })
  close.focus()
}
