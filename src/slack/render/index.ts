// From a command's result to a message: one place that knows which dress belongs to which result.
import type { CommandResult, VersionState } from '../../commands/types.ts'
import { renderActivated, renderProposed } from './activation.ts'
import { renderAudit, renderVerdict } from './audit.ts'
import { renderDiff } from './diff.ts'
import { renderDryRun } from './dry-run.ts'
import { escapeLine } from './escape.ts'
import { renderHandover } from './handover.ts'
import { renderHelp } from './help.ts'
import { renderHistory } from './history.ts'
import type { Message } from './limits.ts'
import { note, renderDecided, renderLocked, renderPending, renderPosted, renderUnlocked } from './notes.ts'
import { alreadySettled } from './notification.ts'
import { renderReplayed, renderReplays } from './replay.ts'
import { type ReportOptions, renderReport } from './report.ts'
import { renderScenario } from './scenario.ts'
import { renderStats } from './stats.ts'
import { renderTested, renderTests } from './tests.ts'
import { renderVersions } from './versions.ts'
import { renderWhy } from './why.ts'
import { renderWorkflow } from './workflow.ts'
import { renderWorkflows } from './workflows.ts'

export interface ResultOptions extends ReportOptions {
  /** The addresses of the messages that show executions, by execution. */
  links?: ReadonlyMap<string, string>
  /** How the versions of the workflow stand that the result is about, newest first. */
  versions?: readonly VersionState[] | undefined
  /** What people are called, by user id, where nobody is to be mentioned. */
  names?: ReadonlyMap<string, string> | undefined
}

/** `now` in milliseconds, for ages. A started execution is the reporter's business; here it is only said in words. */
export function renderResult(result: CommandResult, now: number, options: ResultOptions = {}): Message {
  switch (result.kind) {
    case 'workflows':
      return renderWorkflows(result, now)
    case 'workflow':
      return renderWorkflow(result, now)
    case 'history':
      return renderHistory(result, now, options.links)
    case 'report':
      return renderReport(result.report, options)
    case 'help':
      return renderHelp(result)
    case 'started': {
      const name = escapeLine(result.workflow.name)
      return note(result.started ? `*${name}* has started.` : `*${name}* was already started.`)
    }
    case 'locked':
      return renderLocked(result)
    case 'unlocked':
      return renderUnlocked(result)
    case 'decided':
      return renderDecided(result)
    case 'pending':
      return renderPending(result, now)
    case 'why':
      return renderWhy(result, now)
    case 'diff':
      return renderDiff(result, now)
    case 'stats':
      return renderStats(result, now)
    case 'handover':
      return renderHandover(result, now)
    case 'posted':
      return renderPosted(result)
    case 'audit':
      return renderAudit(result)
    case 'audit_verified':
      return renderVerdict(result)
    case 'backed_up':
      return note(`The backup is complete: ${result.files} files in ${escapeLine(result.folder)}.`)
    case 'tested':
      return renderTested(result, now, { draft: draftOf(result.report.version, options.versions) })
    case 'tests':
      return renderTests(result, now)
    case 'replayed':
      return renderReplayed(result, now, {
        links: options.links,
        activatable: draftOf(result.report.version, options.versions, ['tested']),
      })
    case 'replays':
      return renderReplays(result, now)
    case 'versions':
      return renderVersions(result, now)
    case 'activated':
      return renderActivated(result)
    case 'activation_proposed':
      return renderProposed(result, now, {
        state: options.versions?.find(({ number }) => number === result.version),
        from: activeNumber(options.versions),
      })
    case 'scenario':
      return renderScenario(result)
    case 'dry_run':
      return renderDryRun(result, { now, names: options.names, links: options.links })
    case 'acknowledged':
      return note(alreadySettled('acknowledged', result.by, result.at))
    case 'task_completed':
      return note(alreadySettled('completed', result.by, result.at))
  }
}

/** Set for a version that waits to be activated: which one answers until then. */
function draftOf(
  { hash }: { hash: string },
  versions: ResultOptions['versions'] = [],
  states: VersionState['state'][] = ['draft', 'tested'],
): { from: number | null } | undefined {
  const waits = versions.some((one) => one.hash === hash && states.includes(one.state))
  return waits ? { from: activeNumber(versions) } : undefined
}

function activeNumber(versions: ResultOptions['versions'] = []): number | null {
  return versions.find(({ state }) => state === 'active')?.number ?? null
}
