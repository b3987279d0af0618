// A version on its way through Slack by buttons alone: refused, tested, replayed, compared with the others, proposed,
// activated by a second person, and taken back; and the same for workflows that keep their values to themselves.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import type { SimulatedMessage } from '../../src/simulator/control.ts'
import {
  buttonsOf,
  type Office,
  openOffice,
  operations,
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
  office = await openOffice(python)
})
afterAll(async () => {
  expect(office.simulator.control.problems()).toEqual([])
  await office.close()
  await python.close()
})

const workflow = (
  id: string,
  code: string,
  settings = '',
) => `metadata: { id: ${id}, name: ${id[0]?.toUpperCase()}${id.slice(1)} }
settings: { ${settings} }
access: { activate: [U0ANALIMA, U0BENOKAFO] }
nodes:
  - name: start
    type: manual
    inputs: { total: { type: number, default: 100 } }
  - name: work out
    type: code
    code: |
      ${code}
  - name: tell
    type: notify
    to: "#purchasing"
    text: "The discount is {{ outputs[\\"work out\\"].discount }}"
edges:
  - { from: start, to: work out }
  - { from: work out, to: tell }
criteria:
  - name: Every discount is right
    why: A wrong discount costs money or trust.
    kind: scenarios
`
const scenarios = `scenarios:
  - name: From 100 on there are ten percent
    inputs: { total: 100 }
    expect: { outputs: { work out: { discount: 10 } } }
  - name: Below there is nothing
    inputs: { total: 99 }
    expect: { outputs: { work out: { discount: 0 } } }
`
const good = 'return {"discount": inputs["total"] / 10 if inputs["total"] >= 100 else 0}'
const faulty = 'return {"discount": 0}'
/** Right where it was tried, but not what people are used to. */
const other = 'return {"discount": inputs["total"] / 10 if inputs["total"] in (100, 250) else 0}'

async function add(id: string, code: string, settings?: string) {
  await mkdir(join(office.folder, 'workflows', id), { recursive: true })
  await writeFile(join(office.folder, 'workflows', id, 'scenarios.yaml'), scenarios)
  await office.writeWorkflow(id, workflow(id, code, settings))
}
const labels = (message: SimulatedMessage) => buttonsOf(message).map(({ text }) => text?.text)
const again = (person: Person, { ts, channel }: SimulatedMessage) =>
  person.messages(/./s, channel).find((message) => message.ts === ts)
const files = (message: SimulatedMessage) =>
  office.simulator.control.until(() => {
    const found = office.ana.messages(undefined, operations, message.ts).flatMap(({ files }) => files ?? [])
    return found.length > 0 && found
  })

test('a version goes from red to green to the answer, by buttons alone', async () => {
  const { ana, ben } = office
  await add('discount', good, 'activation: two_people')
  for (const total of [100, 120, 250]) {
    await ana.types(`/workflow run discount total=${total}`)
    await ana.sees(new RegExp(`discount is ${total / 10}`), purchasing)
  }
  await ana.types('/workflow test discount')
  await ana.sees(/Discount\* version 1 passes its tests/)

  await office.writeWorkflow('discount', workflow('discount', faulty, 'activation: two_people'))
  await ana.types('/workflow activate discount')
  const refused = await ana.sees(/cannot be activated: it has not been tested/)
  expect(refused.ephemeral_for).toBe(ana.id)
  await ana.presses('Test now', refused)
  const red = await ana.sees(/Discount\* version 2 does not pass its tests/)
  expect(textOf(red)).toContain('outputs["work out"].discount\n  expected  10\n  but was   0')
  expect(labels(red)).toEqual(['Test again', 'Send as file', 'Versions'])
  await ana.presses('Send as file', red)
  expect(await files(red)).toMatchObject([{ name: 'discount-v2-test.txt' }])

  await office.writeWorkflow('discount', workflow('discount', other, 'activation: two_people'))
  await ben.presses('Test again', red)
  const green = await ana.sees(/Discount\* version 3 passes its tests/)
  expect(labels(green)).toEqual(['Activate', 'Replay', 'Versions'])

  await ana.presses('Replay', green)
  const replay = await ana.sees(/version 3, replayed on 3 real executions/)
  expect(textOf(replay)).toMatch(/\*2 of 3 the same\*, 1 differs/)
  expect(textOf(replay)).toContain('Would send “The discount is 0”, instead of “The discount is 12”')
  await ana.presses('Details', replay)
  expect(await ana.seesModal(/Replay of version 3/)).toContain('then  \\"The discount is 12\\"')

  await ana.presses('Versions', replay)
  const versions = await ana.sees(/Versions of Discount\*/)
  expect(textOf(versions)).toMatch(
    /Version 3\* · tested[\s\S]*Version 2\* · retired[\s\S]*Version 1\* · \*active\*/,
  )
  const [chart] = await files(versions)
  expect(chart?.alt_text).toMatch(/v3 \(tested\): 2 of 2 scenarios pass.*better: .*v2 \(retired\): 1 of 2/)

  await ana.presses('Activate', green)
  const proposal = await ana.sees(/wants version 3 of \*Discount\* to answer, instead of version 1/)
  expect(textOf(proposal)).toMatch(/Tested .*: 2 of 2 scenarios[\s\S]*Replayed .*: 2 of 3 the same/)
  await ana.presses('Activate', proposal)
  await ana.sees(/You proposed this version/)
  await ben.presses('Activate', proposal)
  const activated = await ana.sees(/Version 3 of \*Discount\* answers from now on, instead of version 1/)
  await office.simulator.control.until(() =>
    /Version 3 activated by/.test(textOf(again(ana, proposal) ?? proposal)),
  )
  expect(labels(again(ana, proposal) ?? proposal)).toEqual(['Versions'])

  // An old button of what has been done since says so, and goes.
  await ben.presses('Activate', replay)
  await ben.sees(/Version 3 of "discount" answers already/)
  await office.simulator.control.until(() => !labels(again(ana, replay) ?? replay).includes('Activate'))

  await ben.presses('Back to version 1', activated)
  await ana.sees(/Version 1 of \*Discount\* answers from now on again, instead of version 3/)
})

