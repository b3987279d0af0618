// The first version of a workflow that promises something: nobody can start it before it was measured to be right, and
// whoever tries waits for that.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type Office, openOffice, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python, { firstVersions: 'tested' })
})
afterAll(async () => {
  await office.close()
  await python.close()
})

const tax = (code: string, more = '') => `metadata: { id: tax, name: Tax, owner: U0BENOKAFO }
nodes:
  - name: start
    type: manual
    inputs: { net: { type: number, default: 100 } }
  - { name: work out, type: code, code: '${code}' }
edges: [{ from: start, to: work out }]
output: outputs["work out"]
criteria: [{ name: Every tax is right, why: It is the law., kind: scenarios }]
${more}`
const scenarios = (right: number) => `scenarios:
  - { name: A fifth is due, inputs: { net: 100 }, expect: { output: ${right} } }
`
const faulty = tax('return inputs["net"] / 10')
const good = tax('return inputs["net"] / 5')

async function place(id: string, file: string, text: string) {
  const folder = join(office.folder, 'workflows', id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, file), text)
}

/** What Ben is told directly. */
const toldDirectly = () =>
  office.simulator.control
    .state('U0BENOKAFO')
    .channels.filter(({ kind }) => kind === 'im')
    .flatMap(({ id }) => office.ben.messages(/version 1 does not answer yet/, id))[0]

const start = (id: string) =>
  office.api(`/api/workflows/${id}/executions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: '{}',
  })

test('red: it stays a draft, its owner hears why, and who starts it is told the way', async () => {
  await place('tax', 'scenarios.yaml', scenarios(20))
  await office.writeWorkflow('tax', faulty)
  await office.ana.types('/workflow run tax')
  await office.ana.sees(/No version of "tax" answers yet: version 1 does not pass its tests/)
  const told = textOf(await office.simulator.control.until(toldDirectly, 30_000))
  expect(told).toMatch(/1 of 1 scenarios do not pass \(first: "A fifth is due"\)/)
  expect(told).toContain('/workflow test tax')
  expect(await start('tax')).toMatchObject({ status: 409, body: { error: { code: 'workflow.not_active' } } })
  expect((await office.api('/api/workflows/tax')).body).toMatchObject({ version: null, draft: { number: 1 } })
})

test('green: an edit that passes answers by itself, and what was started meanwhile goes on with it', async () => {
  await office.writeWorkflow('tax', good)
  // The test is under way: this waits for it.
  expect(await start('tax')).toMatchObject({
    body: { status: 'succeeded', version: { number: 2 }, output: 20 },
  })
  const { body } = await office.api('/api/audit?search=workflow.activated')
  expect(body).toMatchObject({
    entries: [{ action: 'workflow.activated', subject: 'tax', actor: { id: 'tax' } }],
  })
  await office.ana.types('/workflow versions tax')
  await office.ana.sees(/Tax/)
})

test('wrong scenarios, once mended, are enough, and a restart tests nothing twice', async () => {
  await place('toll', 'scenarios.yaml', scenarios(21))
  await office.writeWorkflow('toll', good.replace('id: tax, name: Tax', 'id: toll, name: Toll'))
  expect((await start('toll')).status).toBe(409)
  await office.restart()
  expect((await start('toll')).status).toBe(409)
  const { body } = await office.api('/api/workflows/toll/tests')
  expect((body as { tests: unknown[] }).tests).toHaveLength(1)
  await place('toll', 'scenarios.yaml', scenarios(20))
  await office.bot.reload()
  expect(await start('toll')).toMatchObject({ body: { version: { number: 1 }, output: 20 } })
})

test('a restart in the middle goes on, and starts nothing that has not passed', async () => {
  await place('fee', 'scenarios.yaml', scenarios(20))
  await office.writeWorkflow('fee', good.replace('id: tax, name: Tax', 'id: fee, name: Fee'))
  await office.restart()
  expect(await start('fee')).toMatchObject({ body: { version: { number: 1 }, output: 20 } })
})
