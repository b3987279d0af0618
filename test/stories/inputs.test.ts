// Workflows that need to know something before they run: forms from typed inputs, from every surface; and the shortcuts.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import type { ElementValue, OpenView } from '../../src/simulator/control.ts'
import { type Office, openOffice, operations, type Person, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
})
afterAll(() => python.close())

const stock = `
metadata: {id: move-stock, name: Move stock, description: Moves crates between depots.}
collections:
  items: {key: sku}
nodes:
  - name: start
    type: manual
    inputs:
      sku: {type: record, collection: items, label_field: name, label: Item, required: true}
      quantity: {type: integer, required: true, min: 1, max: 500, description: In crates}
      note: {type: string, multiline: true}
      depot: {type: enum, options: [North, South], default: South}
      urgent: {type: boolean, default: true}
      insured: {type: boolean}
      day: {type: date}
      contact: {type: user}
      room: {type: channel}
  - name: tell
    type: notify
    to: "#operations"
    text: 'Moving {{ inputs }}'
edges:
  - {from: start, to: tell}
`
const ticket = `
metadata: {id: ticket, name: Ticket}
nodes:
  - name: start
    type: manual
    inputs:
      message_text: {type: string, multiline: true, required: true, max_length: 40}
      message_author: {type: user}
      message_link: {type: string}
      priority: {type: enum, options: [high, low], required: true}
  - name: tell
    type: notify
    to: "#operations"
    text: 'Ticket {{ inputs }}'
edges:
  - {from: start, to: tell}
`

beforeEach(async () => {
  office = await openOffice(python)
  await office.bot.services.records.seed('items', 'sku', [
    { sku: 'T-1', name: 'Green tea' },
    { sku: 'T-2', name: 'Black tea <!channel>' },
    { sku: 'C-1', name: 'Café beans' },
  ])
  await office.writeWorkflow('move-stock', stock)
  await office.writeWorkflow('ticket', ticket)
})
afterEach(async () => {
  expect(office.simulator.control.problems()).toEqual([])
  await office.close()
})

const modalOf = (person: Person, callback: string): Promise<OpenView> =>
  office.simulator.control.until(() => {
    const view = office.simulator.control.views(person.id).modals.at(-1)
    return view?.view.callback_id === callback && view
  })
const submit = (person: Person, view: OpenView, values: Record<string, Record<string, ElementValue>> = {}) =>
  office.simulator.control.submit({ user: person.id, view_id: view.id, values })
const suggest = (person: Person, view: OpenView, query: string) =>
  office.simulator.control.suggest({
    user: person.id,
    in: { view_id: view.id },
    block_id: 'input:sku',
    action_id: 'suggest_record',
    query,
  })
const noModal = (person: Person) => expect(office.simulator.control.views(person.id).modals).toEqual([])

