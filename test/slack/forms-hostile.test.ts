// Cards and forms over whatever authors, data and people come up with: what we send is accepted and wakes nobody up.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApprovalCard } from '../../src/actions/ports.ts'
import { checkInputs, type Inputs, inputsSchema } from '../../src/definition/inputs.ts'
import type { DecisionRules } from '../../src/engine/report.ts'
import type { JsonObject } from '../../src/json.ts'
import { type CardState, renderCard } from '../../src/slack/render/approval.ts'
import { renderDecision, renderPicker, renderRunForm } from '../../src/slack/render/forms.ts'
import {
  blockOf,
  type FormState,
  fieldErrors,
  inputFields,
  readFields,
  suggestId,
  suggestions,
} from '../../src/slack/render/inputs.ts'
import { judge, judged, messageFaults, viewFaults } from './acceptance.ts'
import * as hostile from './hostile.ts'

const records = {
  get: (_collection: string, key: string) =>
    key.startsWith('missing') ? undefined : { key, value: { name: `<!channel> ${key} `.repeat(9), n: 7 } },
}

const time = fc.constantFrom('2026-03-02T10:00:00.000Z', '2030-12-31T23:59:59.000Z')
const short = hostile.text.map((value) => value.slice(0, 150).replace(/[\ud800-\udfff]/gu, '') || 'x')
const words = hostile.text.map(
  (value) =>
    value
      .slice(0, 70)
      .replace(/[\ud800-\udfff]/gu, '')
      .trim() || 'x',
)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const common = {
  label: optional(short),
  description: optional(hostile.text.map((t) => t.slice(0, 500))),
  required: fc.boolean(),
}
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(1e21))
const input = fc.oneof(
  fc.record({
    type: fc.constant('string'),
    ...common,
    default: optional(hostile.text),
    min_length: optional(fc.integer({ min: 0, max: 4000 })),
    max_length: optional(fc.integer({ min: 1, max: 3000 })),
    multiline: fc.boolean(),
  }),
  fc.record({
    type: fc.constantFrom('number', 'integer'),
    ...common,
    default: optional(number),
    min: optional(number),
  }),
  fc.record({ type: fc.constant('boolean'), ...common, default: optional(fc.boolean()) }),
  fc
    .tuple(fc.record(common), fc.array(words, { minLength: 1, maxLength: 100 }), fc.boolean())
    .map(([more, options, preset]) => ({
      type: 'enum',
      ...more,
      options,
      ...(preset ? { default: options[0] } : {}),
    })),
  fc.record({ type: fc.constant('date'), ...common, default: optional(fc.constant('2026-03-31')) }),
  fc.record({ type: fc.constantFrom('user', 'channel'), ...common, default: optional(short) }),
  fc.record({
    type: fc.constant('record'),
    ...common,
    collection: fc.constant('items'),
    label_field: optional(fc.constantFrom('name', 'n', 'nothing')),
    default: optional(short),
  }),
)
const inputs = fc
  .array(input, { maxLength: 95 })
  .map((all) => Object.fromEntries(all.map((one, index) => [`input_${index}`, one])) as unknown as Inputs)
const given = fc
  .array(fc.oneof(hostile.text, number, fc.boolean()), { maxLength: 20 })
  .map((all) => Object.fromEntries(all.map((one, index) => [`input_${index}`, one])) as JsonObject)

const decision = fc.record({
  decision: fc.constantFrom('approve', 'reject'),
  by: fc.record({
    kind: fc.constantFrom('slack', 'api'),
    id: fc.oneof(fc.constant('U0ANALIMA'), hostile.text),
    name: hostile.text,
  }),
  at: time,
  reason: fc.option(hostile.text),
  form: given,
})
const state = fc
  .record({
    title: hostile.text,
    text: hostile.text,
    fields: fc.array(fc.record({ label: hostile.text, value: hostile.text }), { maxLength: 12 }),
    name: hostile.text,
    users: fc.array(fc.oneof(fc.constant('U0ANALIMA'), hostile.text), { maxLength: 12 }),
    needed: fc.integer({ min: 1, max: 20 }),
    form: inputs,
    decisions: fc.array(decision, { maxLength: 20 }),
    until: time,
    outcome: fc.constantFrom(undefined, 'approved', 'rejected', 'expired', 'withdrawn'),
    evidence: fc.array(
      fc.option(
        fc.record({
          median: number,
          of: fc.nat(),
          prefix: fc.constant('€'),
          suffix: fc.constant(' kg'),
          grouped: fc.boolean(),
        }),
      ),
    ),
    because: hostile.text,
  })
  .map((made) => {
    const { name, users, needed, form, evidence, because, ...card } = made
    const origin = { executionId: 'x1', workflowId: 'w', workflowName: name, node: name.slice(0, 60) }
    const rules = { users, groups: [], notRequester: true, needed, reason: 'optional', form }
    return {
      card: { to: '#x', ...card, origin, rules } as unknown as ApprovalCard,
      evidence,
      stopped: { because },
    } as CardState
  })

