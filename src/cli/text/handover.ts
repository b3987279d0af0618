// What the next shift has to know, as text for the terminal.
import type { HandoverAnswer } from '../answers.ts'
import { indent, line, plural, table, time, visible } from './table.ts'

export function handoverText(handover: HandoverAnswer): string {
  const { since, pending, failing, locks, changes, broken, running, executions } = handover
  const parts = [
    `Since ${time(since)}: ${executions.succeeded} went well, ${executions.failed} failed, ` +
      `${executions.cancelled} cancelled; ${running} under way`,
    block('Waits for a decision', pending, ({ executionId, workflow, what, askedAt, until }) => [
      workflow.id,
      line(what, 60),
      `asked ${time(askedAt)}`,
      `until ${time(until)}`,
      executionId,
    ]),
    block('Failing', failing, ({ workflow, last, failedSince }) => [
      workflow.id,
      `failed ${failedSince} × in this shift`,
      `last ${last.id}`,
      line(last.error ?? '', 80),
    ]),
    block('Locked', locks, ({ workflowId, by, until, reason }) => [
      workflowId,
      `until ${time(until)}`,
      `by ${line(by.name, 40)}`,
      line(reason, 80),
    ]),
    block('Changed', changes, ({ workflow, version, at, first }) => [
      workflow.id,
      first ? 'new' : `version ${version}`,
      time(at),
    ]),
    broken.length > 0
      ? [
          `${plural(broken.length, 'fault')} in files:`,
          ...broken.map(({ message }) => indent(visible(message), '  ')),
        ].join('\n')
      : '',
  ].filter((part) => part !== '')
  if (parts.length === 1) parts.push('Nothing waits, fails, is locked or has changed.')
  return parts.join('\n\n')
}

function block<Item>(title: string, items: Item[], row: (item: Item) => string[]): string {
  if (items.length === 0) return ''
  return `${title}:\n${indent(table(items.map(row)), '  ')}`
}