describe('a workflow with required inputs', () => {
  test('opens a form with a field for each; what is chosen and typed reaches the workflow, typed', async () => {
    await office.ana.types('/workflow run move-stock quantity=12')
    const view = await modalOf(office.ana, 'run_form')
    const shown = JSON.stringify(view.view)
    expect(shown).toContain('Moves crates between depots.')
    expect(shown).toContain('"initial_value":"12"')
    expect(shown).toContain('In crates')
    const { options } = await suggest(office.ana, view, 'tea')
    expect(options).toMatchObject([
      { text: { text: 'Green tea · T-1' }, value: 'T-1' },
      { text: { text: expect.stringContaining('· T-2') }, value: 'T-2' },
    ])
    await submit(office.ana, view, {
      'input:sku': { suggest_record: 'T-2' },
      'input:urgent': { value: [] },
      'input:insured': { value: 'true' },
      'input:day': { value: '2026-03-31' },
      'input:contact': { value: office.ben.id },
      'input:room': { value: operations },
    })
    const told = textOf(await office.ben.sees(/Moving/))
    expect(told).toContain(
      '"sku":"T-2","quantity":12,"note":null,"depot":"South","urgent":false,"insured":true',
    )
    expect(told).toContain(`"day":"2026-03-31","contact":"${office.ben.id}","room":"${operations}"`)
    noModal(office.ana)
  })

  test('says at the field what is wrong, and keeps the form', async () => {
    await office.ana.types('/workflow run move-stock quantity=1')
    const view = await modalOf(office.ana, 'run_form')
    await suggest(office.ana, view, '')
    await office.bot.services.records.apply('gone', [
      {
        kind: 'delete',
        collection: 'items',
        key: 'C-1',
        rev: office.bot.services.records.get('items', 'C-1')?.rev ?? 0,
      },
    ])
    const answer = await submit(office.ana, view, { 'input:sku': { suggest_record: 'C-1' } })
    expect(answer.response).toMatchObject({
      response_action: 'errors',
      errors: { 'input:sku': expect.stringMatching(/there is no "C-1"/) },
    })
    await submit(office.ana, view, { 'input:sku': { suggest_record: 'T-1' } })
    await office.ana.sees(/Moving/)
  })

  test('a value that cannot be is told above the form, and can be corrected there', async () => {
    await office.ana.types('/workflow run move-stock quantity=lots sku=T-1')
    const view = await modalOf(office.ana, 'run_form')
    const shown = JSON.stringify(view.view)
    expect(shown).toContain('\\"quantity\\" must be a number.')
    expect(shown).toContain('Green tea · T-1')
    expect(shown).not.toContain('\\"Item\\" is needed')
  })

  test('given everything, it runs without a form; a name that it does not know is refused in words', async () => {
    await office.ana.types('/workflow run move-stock quantity=3 sku=T-1')
    await office.ana.sees(/Moving/)
    noModal(office.ana)
    await office.ana.types('/workflow run move-stock quantty=3')
    await office.ana.sees(/Did you mean "quantity"/)
    noModal(office.ana)
  })

  test('a Run button opens the form as well, and the form sent twice starts once', async () => {
    await office.ana.types('/workflow show move-stock')
    await office.ben.presses('Run', await office.ben.sees(/Moves crates/))
    const view = await modalOf(office.ben, 'run_form')
    await suggest(office.ben, view, 'green')
    const values = { 'input:sku': { suggest_record: 'T-1' }, 'input:quantity': { value: '4' } }
    const [first, second] = await Promise.allSettled([
      submit(office.ben, view, values),
      submit(office.ben, view, values),
    ])
    expect([first.status, second.status]).toContain('fulfilled')
    await office.ana.sees(/Moving/)
    await office.ana.sees(/Move stock.*is done/)
    expect(office.ana.messages(/Moving/)).toHaveLength(1)
  })

  test('where no form can be opened, a mention explains it, with an example and a button', async () => {
    await office.ana.types('@workflow run move-stock quantity=7')
    const note = await office.ana.sees(/needs to know more/)
    expect(note.ephemeral_for).toBe(office.ana.id)
    expect(textOf(note)).toContain('• "Item" is needed.')
    expect(textOf(note)).toContain('@Workflow run move-stock sku=&lt;key&gt; quantity=7')
    await office.ana.presses('Fill in a form', note)
    const view = await modalOf(office.ana, 'run_form')
    expect(JSON.stringify(view.view)).toContain('"initial_value":"7"')
  })

  test('when Slack does not let the form open any more, the button does', async () => {
    office.simulator.control.fault({ method: 'views.open', times: 1, error: 'expired_trigger_id' })
    await office.ana.types('/workflow run move-stock')
    await office.ana.presses('Fill in a form', await office.ana.sees(/needs to know more/))
    await modalOf(office.ana, 'run_form')
  })

  test('more inputs than a form can hold are refused with what to do instead', async () => {
    const many = Array.from({ length: 95 }, (_, index) => `      f${index}: {type: string, required: true}`)
    const yaml = stock.replace(
      /inputs:\n[\s\S]*?\n {2}- name: tell/,
      `inputs:\n${many.join('\n')}\n  - name: tell`,
    )
    await office.writeWorkflow('move-stock', yaml)
    await office.ana.types('/workflow run move-stock')
    const note = await office.ana.sees(/asks for 95 inputs/)
    expect(textOf(note)).toContain('/workflow run move-stock name=value')
  })

  test('a locked workflow says so before anybody fills in its form', async () => {
    await office.ben.types('/workflow lock move-stock 1h stocktaking')
    await office.ben.sees(/is locked by/)
    await office.ana.types('/workflow run move-stock')
    await office.ana.sees(/is locked by .*stocktaking/)
    noModal(office.ana)
  })
})

