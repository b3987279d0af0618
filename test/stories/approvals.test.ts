// Decisions of people, from the card to what the workflow makes of them: the real bot, the simulated workspace, Ana, Ben
// and Chiara. Read from what they see.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import type { ElementValue, OpenView, SimulatedMessage } from '../../src/simulator/control.ts'
import {
  buttonsOf,
  type Office,
  openOffice,
  type Person,
  purchasing,
  storySandbox,
  textOf,
} from './office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
})
afterAll(() => python.close())

beforeEach(async () => {
  office = await openOffice(python)
})
afterEach(async () => {
  expect(office.simulator.control.problems()).toEqual([])
  await office.close()
})

/** A workflow that asks about an order and says afterwards what became of it. */
const order = (more = '', start = '') => `
metadata: {id: big-order, name: Big order}
settings: {timeout: 30d}
nodes:
  - name: start
    type: manual
${start}
  - name: approve order
    type: approval
    to: "#purchasing"
    title: Order 840 crates of tea?
    text: The supplier offers *12 %* off until Friday.
    fields:
      - {label: Quantity, value: "840"}
      - {label: Total, value: "€ 2,688.10"}
      - {label: Supplier, value: Harbour & Sons}
${more}
  - name: tell
    type: notify
    to: "#purchasing"
    text: 'The order is {{ outputs["approve order"].outcome }}. {{ outputs["approve order"].form }}'
edges:
  - {from: start, to: approve order}
  - {from: approve order, to: tell, when: 'true'}
`

const byBen = `
    approvers: {users: [U0BENOKAFO]}`
const byTwo = `
    approvers: {users: [U0BENOKAFO, U0CHIARARO]}
    needed: 2`

const asked = async (person: Person) => person.sees(/Order 840 crates of tea\?/, purchasing)
const run = () => office.ana.types('/workflow run big-order')
const labels = (message: SimulatedMessage) => buttonsOf(message).map((one) => one.text?.text)
const modalOf = (person: Person): Promise<OpenView> =>
  office.simulator.control.until(() => office.simulator.control.views(person.id).modals.at(-1))
const submit = (person: Person, view: OpenView, values: Record<string, Record<string, ElementValue>> = {}) =>
  office.simulator.control.submit({ user: person.id, view_id: view.id, values })

describe('a question', () => {
  test('shows what is asked, the facts, who may decide and until when, and waits', async () => {
    await office.writeWorkflow('big-order', order(byBen))
    await run()
    const card = await asked(office.ben)
    const text = textOf(card)
    expect(text).toContain('*12 %* off')
    expect(text).toContain('*Quantity*\n840')
    expect(text).toContain('<@U0BENOKAFO> may decide · until <!date')
    expect(labels(card)).toEqual(['Approve', 'Reject…', 'Details'])
  })

  test('approved by the right person, it loses its buttons and says who and when', async () => {
    await office.writeWorkflow('big-order', order(byBen))
    await run()
    await office.ben.presses('Approve', await asked(office.ben))
    const card = await office.ben.sees(/Approved/, purchasing)
    expect(textOf(card)).toMatch(/\*Approved\* by <@U0BENOKAFO>, <!date/)
    expect(labels(card)).toEqual(['Details'])
    await office.ana.sees(/The order is approved/, purchasing)
  })

  test('the wrong person and the requester are told privately, and the question stays open', async () => {
    await office.writeWorkflow('big-order', order(byBen))
    await run()
    const card = await asked(office.chiara)
    await office.chiara.presses('Approve', card)
    const refusal = await office.chiara.sees(/not among those who may decide/, purchasing)
    expect(refusal.ephemeral_for).toBe(office.chiara.id)
    expect(textOf(refusal)).toContain('<@U0BENOKAFO>')
    await office.ana.presses('Reject…', card)
    expect((await office.ana.sees(/somebody else has to decide/, purchasing)).ephemeral_for).toBe(
      office.ana.id,
    )
    expect(labels(await asked(office.ben))).toContain('Approve')
    await office.ben.presses('Approve', card)
    await office.ana.sees(/The order is approved/, purchasing)
  })

  test('two approvals: the first shows as progress, the same person counts once, the second settles it', async () => {
    await office.writeWorkflow('big-order', order(byTwo))
    await run()
    const card = await asked(office.ben)
    expect(textOf(card)).toContain('2 approvals needed')
    await office.ben.presses('Approve', card)
    await office.chiara.sees(/\*1 of 2\* approvals: <@U0BENOKAFO>/, purchasing)
    await office.ben.presses('Approve', card)
    await office.ben.sees(/You have decided already/, purchasing)
    await office.chiara.presses('Approve', card)
    const done = await office.ben.sees(/Approved\* by <@U0CHIARARO>/, purchasing)
    expect(textOf(done)).toContain('Approved* by <@U0BENOKAFO>')
    await office.ana.sees(/The order is approved/, purchasing)
  })

  test('two approvals at the same moment both count', async () => {
    await office.writeWorkflow('big-order', order(byTwo))
    await run()
    const card = await asked(office.ben)
    await Promise.all([office.ben.presses('Approve', card), office.chiara.presses('Approve', card)])
    await office.ana.sees(/The order is approved/, purchasing)
  })

  test('of two clicks at the same moment one wins, and the other person is told', async () => {
    await office.writeWorkflow('big-order', order('\n    approvers: {not_requester: true}'))
    await run()
    const card = await asked(office.ben)
    await Promise.all([office.ben.presses('Approve', card), office.chiara.presses('Approve', card)])
    const note = await office.simulator.control.until(() =>
      [office.ben, office.chiara].flatMap((person) => person.messages(/decided already/, purchasing)).at(0),
    )
    const winner = note.ephemeral_for === office.ben.id ? office.chiara : office.ben
    expect(textOf(await office.ana.sees(/Approved\*/, purchasing))).toContain(`Approved* by <@${winner.id}>`)
    expect(office.ana.messages(/The order is/, purchasing).length).toBeLessThanOrEqual(1)
  })
})

