// What a version has to show before it may answer: a test that it passes on the scenarios as they are now, or an admin
// who takes it upon themselves.
import type { Version, WorkflowDefinition } from '../definition/schema.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { TestReport } from '../scenarios/index.ts'
import { rightsOf } from './access.ts'
import type { Services } from './types.ts'

/** `activation.not_tested`, `activation.outdated` or `activation.not_met`, with the test that it is about. */
export class ActivationRefused extends WorkflowError {
  readonly workflow: { id: string; name: string }
  readonly version: number
  /** The latest test of this version; null when it was never tested. */
  readonly report: TestReport | null

  constructor(
    { code, message, hint }: { code: string; message: string; hint: string },
    about: { version: Version; report: TestReport | undefined },
  ) {
    super(code, message, { hint })
    const { id, name } = about.version.definition.metadata
    this.workflow = { id, name }
    this.version = about.version.number
    this.report = about.report ?? null
  }
}

export interface LatestTest {
  report: TestReport | undefined
  /** Whether the scenarios have changed since then, so that it no longer counts. */
  outdated: boolean
  /** How many scenarios there are now; undefined while their files have faults. */
  scenarios: number | undefined
}

/** The latest test of a version, held against the scenarios as they are now. */
export async function latestTest({ tests }: Pick<Services, 'tests'>, version: Version): Promise<LatestTest> {
  const [report] = tests.list(version.definition.metadata.id, version.hash)
  const now = await tests.scenarios(version)
  const outdated = report !== undefined && (now === undefined || report.scenariosHash !== now.hash)
  return { report, outdated, scenarios: now?.count }
}

/** Two people are needed where any of them asks for it, so that an edit cannot do away with it. */
export function needsTwo(...definitions: WorkflowDefinition[]): boolean {
  return definitions.some(({ settings }) => settings.activation === 'two_people')
}

/**
 * Why a version may not answer yet; undefined when it may. What asks for two people alone, without criteria and without
 * scenarios, has nothing to be tested on. `binding`: see `Activation`.
 */
export async function lackOf(
  services: Pick<Services, 'tests'>,
  version: Version,
  binding: readonly WorkflowDefinition[],
): Promise<ActivationRefused | undefined> {
  const { definition, number } = version
  const { id } = definition.metadata
  const { report, outdated, scenarios } = await latestTest(services, version)
  if (report?.passed && !outdated) return undefined
  const promises = [definition, ...binding].some(({ criteria = [] }) => criteria.length > 0)
  if (!promises && scenarios === 0) return undefined
  const about = { version, report }
  const again = `Test it again: test ${id}`
  if (!report) {
    const hint =
      scenarios === 0 ? `Write scenarios to test it on, then: test ${id}` : `Test it first: test ${id}`
    const message = `Version ${number} of "${id}" has not been tested.`
    return new ActivationRefused({ code: 'activation.not_tested', message, hint }, about)
  }
  if (outdated) {
    const message = `The scenarios of "${id}" have changed since version ${number} was tested.`
    return new ActivationRefused({ code: 'activation.outdated', message, hint: again }, about)
  }
  const message = `Version ${number} of "${id}" cannot be activated: ${whyNot(report)}.`
  const hint = `Mend it, and test it again: test ${id}`
  return new ActivationRefused({ code: 'activation.not_met', message, hint }, about)
}

/** Throws `access.refused`, `activation.reason_needed` unless this is an admin with a reason. */
export async function checkOverride(
  actor: Actor,
  services: Services,
  reason: string | undefined,
): Promise<void> {
  if (!(await rightsOf(actor, services).isAdmin()))
    throw new WorkflowError('access.refused', 'Only admins may activate a version against the rules.', {
      hint: 'Mend it, test it, and activate it then, with a second person where two are needed.',
    })
  if (!reason)
    throw new WorkflowError('activation.reason_needed', 'An override needs a reason.', {
      hint: 'Say in a few words why: reason=…',
    })
}

/** What a test that does not pass fails at, in a line. */
export function whyNot({ scenarios, criteria }: TestReport): string {
  const failing = scenarios.filter((one) => !one.passed)
  const unmet = criteria.filter((one) => !one.met)
  const [first] = failing
  const parts = [
    ...(first
      ? [`${failing.length} of ${scenarios.length} scenarios do not pass (first: "${first.name}")`]
      : []),
    ...(unmet.length > 0 ? [`not met: ${unmet.map(({ name }) => `"${name}"`).join(', ')}`] : []),
  ]
  return parts.join('; ')
}
