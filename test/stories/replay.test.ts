// Before a new version is relied on: what really happened is run once more on it, with real Python, and what would have
// gone another way is told.
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { executeCommand } from '../../src/commands/execute.ts'
import type { Actor } from '../../src/engine/report.ts'
import type { ReplayReport } from '../../src/scenarios/index.ts'
import { type Office, openOffice, storySandbox } from './office.ts'

let python: PythonSandbox
let office: Office
let rates: Server
let source: string
let answer = '{"base":"EUR","date":"2026-03-02","rates":{"USD":1.08,"CHF":0.95}}'

const admin: Actor = { kind: 'cli', id: 'terminal', name: 'the terminal' }

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  rates = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  })
  await new Promise<void>((resolve) => rates.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(rates.address() as AddressInfo).port}`
  source = `http://${host}/latest`
  office = await openOffice(python, { workflows: 'workflows', allowHosts: [host] })
})
afterAll(async () => {
  rates?.close()
  await office?.close()
  await python?.close()
})

const ask = (name: string, input: object) =>
  executeCommand(name, input, { actor: admin, services: office.bot.services })

async function runs(workflowId: string, inputs: object = {}): Promise<string> {
  const result = await ask('run', { workflowId, inputs })
  if (result.kind !== 'started') throw new Error(result.kind)
  return result.executionId
}

const ended = (executionId: string) => office.bot.engine.result(executionId)

/** Waits until the execution waits for people. */
async function asks(executionId: string): Promise<void> {
  while (office.bot.engine.info(executionId)?.status !== 'waiting')
    await new Promise((resolve) => setImmediate(resolve))
}

async function decides(by: string, executionId: string, name: 'approve' | 'reject', reason?: string) {
  await asks(executionId)
  const actor: Actor = { kind: 'slack', id: by, name: by }
  await executeCommand(name, { executionId, reason }, { actor, services: office.bot.services })
}

async function replays(workflowId: string, more: object = {}): Promise<ReplayReport> {
  const result = await ask('replay', { workflowId, ...more })
  if (result.kind !== 'replayed') throw new Error(result.kind)
  return result.report
}

const told = ({ executions }: ReplayReport) =>
  executions.map(({ outcome, differences }) => ({ outcome, differences }))

describe('a replay over real executions', () => {
  test('comes to the same for every workflow that ships, on the version that ran', async () => {
    for (let turn = 0; turn < 3; turn++) await ended(await runs('reorder-check'))
    await ended(await runs('daily-digest', { source }))
    answer = '[]'
    expect((await ended(await runs('daily-digest', { source }))).status).toBe('warning')
    const quiet = { title: 'Squeaky door', severity: 'low', service: 'other' }
    await ended(await runs('incident-opener', quiet))
    const alarm = await runs('incident-opener', { ...quiet, severity: 'critical' })
    await decides('U0BENOKAFO', alarm, 'approve')
    await ended(alarm)
    const wanted = { person: 'U0CHIARARO', system: 'CRM', days: 14, reason: 'Cover for a colleague' }
    const granted = await runs('access-request', wanted)
    await decides('U0ANALIMA', granted, 'approve')
    await decides('U0BENOKAFO', granted, 'approve')
    await ended(granted)
    const refused = await runs('access-request', { ...wanted, system: 'ERP' })
    await decides('U0ANALIMA', refused, 'reject', 'not now')
    await ended(refused)
    for (const id of ['reorder-check', 'daily-digest', 'incident-opener', 'access-request']) {
      const report = await replays(id)
      expect(told(report).filter(({ outcome }) => outcome !== 'same')).toEqual([])
      expect(report.totals.executions).toBeGreaterThan(0)
    }
  })

  test('tells what a draft would have done differently, execution by execution, and changes nothing', async () => {
    const file = join(office.folder, 'workflows/reorder-check/workflow.yaml')
    const text = await readFile(file, 'utf8')
    const weaker = text.replace(
      'if item["stock"] >= item["threshold"]',
      'if item["stock"] + 5 >= item["threshold"]',
    )
    expect(weaker).not.toBe(text)
    const before = await office.bot.services.history.recent({ limit: 100 })
    const messages = office.ana.messages(/./s, 'C0PURCHASE').length
    await office.writeWorkflow('reorder-check', weaker)
    const report = await replays('reorder-check', { last: 2 })
    expect(report.version.number).toBe(2)
    expect(report.totals).toEqual({ executions: 2, same: 0, different: 2, unrepeatable: 0 })
    const [latest] = report.executions
    expect(latest?.differences.some(({ at }) => at.includes('find low stock'))).toBe(true)
    expect(await office.bot.services.history.recent({ limit: 100 })).toEqual(before)
    expect(office.ana.messages(/./s, 'C0PURCHASE')).toHaveLength(messages)
  })

  test('is kept, also over a restart, and written into the audit log', async () => {
    await office.restart()
    const { replays: kept, audit } = office.bot.services
    expect(kept.list('reorder-check')).toHaveLength(2)
    expect(kept.list('reorder-check')[0]?.totals).toMatchObject({ different: 2 })
    const [entry] = await audit.recent(1, ({ action }) => action === 'workflow.replayed')
    expect(entry).toMatchObject({ subject: 'reorder-check', details: { version: 2, different: 2 } })
    expect(told(await replays('reorder-check', { version: 1 })).map(({ outcome }) => outcome)).toEqual([
      'same',
      'same',
      'same',
    ])
  })

  test('of a workflow that never ran, or a version that never was, says so', async () => {
    await office.writeWorkflow(
      'fresh',
      'metadata: { id: fresh, name: Fresh }\nnodes: [{ name: start, type: manual }]\nedges: []\n',
    )
    await expect(replays('fresh')).rejects.toMatchObject({ code: 'replay.nothing' })
    await expect(replays('reorder-check', { version: 99 })).rejects.toMatchObject({
      code: 'replay.unknown_version',
    })
    await expect(replays('reorder-check', { last: 1000 })).rejects.toMatchObject({
      code: 'command.bad_input',
    })
  })
})