describe('a rejection', () => {
  test('asks for its reason, refuses one of blanks at the field, and the card quotes it', async () => {
    await office.writeWorkflow('big-order', order(`${byBen}\n    reason: required`))
    await run()
    await office.ben.presses('Reject…', await asked(office.ben))
    const view = await modalOf(office.ben)
    const blank = await submit(office.ben, view, { reason: { value: '   ' } })
    expect(blank.response).toMatchObject({ response_action: 'errors', errors: { reason: /words why/ } })
    await submit(office.ben, view, { reason: { value: 'Too dear.\nAsk <!channel> again' } })
    const card = await office.ana.sees(/Rejected\* by <@U0BENOKAFO>/, purchasing)
    expect(textOf(card)).toContain('> Too dear.\n> Ask &lt;!channel&gt; again')
    expect(labels(card)).toEqual(['Details'])
    await office.ana.sees(/The order is rejected/, purchasing)
  })
})

describe('an approval with a form', () => {
  const form = `${byBen}
    form:
      quantity: {type: integer, label: Quantity to order, required: true, min: 1, max: 1000, default: 840}
      express: {type: boolean, default: false}
      depot: {type: enum, options: [North, South], required: true}`

  test('checks the fields, and the values reach the output of the step', async () => {
    await office.writeWorkflow('big-order', order(form))
    await run()
    const card = await asked(office.ben)
    expect(labels(card)).toEqual(['Approve…', 'Reject…', 'Details'])
    await office.ben.presses('Approve…', card)
    const view = await modalOf(office.ben)
    await submit(office.ben, view, {
      'input:quantity': { value: '800' },
      'input:depot': { value: 'South' },
      'input:express': { value: ['true'] },
      reason: { value: 'Half by rail.' },
    })
    const done = await office.ana.sees(/The order is approved/, purchasing)
    expect(textOf(done)).toContain('{"quantity":800,"express":true,"depot":"South"}')
    const decided = textOf(await asked(office.ana))
    expect(decided).toContain('Quantity to order: *800*')
    expect(decided).toContain('> Half by rail.')
  })
})

describe('a question that nobody decides', () => {
  test('expires, and the card says so', async () => {
    await office.writeWorkflow('big-order', order(`${byBen}\n    expires: 700ms`))
    await run()
    const card = await office.ben.sees(/Expired/, purchasing)
    expect(labels(card)).toEqual(['Details'])
    await office.ana.sees(/The order is expired/, purchasing)
  })

  test('is told to somebody else after a while, and can still be decided', async () => {
    await office.writeWorkflow(
      'big-order',
      order(`${byBen}\n    escalate: {after: 300ms, to: "#operations"}`),
    )
    await run()
    const card = await asked(office.ben)
    await office.chiara.sees(/Nobody has decided for 300ms: \*Order 840 crates of tea\?\*/)
    await office.ben.presses('Approve', card)
    await office.ana.sees(/The order is approved/, purchasing)
  })

  test('outlives a restart of the bot', async () => {
    await office.writeWorkflow('big-order', order(byBen))
    await run()
    const card = await asked(office.ben)
    await office.restart()
    expect(office.ben.messages(/Order 840/, purchasing)).toHaveLength(1)
    await office.ben.presses('Approve', card)
    await office.ana.sees(/The order is approved/, purchasing)
    expect(labels(await asked(office.ben))).toEqual(['Details'])
  })

  test('is withdrawn when the execution is cancelled: the card says by whom and why', async () => {
    await office.writeWorkflow('big-order', order(byBen))
    await run()
    const card = await asked(office.ben)
    const { body } = (await office.api('/api/executions')) as { body: { executions: { id: string }[] } }
    await office.ana.types(`/workflow cancel ${body.executions[0]?.id} wrong week`)
    const closed = await office.ben.sees(
      /Withdrawn:\* <@U0ANALIMA> stopped the execution: wrong week/,
      purchasing,
    )
    expect(closed.ts).toBe(card.ts)
    expect(labels(closed)).toEqual(['Details'])
    await office.ben.presses('Details', closed)
  })
})

describe('evidence', () => {
  test('a number stands beside the median of those that were approved before', async () => {
    const start = `    inputs: {quantity: {type: integer, required: true}}`
    const yaml = order(byBen, start).replace('"840"', "'{{ inputs.quantity }}'")
    await office.writeWorkflow('big-order', yaml)
    for (const quantity of [180, 200, 190]) {
      await office.ana.types(`/workflow run big-order quantity=${quantity}`)
      const card = await office.ben.sees(new RegExp(`\\*Quantity\\*\\n${quantity}`), purchasing)
      await office.ben.presses('Approve', card)
      await office.simulator.control.until(() =>
        office.ben.messages(/Approved\*/, purchasing).some((message) => message.ts === card.ts),
      )
    }
    await office.ana.types('/workflow run big-order quantity=840')
    const card = await office.ben.sees(/\*Quantity\*\n840/, purchasing)
    expect(textOf(card)).toContain('median of 3 approved: 190')
    expect(textOf(card)).not.toContain('Harbour &amp; Sons\n_')
  })
})
