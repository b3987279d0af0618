// Whether a decision counts: the rules that an approval sets, for real people and for those of scenarios alike. Pure;
// who belongs to a group is asked of whoever knows.
import { checkInputs, type KnownRecords } from '../definition/inputs.ts'
import type { Actor, Decision, DecisionRules } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

/** What a decision is held against. */
export interface OpenQuestion {
  rules: DecisionRules
  /** Those that count already. */
  decisions: readonly Decision[]
  /** Who started the execution. */
  requester: Actor
}

/**
 * Rejects when this person has no say: `approval.decided_before`, `approval.own_request`, `approval.not_yours`.
 * `isMember` is asked about groups of the rules only, one after the other, and only when nothing else decides.
 */
export async function requireSay(
  { rules, decisions, requester }: OpenQuestion,
  by: Actor,
  isMember: (groupId: string) => boolean | Promise<boolean>,
): Promise<void> {
  const { users, groups, notRequester } = rules
  if (decisions.some((made) => isSame(made.by, by)))
    throw new WorkflowError(
      'approval.decided_before',
      'You have decided already; it takes other people too.',
      {
        hint: 'Nothing more to do for you.',
      },
    )
  if (notRequester && isSame(requester, by))
    throw new WorkflowError(
      'approval.own_request',
      'You started this yourself, so somebody else has to decide.',
      {
        hint: 'Ask a colleague to decide.',
      },
    )
  if (users.length === 0 && groups.length === 0) return
  // Whoever is named is named by their Slack id; programs have names of their own choosing.
  if (by.kind === 'slack') {
    if (users.includes(by.id)) return
    for (const group of groups) if (await isMember(group)) return
  }
  const whom = [...users.map((id) => `<@${id}>`), ...groups.map((id) => `<!subteam^${id}>`)].join(', ')
  throw new WorkflowError('approval.not_yours', 'You are not among those who may decide this.', {
    hint: `Ask ${whom}.`,
  })
}

/**
 * What comes with a decision, as it is kept: a reason without blanks around it, the form's values checked and filled
 * in. A rejection needs no form. Throws `approval.reason_needed`, `inputs.invalid`.
 */
export function completed(
  rules: DecisionRules,
  given: { decision: Decision['decision']; reason: string | undefined; form: JsonObject },
  records: KnownRecords,
): Pick<Decision, 'decision' | 'reason' | 'form'> {
  const { decision } = given
  const reason = given.reason?.trim() || null
  if (decision === 'reject') {
    if (rules.reason === 'required' && reason === null)
      throw new WorkflowError('approval.reason_needed', 'A rejection needs a reason here.', {
        hint: 'Say in a few words why.',
      })
    return { decision, reason, form: {} }
  }
  const form = checkInputs(rules.form, given.form, records)
  if (form.ok) return { decision, reason, form: form.values }
  throw new WorkflowError('inputs.invalid', form.faults.map((fault) => fault.message).join(' '), {
    hint: `It asks for: ${Object.keys(rules.form).join(', ')}.`,
  })
}

/**
 * One person, in Slack or through a program that asks in their name. A person and a program of their own name may happen to
 * have the same id.
 */
function isSame(one: Actor, other: Actor): boolean {
  return whoIs(one) === whoIs(other)
}

/** Programs ask with the rights of a person as `slack:U…`: what that person may not do twice, they may not do for them. */
const whoIs = ({ kind, id }: Actor): string => {
  const isProgram = kind === 'api' || kind === 'cli'
  return isProgram && id.startsWith('slack:') ? id : `${kind}:${id}`
}
