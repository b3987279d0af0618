// How times, durations, people and states read in a message.
import type { Actor, NodeResult, Report, WaitingFor } from '../../engine/report.ts'
import { code, escapeLine } from './escape.ts'
import { clamp } from './limits.ts'

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min` */
export function duration(ms: number): string {
  if (ms < 950) return ms < 50 ? 'under 0.1 s' : `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `just now`, `5 min ago`, `2 h ago`, `3 days ago` */
export function age(iso: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(iso)) / 1000)
  if (!(seconds >= 60)) return 'just now'
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ago`
  const days = Math.floor(hours / 24)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

/** Slack shows it in the reader's own time zone and words; without Slack it reads as UTC. */
export function when(iso: string, style: 'time' | 'date' = 'date'): string {
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) return escapeLine(iso)
  const utc = new Date(ms).toISOString()
  const fallback =
    style === 'time' ? `${utc.slice(11, 16)} UTC` : `${utc.slice(0, 10)} ${utc.slice(11, 16)} UTC`
  const format = style === 'time' ? '{time}' : '{date_short_pretty} at {time}'
  return `<!date^${Math.floor(ms / 1000)}^${format}|${fallback}>`
}

const slackUser = /^[UW][A-Z0-9]{2,}$/
const slackGroup = /^S[A-Z0-9]{2,}$/

/** A mention for people of this workspace, a name for everybody else. Mrkdwn. In a new message it notifies them. */
export function person(actor: Actor): string {
  return actor.kind === 'slack' && slackUser.test(actor.id) ? `<@${actor.id}>` : named(actor)
}

/** Who, without notifying anybody: for new messages that only mention somebody in passing. Mrkdwn. */
export function named(actor: Actor): string {
  const name = escapeLine(clamp(actor.name || actor.id, 80)) || 'somebody'
  switch (actor.kind) {
    case 'slack':
      return name
    case 'api':
      return `${name} (API)`
    case 'cli':
      return `${name} (command line)`
    case 'workflow':
      return `the workflow ${name}`
    case 'schedule':
      return 'its schedule'
    case 'webhook':
      return `the webhook ${name}`
  }
}

/** An owner or an approver: a user id, a group id or just a name. Mrkdwn. */
export function reference(id: string): string {
  if (slackUser.test(id)) return `<@${id}>`
  if (slackGroup.test(id)) return `<!subteam^${id}>`
  return escapeLine(id)
}

export const statusEmoji: Record<Report['status'], string> = {
  queued: ':hourglass_flowing_sand:',
  running: ':hourglass_flowing_sand:',
  waiting: ':double_vertical_bar:',
  succeeded: ':white_check_mark:',
  warning: ':warning:',
  failed: ':x:',
  timed_out: ':alarm_clock:',
  cancelled: ':no_entry_sign:',
}

export const statusWord: Record<Report['status'], string> = {
  queued: 'is about to start',
  running: 'is running',
  waiting: 'is waiting',
  succeeded: 'worked',
  warning: 'worked, with a problem',
  failed: 'failed',
  timed_out: 'ran out of time',
  cancelled: 'was stopped',
}

export const nodeEmoji: Record<NodeResult['status'], string> = {
  pending: ':white_circle:',
  running: ':hourglass_flowing_sand:',
  waiting: ':double_vertical_bar:',
  succeeded: ':white_check_mark:',
  failed: ':x:',
  cancelled: ':no_entry_sign:',
  skipped: ':fast_forward:',
}

/** What an execution or a node waits for. Mrkdwn. */
export function waiting(waitingFor: WaitingFor): string {
  switch (waitingFor.kind) {
    case 'time':
      return `waiting until ${when(waitingFor.until)}`
    case 'retry':
      return `will try again (attempt ${waitingFor.attempt}) at ${when(waitingFor.until, 'time')}`
    case 'execution':
      return `waiting for execution ${code(waitingFor.executionId)}`
    case 'person': {
      const { users, groups } = waitingFor.rules
      const who = [...users, ...groups].map(reference).slice(0, 5).join(', ')
      return `waiting for ${who || 'somebody'}: ${escapeLine(waitingFor.what)}`
    }
  }
}

/** What a person calls the steps of a workflow: the actions. What started it is told in the facts. */
export function stepsOf(report: Report): NodeResult[] {
  const steps = report.nodes.filter((node) => node.role === 'action')
  return steps.length > 0 ? steps : report.nodes
}

/** `1 step`, `3 steps` */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

/** Keeps figures and their units on one line: `98.5 %`, `120 ms`. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (%|ms\b|s\b)/g, '$1\u00a0$2')
}

/** The command that shows the whole of an execution. */
export function reportCommand(executionId: string): string {
  return `The whole: ${code(`/workflow report ${executionId}`)}`
}
