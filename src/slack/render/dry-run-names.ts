// Who people are in a dry run: names in place of mentions and ids, since nobody is to be woken by what does not happen.
import type { CommandResult } from '../../commands/types.ts'
import { isInvented } from '../../scenarios/index.ts'
import { escapeLine } from './escape.ts'
import { clamp } from './limits.ts'

export type DryRun = Extract<CommandResult, { kind: 'dry_run' }>['run']

/** Rows of a collection that are shown, of each kind of change. */
export const rowsShown = 4

export interface DryRunLook {
  now: number
  /** What people are called, by user id. */
  names?: ReadonlyMap<string, string> | undefined
  /** The addresses of the messages that show executions, by execution. */
  links?: ReadonlyMap<string, string> | undefined
}

export const isPerson = /^[UW](?=[A-Z]*\d)[A-Z0-9]{6,20}$/
const mention = /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g

/** Someone by name, without waking them; anything else as it is. */
export function nameOf(id: string, { names }: DryRunLook): string {
  if (isInvented(id)) return 'somebody'
  const name = names?.get(id)
  return escapeLine(clamp(name === undefined ? id : `@${name}`, 80))
}

/** What an author wrote, with names in place of mentions. */
export function said(text: string, look: DryRunLook): string {
  return text.replace(mention, (_all, id: string) => nameOf(id, look))
}

/** The user ids in a dry run, so that their names can be looked up. */
export function peopleIn({ messages, records }: DryRun): string[] {
  const rows = Object.values(records).flatMap(({ created, changed, before }) => [
    ...created.slice(0, rowsShown),
    ...Object.values(changed).slice(0, rowsShown),
    ...Object.values(before).slice(0, rowsShown),
  ])
  const values = rows.flatMap((row) => Object.values(row)).filter((value) => typeof value === 'string')
  const texts = messages.flatMap(({ text, fields = [] }) => [text, ...fields.map(({ value }) => value)])
  const ids = [...messages.map(({ to }) => to), ...values].filter((id) => isPerson.test(id))
  const asked = messages.flatMap(({ question }) => question?.rules.users ?? [])
  const mentioned = [...texts, ...values].flatMap((one) =>
    [...one.matchAll(mention)].flatMap(([, id]) => id ?? []),
  )
  return [...new Set([...ids, ...asked, ...mentioned])].filter((id) => !isInvented(id)).slice(0, 20)
}