const place = { channel: 'C0OPERATNS', user: 'U0ANALIMA', thread: '1.2' }
const views = {
  'a form of inputs': fc
    .record({ inputs, given, name: hostile.text, description: hostile.text, faults: fc.array(hostile.text) })
    .map(({ name, description, ...form }) =>
      renderRunForm({ ...form, workflow: { id: 'w', name, description }, place }, records),
    ),
  'the list of workflows to choose from': fc
    .record({
      workflows: fc.array(fc.record({ name: hostile.text, description: hostile.text }), { maxLength: 130 }),
      about: optional(hostile.text),
    })
    .map(({ workflows, about }) =>
      renderPicker(
        workflows.map((one, index) => ({ ...one, id: `w-${index}` })),
        { place, messageKey: 'slack:message-shortcut:1.2.3' },
        about,
      ),
    ),
  'a decision that asks for something': fc
    .record({ what: hostile.text, form: inputs, decision: fc.constantFrom('approve', 'reject') })
    .map(({ what, form, decision }) => {
      const rules: DecisionRules = {
        users: [],
        groups: [],
        notRequester: true,
        needed: 1,
        reason: 'required',
        form,
      }
      const meta = { decision, executionId: 'x1', node: 'approve', place } as never
      return renderDecision({ what, rules }, meta, records)
    }),
}

describe('cards and forms', () => {
  it('the generated inputs are those that a workflow may declare', () => {
    fc.assert(
      fc.property(inputs, (declared) => inputsSchema.safeParse(JSON.parse(JSON.stringify(declared))).success),
      { numRuns: 60 },
    )
  })

  it('a question, open or closed, is a message that Slack accepts', () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(messageFaults(renderCard(one))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('an open question always keeps its buttons', () => {
    fc.assert(
      fc.property(state, (one) => {
        const blocks = JSON.stringify(
          renderCard({ ...one, card: { ...one.card, outcome: undefined } as never }).blocks,
        )
        expect(blocks).toContain('"action_id":"approve"')
        expect(blocks).toContain('"action_id":"reject"')
      }),
      { numRuns: 100 },
    )
  })

  for (const [what, arbitrary] of Object.entries(views)) {
    it(`${what} is a view that Slack accepts`, () => {
      fc.assert(
        fc.property(arbitrary, (view) => {
          expect(viewFaults(view)).toEqual([])
        }),
        { numRuns: 100 },
      )
    })
  }

  it.skipIf(!judge)(
    'an independent judge finds nothing either (skipped where none is kept beside the project)',
    () => {
      const samples = [state.map(renderCard), ...Object.values(views)].flatMap((arbitrary) =>
        fc.sample(arbitrary as fc.Arbitrary<unknown>, { numRuns: 25, seed: 11 }),
      )
      expect(judged(samples)).toBe('')
    },
  )
})

describe('fields', () => {
  const declared = inputsSchema.parse({
    sku: { type: 'record', collection: 'items', required: true },
    amount: { type: 'number', min: 0.5 },
    express: { type: 'boolean', default: true },
    insured: { type: 'boolean' },
    depot: { type: 'enum', options: ['North', 'South'] },
  })

  it('a box that is not ticked says no, a choice that was not made says nothing', () => {
    const state: FormState = {
      [blockOf('express')]: { value: { type: 'checkboxes', selected_options: [] } },
      [blockOf('insured')]: { value: { type: 'radio_buttons', selected_option: null } },
      [blockOf('depot')]: { value: { type: 'static_select', selected_option: null } },
      [blockOf('amount')]: { value: { type: 'number_input', value: null } },
      [blockOf('sku')]: { [suggestId]: { type: 'external_select', selected_option: { value: 'T-1' } } },
    }
    const read = readFields(declared, state)
    expect(read).toEqual({ express: false, sku: 'T-1' })
    expect(checkInputs(declared, read, records)).toMatchObject({
      ok: true,
      values: { sku: 'T-1', amount: null, express: false, insured: null, depot: null },
    })
  })

  it('what was given stands in the fields where it can, defaults where it cannot', () => {
    const fields = inputFields(
      declared,
      { amount: '2', depot: 'nowhere', insured: 'no', sku: 'missing-1' },
      records,
    )
    const elements = Object.fromEntries(fields.map(({ block_id, element }) => [block_id, element]))
    expect(elements[blockOf('amount')]).toMatchObject({ initial_value: '2', min_value: '0.5' })
    expect(elements[blockOf('depot')]).not.toHaveProperty('initial_option')
    expect(elements[blockOf('insured')]).toMatchObject({ initial_option: { value: 'false' } })
    expect(elements[blockOf('express')]).toMatchObject({ initial_options: [{ value: 'true' }] })
    expect(elements[blockOf('sku')]).not.toHaveProperty('initial_option')
  })

  it('a fault of an input that the form does not have stands at the first field', () => {
    const blocks = [{ type: 'section' }, { type: 'input', block_id: blockOf('a') }]
    const faults = [
      { input: 'a', message: 'One.' },
      { input: 'new', message: 'Two.' },
    ]
    expect(fieldErrors(faults, blocks)).toEqual({ [blockOf('a')]: 'One. Two.' })
  })

  it('records are found by all the words, in label or key, and at most a hundred are shown', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      key: `K-${index}`,
      value: { name: index % 2 === 0 ? 'Green tea' : 'Black tea' },
    }))
    expect(suggestions(many, 'name', 'tea k-77').map(({ value }) => value)).toEqual(['K-77'])
    expect(suggestions(many, 'name', 'TEA')).toHaveLength(100)
    expect(suggestions([{ key: 'x'.repeat(200), value: {} }], undefined, '')).toEqual([])
  })
})
