// The home tab: what waits for me, which versions wait, what runs, what I may run, what fails, what is locked, what comes next, what ran.
import type { HomeView, KnownBlock, MultiStaticSelect, PlainTextOption } from '@slack/types'
import type { Lock } from '../../commands/locks.ts'
import type { HistoryItem, PendingQuestion, WorkflowSummary } from '../../commands/types.ts'
import type { Report } from '../../engine/report.ts'
import type { ErrorInfo } from '../../errors.ts'
import { decisionIds } from './approval.ts'
import { actions, button, context, divider, header, plainText, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { historyRow } from './history.ts'
import { type WaitingVersion, waitingTitle, waitingVersionRow } from './home-versions.ts'
import { clamp, firstOf, fitView, limits } from './limits.ts'
import { happened } from './report.ts'
import { cancelButton } from './report-buttons.ts'
import { age, count, named, person, when } from './words.ts'
import { workflowRow } from './workflows.ts'

/** Lists that can be longer than what is shown at first. */
export const homeLists = ['pending', 'versions', 'running', 'workflows', 'failing', 'recent'] as const
export type HomeList = (typeof homeLists)[number]

/** What a person made of their tab. It travels in the view, so that any process can go on with it. */
export interface HomeState {
  search: string
  /** Grows when the search is emptied: Slack keeps what was typed as long as the field has the same id. */
  field: number
  shown: { [list in HomeList]: number }
}

/** How many at first, how many more with each click, and how many at most: 100 blocks are all that Slack takes. */
const pages: { [list in HomeList]: { first: number; more: number; most: number } } = {
  pending: { first: 4, more: 4, most: 8 },
  versions: { first: 3, more: 3, most: 6 },
  running: { first: 3, more: 3, most: 6 },
  workflows: { first: 10, more: 10, most: 30 },
  failing: { first: 3, more: 3, most: 6 },
  recent: { first: 5, more: 5, most: 15 },
}

export function newHomeState(): HomeState {
  const shown = Object.fromEntries(homeLists.map((list) => [list, pages[list].first])) as HomeState['shown']
  return { search: '', field: 0, shown }
}

export function showMore(state: HomeState, list: HomeList): HomeState {
  const { more, most } = pages[list]
  return { ...state, shown: { ...state.shown, [list]: Math.min(most, state.shown[list] + more) } }
}

export const homeIds = {
  more: 'home_more',
  search: 'home_search',
  clear: 'home_clear',
  favourites: 'home_favourites',
} as const

export interface HomeContent {
  /** What I may run and what matches the search, favourites first. */
  workflows: (WorkflowSummary & { favourite: boolean })[]
  /** What I may run in all. */
  total: number
  /** Questions that I may answer. */
  pending: PendingQuestion[]
  /** One more than is shown, when there are more. */
  versions: WaitingVersion[]
  running: Report[]
  /** One more than is shown, when there are more. */
  recent: HistoryItem[]
  failing: HistoryItem[]
  locks: Lock[]
  /** ISO 8601, the soonest first. */
  upcoming: { name: string; at: string }[]
}

const linesShown = 5

export function renderHome(content: HomeContent, state: HomeState, now: number): HomeView {
  const { shown } = state
  const blocks: KnownBlock[] = [
    ...listed('Waits for you', 'pending', content.pending, shown.pending, (question, index) =>
      questionRow(question, index, now),
    ),
    ...listed(
      waitingTitle(content.versions),
      'versions',
      content.versions,
      shown.versions,
      (waiting, index) => waitingVersionRow(waiting, index, now),
    ),
    ...listed('Running now', 'running', content.running, shown.running, (report) => runningRow(report, now)),
    ...workflows(content, state, now),
    ...listed('Failing', 'failing', content.failing, shown.failing, (item) => [
      historyRow(item, now, 'failing'),
    ]),
    ...lines(
      'Locked',
      content.locks,
      ({ workflowId, by, until, reason }) =>
        `:lock: ${code(workflowId)} by ${named(by)} until ${when(until)}${reason ? `: ${escapeLine(clamp(reason, 120))}` : ''}`,
    ),
    ...lines(
      'Next by the clock',
      content.upcoming,
      ({ name, at }) => `:calendar: *${escapeLine(clamp(name, 80))}* ${when(at)}`,
    ),
    ...(content.recent.length > 0
      ? listed('Lately', 'recent', content.recent, shown.recent, (item) => [historyRow(item, now)])
      : [header('Lately'), section('Nothing has run yet.')]),
    context('Results of what you run here come to you as a direct message.'),
  ]
  const whole = `More with ${code('/workflow list')} and ${code('/workflow history')}`
  return { ...frame(state), blocks: unique(fitView(blocks, whole)) }
}

/** For people who get nothing here: why, and whom to ask. */
export function renderClosedHome({ message, hint }: ErrorInfo): HomeView {
  const why = hint ? `\n${escapeLine(clamp(hint, 500))}` : ''
  return {
    ...frame(newHomeState()),
    blocks: [section(`:lock: ${escapeLine(clamp(message, 500))}${why}`)],
  }
}

function frame(state: HomeState) {
  return { type: 'home' as const, callback_id: 'home', private_metadata: JSON.stringify(state) }
}

function listed<T>(
  title: string,
  list: HomeList,
  all: T[],
  shown: number,
  row: (one: T, index: number) => KnownBlock[],
): KnownBlock[] {
  if (all.length === 0) return []
  const { shown: some, more } = firstOf(all, shown)
  return [header(title), ...some.flatMap(row), ...moreButton(list, more, shown)]
}

function moreButton(list: HomeList, more: number, shown: number): KnownBlock[] {
  if (more <= 0) return []
  if (shown >= pages[list].most) {
    const command = {
      pending: 'pending',
      versions: 'versions <workflow>',
      running: 'history',
      workflows: 'list <word>',
      failing: 'handover',
      recent: 'history',
    }
    return [context(`And more: ${code(`/workflow ${command[list]}`)}`)]
  }
  return [
    actions(`${homeIds.more}:${list}`, [
      button('Show more', { action: `${homeIds.more}:${list}`, value: list, label: `Show more: ${list}` }),
    ]),
  ]
}

function lines<T>(title: string, all: T[], line: (one: T) => string): KnownBlock[] {
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, linesShown)
  return [header(title), section([...shown.map(line), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'))]
}

function workflows(content: HomeContent, state: HomeState, now: number): KnownBlock[] {
  const { search, shown } = state
  const { shown: some, more } = firstOf(content.workflows, shown.workflows)
  const matching = `${count(content.workflows.length, 'workflow')} of ${content.total} match “${escapeLine(clamp(search, 60))}”`
  const nothing =
    content.total === 0
      ? 'There is no workflow that you may run.'
      : `No workflow matches “${escapeLine(clamp(search, 60))}”.`
  return [
    header('Workflows'),
    ...(content.total > pages.workflows.first || search !== '' ? [searchField(state)] : []),
    ...(search !== ''
      ? [
          section(content.workflows.length === 0 ? nothing : matching, {
            accessory: button('Show all', { action: homeIds.clear, label: 'Show all workflows again' }),
          }),
        ]
      : content.total === 0
        ? [section(nothing)]
        : []),
    ...some.map((workflow) => workflowRow(workflow, now, workflow.favourite ? ':star: ' : '')),
    ...moreButton('workflows', more, shown.workflows),
    ...(content.total > 1 ? [favourites(content)] : []),
    divider,
  ]
}

function searchField({ search, field }: HomeState): KnownBlock {
  return {
    type: 'input',
    block_id: `${homeIds.search}:${field}`,
    dispatch_action: true,
    optional: true,
    label: plainText('Find a workflow', limits.buttonText),
    element: {
      type: 'plain_text_input',
      action_id: homeIds.search,
      max_length: 100,
      ...(search ? { initial_value: clamp(search, 100) } : {}),
      placeholder: plainText('A word of its name, then Enter', limits.buttonText),
      dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
    },
  }
}

/** Chosen from what is found, which holds the favourites first; a search brings others within reach. */
function favourites({ workflows }: HomeContent): KnownBlock {
  const choices = workflows.slice(0, limits.options)
  if (choices.length === 0) return context('Favourites can be chosen from what is found.')
  const option = ({ id, name }: { id: string; name: string }): PlainTextOption => ({
    text: plainText(name, limits.optionText),
    value: id,
  })
  const initial = choices.filter(({ favourite }) => favourite).map(option)
  const select: MultiStaticSelect = {
    type: 'multi_static_select',
    action_id: homeIds.favourites,
    placeholder: plainText('Choose', limits.buttonText),
    options: choices.map(option),
    ...(initial.length > 0 ? { initial_options: initial } : {}),
  }
  return {
    type: 'section',
    // Slack keeps what was chosen as long as the block has the same id; another search has other choices.
    block_id: `${homeIds.favourites}:${choices.length}:${initial.length}`,
    text: { type: 'mrkdwn', text: ':star: *Favourites* come first', verbatim: true },
    accessory: select,
  }
}

function runningRow(report: Report, now: number): KnownBlock[] {
  return [
    section(
      `:hourglass_flowing_sand: ${happened(report)}\nStarted ${age(report.createdAt, now)} by ${person(report.startedBy)}`,
      { id: `running:${report.id}` },
    ),
    actions(`running_actions:${report.id}`, [openButton(report.id), cancelButton(report)]),
  ]
}

function questionRow(
  { executionId, node, workflow, what, askedAt, until }: PendingQuestion,
  index: number,
  now: number,
): KnownBlock[] {
  const value = JSON.stringify({ executionId, node })
  const about = clamp(what, 40)
  return [
    section(
      `:raised_hand: *${escapeLine(clamp(what, 300))}*\n${escapeLine(workflow.name)} asked ${age(askedAt, now)}, until ${when(until)}`,
      { id: `question:${index}` },
    ),
    actions(`question_actions:${index}`, [
      button('Approve', {
        action: `${decisionIds.approve}:${index}`,
        value,
        style: 'primary',
        label: `Approve ${about}`,
      }),
      button('Reject…', {
        action: `${decisionIds.reject}:${index}`,
        value,
        style: 'danger',
        label: `Reject ${about}`,
      }),
      openButton(executionId),
    ]),
  ]
}

/** Slack refuses two blocks of one id; an execution may stand in two lists while it ends. */
function unique(blocks: KnownBlock[]): KnownBlock[] {
  const seen = new Set<string>()
  return blocks.filter((block) => {
    if (block.block_id === undefined) return true
    const fresh = !seen.has(block.block_id)
    seen.add(block.block_id)
    return fresh
  })
}
