// Whose decision counts, and what has to come with it: one set of rules for people and for those of scenarios.
import { describe, expect, it } from 'vitest'
import { completed, type OpenQuestion, requireSay } from '../../src/actions/decision-rules.ts'
import type { Actor, DecisionRules } from '../../src/engine/report.ts'
import type { JsonObject } from '../../src/json.ts'

const person = (id: string): Actor => ({ kind: 'slack', id, name: id })
const ana = person('U0ANA')
const ben = person('U0BEN')
const program: Actor = { kind: 'api', id: 'U0BEN', name: 'a program' }
const anybody: DecisionRules = {
  users: [],
  groups: [],
  notRequester: true,
  needed: 2,
  reason: 'optional',
  form: {},
}
const nobodyIn = () => false

function question(rules: Partial<DecisionRules>, decided: Actor[] = []): OpenQuestion {
  const at = '2026-03-02T08:00:00.000Z'
  return {
    rules: { ...anybody, ...rules },
    decisions: decided.map((by) => ({ decision: 'approve', by, at, reason: null, form: {} })),
    requester: ana,
  }
}

describe('a decision', () => {
  it('is anybody’s where nobody is named, but not the requester’s', async () => {
    await expect(requireSay(question({}), ben, nobodyIn)).resolves.toBeUndefined()
    await expect(requireSay(question({}), ana, nobodyIn)).rejects.toMatchObject({
      code: 'approval.own_request',
      hint: 'Ask a colleague to decide.',
    })
    await expect(requireSay(question({ notRequester: false }), ana, nobodyIn)).resolves.toBeUndefined()
  })

  it('counts once for each person; a program of the same id is somebody else', async () => {
    await expect(requireSay(question({}, [ben]), ben, nobodyIn)).rejects.toMatchObject({
      code: 'approval.decided_before',
    })
    await expect(requireSay(question({}, [ben]), program, nobodyIn)).resolves.toBeUndefined()
    const asProgram = { ...question({}), requester: { ...program, id: 'U0ANA' } }
    await expect(requireSay(asProgram, ana, nobodyIn)).resolves.toBeUndefined()
  })

  it('is for those who are named, in person or by a group, and for no program', async () => {
    const rules = { users: ['U0BEN'], groups: ['S0LEADS', 'S0BOARD'] }
    await expect(requireSay(question(rules), ben, nobodyIn)).resolves.toBeUndefined()
    await expect(
      requireSay(question(rules), person('U0CLEO'), async (group) => group === 'S0BOARD'),
    ).resolves.toBeUndefined()
    const refusal = {
      code: 'approval.not_yours',
      hint: 'Ask <@U0BEN>, <!subteam^S0LEADS>, <!subteam^S0BOARD>.',
    }
    await expect(requireSay(question(rules), person('U0EVE'), nobodyIn)).rejects.toMatchObject(refusal)
    await expect(requireSay(question(rules), program, () => true)).rejects.toMatchObject(refusal)
  })

  it('asks for membership no more than it must', async () => {
    const asked: string[] = []
    const isMember = (group: string) => asked.push(group) > 0
    await requireSay(question({ users: ['U0BEN'], groups: ['S0LEADS'] }), ben, isMember)
    await expect(requireSay(question({ groups: ['S0LEADS'] }), ana, isMember)).rejects.toThrow()
    expect(asked).toEqual([])
    await requireSay(question({ groups: ['S0LEADS', 'S0BOARD'] }), ben, isMember)
    expect(asked).toEqual(['S0LEADS'])
  })
})

describe('what comes with a decision', () => {
  const complete = (
    decision: 'approve' | 'reject',
    rules: Partial<DecisionRules>,
    given: { reason?: string; form?: JsonObject } = {},
  ) =>
    completed(
      { ...anybody, ...rules },
      { decision, reason: given.reason, form: given.form ?? {} },
      { get: () => undefined },
    )

  it('is a reason where a rejection needs one, and blanks are none', () => {
    const rules = { reason: 'required' } as const
    expect(() => complete('reject', rules, { reason: ' \n' })).toThrowError(
      expect.objectContaining({ code: 'approval.reason_needed', hint: 'Say in a few words why.' }),
    )
    expect(complete('reject', rules, { reason: ' Too much. ' }).reason).toBe('Too much.')
    expect(complete('approve', rules).reason).toBeNull()
    expect(complete('reject', {}).reason).toBeNull()
  })

  it('is the form, checked and filled in; a rejection leaves it out', () => {
    const form = {
      amount: { type: 'integer' as const, required: true, min: 1 },
      note: { type: 'string' as const, required: false, multiline: false },
    }
    expect(complete('approve', { form }, { form: { amount: '12' } }).form).toEqual({ amount: 12, note: null })
    expect(complete('reject', { form }, { form: { amount: 12 } }).form).toEqual({})
    expect(() => complete('approve', { form }, { form: { amount: 0, colour: 'red' } })).toThrowError(
      expect.objectContaining({ code: 'inputs.invalid', hint: 'It asks for: amount, note.' }),
    )
  })
})
