// What an answer may say where it was asked: workflows that keep their values out of public channels are told there
// without them, or to the one who asked alone.
import type { CommandResult, Services } from '../commands/types.ts'
import type { Audience } from './audience.ts'

export interface Discreet {
  result: CommandResult
  /** Whether a report is shown without its values. */
  hidden: boolean
  /** Whether the answer is for the one who asked alone, because it consists of values. */
  privately: boolean
}

/** Whether a workflow keeps its values back: as it answers, or as a draft, which is tested before it does. */
export function settingsOf({ catalog }: Pick<Services, 'catalog'>, workflowId: string): { redact: boolean } {
  const { version, draft } = catalog.get(workflowId) ?? {}
  return { redact: [version, draft].some((one) => one?.definition.settings.redact) }
}

/** `channel` is where it would be read. */
export async function discreet(
  result: CommandResult,
  channel: string,
  { audience, services }: { audience: Audience; services: Services },
): Promise<Discreet> {
  const hides = (workflowId: string) => audience.hides(settingsOf(services, workflowId), channel)
  switch (result.kind) {
    case 'report':
      return { result, hidden: await audience.hides(result.report, channel), privately: false }
    case 'why':
    case 'diff':
      return { result, hidden: false, privately: await hides(result.execution.workflow.id) }
    case 'scenario':
      return { result, hidden: false, privately: await hides(result.workflow.id) }
    case 'tested':
    case 'replayed':
      return { result, hidden: false, privately: await hides(result.report.workflow.id) }
    case 'dry_run':
      return { result, hidden: false, privately: await hidesAny(result.run, hides, channel, audience) }
    case 'pending':
    case 'handover':
    case 'history':
      return { result: await withoutTexts(result, hides), hidden: false, privately: false }
    default:
      return { result, hidden: false, privately: false }
  }
}

/** A draft may hide what the version that answers does not, and a sub-workflow what the one above does not. */
async function hidesAny(
  { report, workflows }: Extract<CommandResult, { kind: 'dry_run' }>['run'],
  hides: (workflowId: string) => Promise<boolean>,
  channel: string,
  audience: Audience,
): Promise<boolean> {
  if (await audience.hides(report, channel)) return true
  const ids = new Set([report, ...workflows].map(({ workflow }) => workflow.id))
  for (const id of ids) if (await hides(id)) return true
  return false
}

type Listing = Extract<CommandResult, { kind: 'pending' | 'handover' | 'history' }>

/** Lists of many workflows stay; the lines in them that hold values go. */
async function withoutTexts(
  result: Listing,
  hides: (workflowId: string) => Promise<boolean>,
): Promise<Listing> {
  const quiet = <T extends { workflow: { id: string } }>(all: T[], strip: (one: T) => T) =>
    Promise.all(all.map(async (one) => ((await hides(one.workflow.id)) ? strip(one) : one)))
  const asked = <T extends { what: string }>(question: T): T => ({ ...question, what: 'a decision' })
  switch (result.kind) {
    case 'pending':
      return { ...result, questions: await quiet(result.questions, asked) }
    case 'history':
      return { ...result, items: await quiet(result.items, (item) => ({ ...item, error: undefined })) }
    case 'handover':
      return {
        ...result,
        pending: await quiet(result.pending, asked),
        failing: await quiet(result.failing, (one) => ({ ...one, last: { ...one.last, error: undefined } })),
      }
  }
}
