// Keeping what happened: an execution of the reorder check becomes a scenario that passes, and stays in its file.
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { folderOf, testWorkflow } from '../scenarios/support.ts'
import { type Office, openOffice, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office
let executionId = ''

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python, { workflows: 'workflows' })
})
afterAll(async () => {
  await office?.close()
  await python?.close()
})

interface Saved {
  text: string
  written: string | null
}

const api = async (method: 'GET' | 'POST') => {
  const { status, body } = await office.api(`/api/executions/${executionId}/scenario`, { method })
  return { status, body: body as Saved & { error?: { code: string } } }
}

describe('an execution that is kept as a scenario', () => {
  test('Ana runs the check, and asks for it as a scenario', async () => {
    await office.ana.types('/workflow run reorder-check')
    await office.ana.sees(/Reorder check is done/)
    executionId = (await office.bot.services.history.recent({ limit: 1 }))[0]?.id ?? ''
    await office.ana.types(`/workflow save ${executionId}`)
    const answer = textOf(await office.ana.sees(/A scenario from an execution/))
    expect(answer).toContain(`From execution ${executionId}`)
    expect(answer).not.toContain('Ana Lima')
  })

  test('the whole of it passes on the workflow as it ships, with real Python', async () => {
    const { status, body } = await api('GET')
    expect({ status, written: body.written }).toEqual({ status: 200, written: null })
    const dir = await folderOf({})
    await cp('workflows/reorder-check', join(dir, 'reorder-check'), { recursive: true })
    await writeFile(join(dir, 'reorder-check', 'scenarios.yaml'), body.text)
    const tested = await testWorkflow(python, 'reorder-check', () => {}, dir)
    expect(tested.scenarios.map(({ name, differences }) => ({ name, differences }))).toEqual([
      { name: `From execution ${executionId}`, differences: [] },
    ])
  })

  test('a button on the report says what it is, and another puts it into the file', async () => {
    await office.ben.types('/workflow run reorder-check')
    const done = await office.simulator.control.until(() => office.ben.messages(/Reorder check is done/)[1])
    await office.ben.presses('Save as scenario', done)
    const card = await office.ana.sees(/A scenario from an execution/, undefined, done.ts)
    expect(textOf(card)).toContain('It passes on the version that ran')
    expect(textOf(card)).toContain('It starts with the records that the execution found')
    await office.ana.presses('Add to scenarios.yaml', card)
    expect(textOf(await office.ben.sees(/Added by/, undefined, done.ts))).toContain(office.ana.id)
    const file = await readFile(join(office.folder, 'workflows', 'reorder-check', 'scenarios.yaml'), 'utf8')
    expect(file).toContain('  - name: From execution ')
  })

  test('once it stands in the file of the workflow, every test tries it; a second time is refused', async () => {
    expect(await api('POST')).toMatchObject({
      status: 200,
      body: { written: expect.stringMatching(/reorder-check\/scenarios\.yaml$/) },
    })
    expect(await api('POST')).toMatchObject({ status: 409, body: { error: { code: 'scenario.duplicate' } } })
    await office.ana.types('/workflow test reorder-check')
    await office.ana.sees(/passes its tests/)
    const [tested] = office.bot.services.tests.list('reorder-check')
    expect(tested?.scenarios.at(-1)).toMatchObject({ name: `From execution ${executionId}`, passed: true })
    const [entry] = await office.bot.services.audit.recent(1, ({ action }) => action === 'scenario.saved')
    expect(entry).toMatchObject({ subject: 'reorder-check', details: { executionId } })
  })
})
