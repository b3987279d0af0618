// Lets the first version of a workflow with criteria answer as soon as it has passed its tests, and says what is wrong
// with it otherwise. What is found out is kept in reports and records, so that a restart goes on from there.
import { escapeMrkdwn } from '../actions/mrkdwn.ts'
import type { Version } from '../definition/schema.ts'
import { deferred } from '../engine/deferred.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { TestReport } from '../scenarios/index.ts'
import { writeAudit } from './audit-facts.ts'
import { reachableOwner } from './find.ts'
import { lackOf, latestTest, needsTwo, whyNot } from './gate.ts'
import type { Services } from './types.ts'

export interface FirstVersions {
  /** The files were read: looks for workflows of which no version answers, and tests them one after the other. */
  look(): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
  /** Stops between two scenarios. */
  close(): Promise<void>
}

/** What became of a first version that does not answer. */
export interface Waiting {
  workflow: string
  version: number
  /** In a sentence. */
  message: string
}

interface Job {
  workflowId: string
  wanted: boolean
  end(): void
}

/** What keeps a first version from answering, and what to do about it (mrkdwn). */
interface Obstacle {
  message: string
  way(workflowId: string): string
  /** The id of the test that it does not pass. */
  test?: string
}

const ways = {
  mend: (id: string) =>
    `Mend it, or its scenarios: each edit is tested at once, and it answers when it passes. \`/workflow test ${id}\` shows what is wrong.`,
  people: (id: string) => `Both of them say \`/workflow activate ${id}\`.`,
}

/** While a bot starts everything takes longer than it does later, so that deserves a second look. */
function isOnlySlow({ passed, scenarios, criteria }: TestReport): boolean {
  const failing = scenarios.filter((one) => !one.passed).flatMap(({ differences }) => differences)
  const unmet = criteria.filter(({ met }) => !met).map(({ kind }) => kind)
  return (
    !passed &&
    failing.every(({ at }) => at === 'time') &&
    // Of scenarios that take too long, not all pass.
    unmet.every((kind) => kind === 'duration' || kind === 'scenarios') &&
    failing.length + unmet.length > 0
  )
}