test('two who press at once are both answered, and it is done once', async () => {
  const { ana, ben } = office
  await add('single', good.replace('/ 10', '/ 10.0'))
  await office.writeWorkflow('single', workflow('single', other))
  await ana.types('/workflow test single')
  const green = await ana.sees(/version 2 passes its tests/)
  await Promise.all([ana.presses('Activate', green), ben.presses('Activate', green)])
  await ana.sees(/Version 2 of \*Single\* answers from now on/)
  const told = () =>
    [ana, ben].flatMap((person) =>
      person
        .messages(/Version 2 of "single" answers already/)
        .filter(({ ephemeral_for }) => ephemeral_for === person.id),
    )
  await office.simulator.control.until(() => told().length > 0)
  expect(told()).toHaveLength(1)
  expect(ana.messages(/Version 2 of \*Single\* answers from now on, instead/)).toHaveLength(1)
})

test('of a workflow that keeps its values back, tests and replays are told to the one who asked alone', async () => {
  const { ana, ben } = office
  await add('salaries', good, 'redact: true')
  await ana.types('/workflow run salaries total=120')
  await ana.sees(/Salaries.*(is done|worked)/s)
  await office.writeWorkflow('salaries', workflow('salaries', other, 'redact: true'))
  for (const [command, look] of [
    ['test', /version 2 passes its tests/],
    ['replay', /version 2, replayed on 1 real execution/],
  ] as const) {
    await ana.types(`/workflow ${command} salaries`)
    const answer = await office.simulator.control.until(() =>
      ana.messages(look).find(({ ephemeral_for }) => ephemeral_for === ana.id),
    )
    expect(textOf(answer)).toContain('Salaries')
    expect(ben.messages(/Salaries\* version 2|Testing \*Salaries|Replaying \*Salaries/)).toEqual([])
  }
})

test('whoever looks at their home tab sees what changes in the files', async () => {
  const { ana } = office
  const { control } = office.simulator
  const shown = (text: string) =>
    control.until(() => JSON.stringify(control.views(ana.id).home?.view.blocks ?? '').includes(text))
  await control.home({ user: ana.id })
  await shown('Single')
  await office.writeWorkflow(
    'newcomer',
    'metadata: { id: newcomer, name: A newcomer }\nnodes: [{ name: start, type: manual }]\nedges: []\n',
  )
  await shown('A newcomer')
})

test('what waits stands on the home tab of those who may do something about it, until it is done', async () => {
  const { ana, ben } = office
  const { control } = office.simulator
  const home = (person: Person, look: RegExp) =>
    control.until(() => {
      const view = control.views(person.id).home
      return view && look.test(JSON.stringify(view.view.blocks)) && view
    })
  const press = async (person: Person, look: RegExp, action_id: string) => {
    const { id } = await home(person, look)
    await control.action({ user: person.id, in: { view_id: id }, action_id })
  }
  await office.writeWorkflow('single', workflow('single', good, 'activation: two_people'))
  await control.home({ user: ana.id })
  await press(ana, /Single\*\\n:pencil2: Version 3 waits for its test/, 'test_workflow:single')
  await press(ana, /activate_version:single:3/, 'activate_version:single:3')
  const mine = await home(ana, /which you proposed/)
  expect(JSON.stringify(mine.view.blocks)).not.toContain('activate_version:single:3')

  await control.home({ user: ben.id })
  await home(ben, /Version 3 was proposed by ana/)
  await press(ben, /activate_version:single:3/, 'activate_version:single:3')
  await control.until(
    () => !JSON.stringify(control.views(ben.id).home?.view.blocks).includes('activate_version:single:3'),
  )
})
