// From a command's result to a message: one place that knows which dress belongs to which result.
import type { CommandResult } from '../../commands/types.ts'
import { escapeLine } from './escape.ts'
import { renderHelp } from './help.ts'
import { renderHistory } from './history.ts'
import type { Message } from './limits.ts'
import { note, renderDecided, renderLocked, renderPending, renderUnlocked } from './notes.ts'
import { alreadySettled } from './notification.ts'
import { type ReportOptions, renderReport } from './report.ts'
import { renderWorkflow } from './workflow.ts'
import { renderWorkflows } from './workflows.ts'

/** `now` in milliseconds, for ages. A started execution is the reporter's business; here it is only said in words. */
export function renderResult(result: CommandResult, now: number, options: ReportOptions = {}): Message {
  switch (result.kind) {
    case 'workflows':
      return renderWorkflows(result, now)
    case 'workflow':
      return renderWorkflow(result, now)
    case 'history':
      return renderHistory(result, now)
    case 'report':
      return renderReport(result.report, options)
    case 'help':
      return renderHelp(result)
    case 'started': {
      const name = escapeLine(result.workflow.name)
      return note(result.started ? `*${name}* has started.` : `*${name}* was already started a moment ago.`)
    }
    case 'locked':
      return renderLocked(result)
    case 'unlocked':
      return renderUnlocked(result)
    case 'decided':
      return renderDecided(result)
    case 'pending':
      return renderPending(result, now)
    case 'acknowledged':
      return note(alreadySettled('acknowledged', result.by, result.at))
    case 'task_completed':
      return note(alreadySettled('completed', result.by, result.at))
  }
}