/** `ready`: resolves when Python can run code; nothing is tested when it rejects. */
export function createFirstVersions(
  services: Services,
  ready: Promise<void>,
  told: {
    activated(about: { workflow: string; version: number }): void
    waiting(about: Waiting): void
    untold(about: Waiting & { error?: WorkflowError }): void
    unexpected(thrown: unknown): void
  },
): FirstVersions {
  const { activation, catalog, tests, claims, messenger, clock } = services
  const closing = new AbortController()
  const closed = new Promise<never>((_, reject) => {
    closing.signal.addEventListener('abort', () => reject(closing.signal.reason), { once: true })
  })
  closed.catch(() => undefined)
  const jobs: Job[] = []
  let work: Promise<void> | undefined

  /** Why each draft does not answer, as it was said last: the log need not say it again at each edit of another file. */
  const said = new Map<string, string>()

  function look(): void {
    if (closing.signal.aborted) return
    for (const { id, version, draft } of catalog.list()) {
      if (version || !draft || jobs.some((job) => job.workflowId === id)) continue
      const { promise, resolve } = deferred<void>()
      const job: Job = { workflowId: id, wanted: false, end: resolve }
      jobs.push(job)
      activation.expect(id, promise, () => {
        job.wanted = true
      })
    }
    if (jobs.length > 0) work ??= run().finally(() => (work = undefined))
  }

  async function run(): Promise<void> {
    const isReady = await Promise.race([ready, closed]).then(
      () => true,
      () => false,
    )
    for (let job = next(); job; job = next()) {
      // Kept in the list meanwhile, so that what is read from files during the test is not tested twice.
      try {
        if (isReady && !closing.signal.aborted) await decide(job.workflowId)
      } catch (thrown) {
        if (!closing.signal.aborted) told.unexpected(thrown)
      }
      jobs.splice(jobs.indexOf(job), 1)
      job.end()
    }
  }

  /** Where somebody waits, first. */
  const next = () => jobs.find(({ wanted }) => wanted) ?? jobs[0]

  async function decide(workflowId: string): Promise<void> {
    for (;;) {
      const { version, draft } = catalog.get(workflowId) ?? {}
      if (version || !draft) return
      const outcome = await judged(draft)
      // An edit in between is a first version of its own.
      if (catalog.get(workflowId)?.draft?.hash !== draft.hash) continue
      if (outcome === undefined) return activate(draft)
      return tell(draft, outcome)
    }
  }

  /** Undefined when it may answer. A test that was, before a restart, is not run again. */
  async function judged(draft: Version): Promise<Obstacle | undefined> {
    const { id, name } = draft.definition.metadata
    const startedBy: Actor = { kind: 'workflow', id, name }
    const before = await latestTest(services, draft)
    let { report } = before
    if (!report || before.outdated) {
      if (before.scenarios === 0) return lackOrPeople(draft)
      try {
        report = await tests.run(draft, { startedBy, signal: closing.signal })
        if (isOnlySlow(report)) report = await tests.run(draft, { startedBy, signal: closing.signal })
      } catch (thrown) {
        closing.signal.throwIfAborted()
        if (thrown instanceof WorkflowError) return { message: thrown.message, way: ways.mend }
        throw thrown
      }
      const { number } = draft
      const details = { version: number, passed: report.passed, test: report.id }
      await writeAudit({ actor: startedBy, services }, { action: 'workflow.tested', subject: id, details })
    }
    if (!report.passed)
      return { message: `It does not pass its tests: ${whyNot(report)}.`, way: ways.mend, test: report.id }
    return lackOrPeople(draft)
  }

  async function lackOrPeople(draft: Version): Promise<Obstacle | undefined> {
    if (await lackOf(services, draft, []))
      return { message: 'It promises something, and has no scenarios to be tested on.', way: ways.mend }
    return needsTwo(draft.definition)
      ? { message: 'It takes two people to let it answer.', way: ways.people }
      : undefined
  }

  async function activate(draft: Version): Promise<void> {
    const { id, name } = draft.definition.metadata
    const { number: version } = draft
    const decided = activation.of(id)
    if (catalog.get(id)?.version) return
    await activation.activate(draft, { how: 'first' }, decided?.rev ?? 0)
    said.delete(id)
    told.activated({ workflow: id, version })
    const actor: Actor = { kind: 'workflow', id, name }
    const details = { version, insteadOf: null, how: 'first', reason: null }
    await writeAudit({ actor, services }, { action: 'workflow.activated', subject: id, details })
  }

  async function tell(draft: Version, { message, way, test }: Obstacle): Promise<void> {
    const { metadata, settings } = draft.definition
    const { id, name } = metadata
    const about = { workflow: id, version: draft.number, message }
    if (said.get(id) === `${draft.hash} ${message}`) return
    said.set(id, `${draft.hash} ${message}`)
    told.waiting(about)
    const key = `first:${id}:${draft.hash}:${test ?? message}`
    if (claims.get(key) !== undefined) return
    const to = reachableOwner(draft) ?? settings.failure_channel
    if (to === undefined) return told.untold(about)
    try {
      await messenger.post(
        {
          to,
          title: `${name}: version ${draft.number} does not answer yet`.slice(0, 150),
          text: `${escapeMrkdwn(message)}\n${way(id)}`,
          origin: { executionId: '', workflowId: id, workflowName: name, node: '' },
          footer: `Version ${draft.number}`,
        },
        key,
      )
    } catch (thrown) {
      if (!(thrown instanceof WorkflowError)) throw thrown
      return told.untold({ ...about, error: thrown })
    }
    await claims.claim(key, { at: new Date(clock.now()).toISOString() })
  }

  return {
    look,
    async settled() {
      while (work) await work
    },
    async close() {
      closing.abort(new WorkflowError('engine.closing', 'The bot is stopping.'))
      await work
    },
  }
}
