// What the shipped workflows really did becomes scenarios of theirs that pass on the version that ran, with real Python,
// whatever has become of the records since.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonSandbox, RecordWrite } from '../../src/actions/ports.ts'
import type { SavedScenario } from '../../src/commands/answers.ts'
import type { JsonObject } from '../../src/json.ts'
import { loadScenarios, runScenarios } from '../../src/scenarios/index.ts'
import { ManualClock } from '../support/clock.ts'
import { type Office, openOffice, storySandbox } from './office.ts'

let python: PythonSandbox
let office: Office
let rates: Server
/** The shipped workflows; the digest asks the web server of this file. */
let shipped: string
let isUp = true

beforeAll(async () => {
  python = storySandbox()
  rates = createServer((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(isUp ? '{"base":"EUR","date":"2026-03-02","rates":{"USD":1.08,"CHF":0.95}}' : '{"error":"later"}'),
  )
  await new Promise<void>((resolve) => rates.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(rates.address() as AddressInfo).port}`
  shipped = await mkdtemp(join(tmpdir(), 'shipped-workflows-'))
  await cp('workflows', shipped, { recursive: true })
  const digest = join(shipped, 'daily-digest', 'workflow.yaml')
  const text = await readFile(digest, 'utf8')
  await writeFile(digest, text.replace(/default: https:.*/, `default: http://${host}/latest`))
  await python.ready()
  office = await openOffice(python, { workflows: shipped, allowHosts: [host] })
})
afterAll(async () => {
  await office?.close()
  rates.close()
  await rm(shipped, { recursive: true, force: true })
  await python?.close()
})

let deeds = 0
/** Somebody else changes records, as other executions and people do. */
async function somebodyElse(
  change: (before: JsonObject) => JsonObject | null,
  collection: string,
  keys: string[],
) {
  const { records } = office.bot.services
  const writes = keys.map((key): RecordWrite => {
    const found = records.get(collection, key)
    const value = change(found?.value ?? { id: key })
    if (!found) return { kind: 'insert', collection, key, value: value ?? {} }
    if (!value) return { kind: 'delete', collection, key, rev: found.rev }
    return { kind: 'update', collection, key, rev: found.rev, value }
  })
  await office.bot.services.records.apply(`somebody-${++deeds}/else`, writes)
}

const known = new Set<string>()
/** The execution that is not known yet, when it has ended. */
async function latest(workflowId: string): Promise<string> {
  for (;;) {
    const [item] = await office.bot.services.history.recent({ workflowId, limit: 1 })
    if (item && !known.has(item.id)) {
      known.add(item.id)
      return item.id
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Adds it to the file of its workflow, and tries it there as every test does. */
async function savedAndTried(workflowId: string): Promise<{ saved: SavedScenario; differences: unknown[] }> {
  const executionId = await latest(workflowId)
  const { status, body } = await office.api(`/api/executions/${executionId}/scenario`, { method: 'POST' })
  expect(status).toBe(200)
  const version = office.bot.services.catalog.get(workflowId)?.version
  if (!version) throw new Error(`${workflowId} does not answer`)
  const folder = join(office.folder, 'workflows', workflowId)
  const loaded = await loadScenarios({ folder, shown: `workflows/${workflowId}` }, version.definition)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  const report = await runScenarios({
    version,
    scenarios: loaded.scenarios.filter(({ name }) => name === `From execution ${executionId}`),
    python,
    startedBy: { kind: 'cli', id: 'test', name: 'test' },
    ids: { execution: () => `tried-${++deeds}` },
    clock: new ManualClock(),
    stopwatch: () => performance.now(),
  })
  expect(report.scenarios).toHaveLength(1)
  return { saved: body as SavedScenario, differences: report.scenarios[0]?.differences ?? [] }
}

const passes = { records: 'found', left: [], tried: { passed: true, differences: [] } }

describe('an execution of', () => {
  test('the reorder check passes as a scenario, although everything was ordered and restocked since', async () => {
    await somebodyElse((item) => ({ ...item, stock: 0 }), 'inventory', ['FAS-0001', 'FAS-0004'])
    await somebodyElse(() => null, 'inventory', ['FAS-0003'])
    await office.ana.types('/workflow run reorder-check')
    await office.ana.sees(/Reorder check is done/)
    await somebodyElse((item) => ({ ...item, stock: 9999 }), 'inventory', ['FAS-0001', 'FAS-0002'])
    const { saved, differences } = await savedAndTried('reorder-check')
    expect(differences).toEqual([])
    expect(saved).toMatchObject(passes)
    expect(saved.text).toMatch(/inventory:\n +seed: true\n +change:\n +FAS-0001:\n +stock: 0/)
    expect(saved.text).toMatch(/remove:\n +- FAS-0003/)
    expect(saved.text).not.toContain('9999')
  })

  test('the incident opener does, with the lead that somebody took and a person whom nobody need know', async () => {
    await office.ana.types(
      '/workflow run incident-opener severity=critical service=warehouse title="Pickers stuck" description="Call ana@corp.test"',
    )
    const card = await office.ben.sees(/Who takes the lead on INC-\d{4}-001\?/)
    await office.ben.presses('Approve', card)
    await office.ana.sees(/Incident opener is done/)
    await somebodyElse((incident) => ({ ...incident, status: 'closed' }), 'incidents', [
      `INC-${new Date().getUTCFullYear()}-001`,
    ])
    const { saved, differences } = await savedAndTried('incident-opener')
    expect(differences).toEqual([])
    expect(saved).toMatchObject(passes)
    expect(saved.masked).toBeGreaterThan(0)
    expect(saved.text).not.toMatch(/ana@corp\.test|U0BENOKAFO|\bben\b/)
  })

  test('the access request does, granted by two and with an earlier grant in the records', async () => {
    await somebodyElse((grant) => ({ ...grant, person: 'U0BENOKAFO', system: 'ERP' }), 'access_grants', [
      'old',
    ])
    await office.ana.types(
      '/workflow run access-request person=U0ANALIMA system=CRM days=14 reason="Cover for Chiara on leave"',
    )
    const card = await office.ben.sees(/Access to CRM, for 14 days/)
    await office.ben.presses('Approve', card)
    await office.chiara.sees(/\*1 of 2\* approvals/)
    await office.chiara.presses('Approve', card)
    await office.ana.sees(/Access request is done/)
    await somebodyElse(() => null, 'access_grants', ['old'])
    const { saved, differences } = await savedAndTried('access-request')
    expect(differences).toEqual([])
    expect(saved).toMatchObject(passes)
    expect(saved.text).not.toMatch(/U0ANALIMA|U0BENOKAFO|U0CHIARARO/)
  })

  test.each([true, false])(
    'the daily digest does, with records of the other workflows (rates there: %s)',
    async (up) => {
      isUp = up
      await office.ana.types('/workflow run daily-digest')
      await office.ana.sees(up ? /Daily digest is done/ : /The exchange rates are missing/)
      await somebodyElse((task) => ({ ...task, title: 'New', status: 'open', due: null }), 'tasks', [
        `new-${up}`,
      ])
      const { saved, differences } = await savedAndTried('daily-digest')
      expect(differences).toEqual([])
      // The inventory of another workflow is too large to be spelled out.
      expect(saved).toMatchObject({ ...passes, left: ['inventory'] })
    },
  )
})