describe('shortcuts', () => {
  const onMessage = async (text: string) => {
    const message = (await office.ben.types(text)) as { ts: string; permalink: string }
    await office.simulator.control.shortcut({
      user: office.ana.id,
      callback_id: 'run_on_message',
      message: { channel: operations, ts: message.ts },
    })
    return message
  }

  test('on a message: its text, author and address are filled in, and the result stands in its thread', async () => {
    const message = await onMessage('The *north* gate does not close any more since Monday')
    const pick = await modalOf(office.ana, 'pick_workflow')
    expect(JSON.stringify(pick.view)).toContain('On the message “The *north* gate')
    await submit(office.ana, pick, { workflow: { pick: 'ticket' } })
    const form = await modalOf(office.ana, 'run_form')
    const shown = JSON.stringify(form.view)
    expect(shown).toContain('The *north* gate does not close any mor…')
    expect(shown).toContain(`"initial_user":"${office.ben.id}"`)
    expect(shown).toContain(message.permalink)
    await submit(office.ana, form, { 'input:priority': { value: 'high' } })
    expect(textOf(await office.ben.sees(/Ticket/))).toContain('"priority":"high"')
    await office.ana.sees(/Ticket.*is done/, operations, message.ts)
  })

  test('a workflow that asks for nothing more starts at once', async () => {
    await office.writeWorkflow('ticket', ticket.replace(/ {6}priority.*\n/, ''))
    await onMessage('short')
    await submit(office.ana, await modalOf(office.ana, 'pick_workflow'), { workflow: { pick: 'ticket' } })
    expect(textOf(await office.ben.sees(/Ticket/))).toContain('"message_text":"short"')
    noModal(office.ana)
  })

  test('from anywhere: the result comes as a direct message', async () => {
    await office.simulator.control.shortcut({ user: office.ana.id, callback_id: 'run_workflow' })
    const pick = await modalOf(office.ana, 'pick_workflow')
    await submit(office.ana, pick, { workflow: { pick: 'move-stock' } })
    const form = await modalOf(office.ana, 'run_form')
    await suggest(office.ana, form, '')
    await submit(office.ana, form, {
      'input:sku': { suggest_record: 'T-1' },
      'input:quantity': { value: '4' },
    })
    const direct = office.simulator.control
      .state(office.ana.id)
      .channels.find(({ kind }) => kind === 'im')?.id
    await office.ana.sees(/Move stock.*is done/, direct)
  })
})

describe('addresses', () => {
  test('history and "already started" lead to the message of an execution', async () => {
    await office.ana.types('/workflow run move-stock quantity=3 sku=T-1')
    const report = await office.ana.sees(/Move stock.*is done/)
    await office.ben.types('/workflow history')
    expect(textOf(await office.ben.sees(/Latest executions/))).toContain(`<${report.permalink}|just now>`)
  })

  test('a repetition leads to what it repeats', async () => {
    await office.ana.types('/workflow run move-stock quantity=3 sku=T-1')
    const report = await office.ana.sees(/Move stock.*is done/)
    await office.ben.presses('Run again', report)
    const again = await office.ana.sees(/Repeats/)
    expect(textOf(again)).toContain(`Repeats <${report.permalink}|`)
  })

  test('of two clicks at once, the second is led to what the first has started', async () => {
    await office.writeWorkflow(
      'plain',
      stock.replace(/ {4}inputs:[\s\S]*?(?= {2}- name: tell)/, '').replace(/move-stock/, 'plain'),
    )
    await office.ana.types('/workflow show plain')
    const shown = await office.ben.sees(/Moves crates/)
    await Promise.all([office.ben.presses('Run', shown), office.chiara.presses('Run', shown)])
    const report = await office.ana.sees(/Move stock.*is done/)
    const note = await office.simulator.control.until(() =>
      [office.ben, office.chiara].flatMap((one) => one.messages(/already started/)).at(0),
    )
    expect(textOf(note)).toContain(`<${report.permalink}|See its message>`)
  })
})
