// The shipped workflows as people meet them: the real bot with real Python, the simulated workspace, a web server for
// the digest, and Ana, Ben and Chiara.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/engine/ports.ts'
import type { SimulatedMessage } from '../../src/simulator/control.ts'
import { buttonsOf, type Office, openOffice, type Person, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office
let rates: Server
let source: string
/** The shipped workflows; the digest asks the web server of this file, also when the clock starts it. */
let shipped: string
let answer: { status: number; body: string }
const askedWith: (string | undefined)[] = []
/** How far the bot's clock is ahead of the real one. */
let aheadMs = 0
const clock: Clock = { now: () => Date.now() + aheadMs, sleep: systemClock.sleep }

beforeAll(async () => {
  python = storySandbox()
  rates = createServer((request, response) => {
    askedWith.push(request.headers['idempotency-key'] as string | undefined)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
  await new Promise<void>((resolve) => rates.listen(0, '127.0.0.1', resolve))
  source = `http://127.0.0.1:${(rates.address() as AddressInfo).port}/latest`
  shipped = await mkdtemp(join(tmpdir(), 'shipped-workflows-'))
  await cp('workflows', shipped, { recursive: true })
  const digest = join(shipped, 'daily-digest', 'workflow.yaml')
  await writeFile(digest, (await readFile(digest, 'utf8')).replace(/default: https:.*/, `default: ${source}`))
  await python.ready()
})
afterAll(async () => {
  rates.close()
  await rm(shipped, { recursive: true, force: true })
  await python.close()
})

beforeEach(async () => {
  aheadMs = 0
  askedWith.length = 0
  answer = { status: 200, body: '{"base":"EUR","date":"2026-03-02","rates":{"USD":1.08,"CHF":0.95}}' }
  office = await openOffice(python, {
    workflows: shipped,
    allowHosts: [new URL(source).host],
    clock,
  })
})
afterEach(async () => {
  expect(office.simulator.control.problems()).toEqual([])
  await office.close()
})

const labels = (message: SimulatedMessage) => buttonsOf(message).map((one) => one.text?.text)
const records = (collection: string) =>
  [...office.bot.services.records.all(collection)].map((record) => record.value)
/** Waits for something that no message tells. */
async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const directMessages = (person: Person): string => {
  const { channels } = office.simulator.control.state(person.id)
  return channels.find((channel) => channel.kind === 'im' && channel.members.includes(person.id))?.id ?? ''
}

describe('an incident', () => {
  test('sounds the alarm, hands out tasks, survives a restart, and has a lead as soon as somebody takes it', async () => {
    await office.ana.types(
      '/workflow run incident-opener severity=critical service=warehouse title="Nobody can pick orders"',
    )
    const alarm = await office.ben.sees(/🔴 INC-\d{4}-001: Nobody can pick orders/)
    expect(textOf(alarm)).toContain('Warehouse system')
    const card = await office.ben.sees(/Who takes the lead on INC-\d{4}-001\?/)
    expect(labels(card)).toEqual(['Approve', 'Reject…', 'Details'])
    expect(
      office.ben.messages(/INC-\d{4}-001: (Open a call|Tell customers|Write down|Hold the review)/),
    ).toHaveLength(4)

    await office.restart()
    await office.ben.presses('Approve', card)
    await office.chiara.sees(/INC-\d{4}-001 is led by \*ben\* \(at once\)/)
    expect(records('incidents')).toMatchObject([
      { status: 'acknowledged', lead: 'ben', severity: 'critical', service: 'warehouse' },
    ])

    const task = await office.chiara.sees(/Open a call and post its link/)
    await office.chiara.presses('Done', task)
    await until(() => records('tasks').some((one) => one.status === 'done'))
  })

  test('that is not urgent waits for nobody', async () => {
    await office.ana.types('/workflow run incident-opener severity=low service=other title="Squeaky door"')
    const notice = await office.ben.sees(/INC-\d{4}-001: Squeaky door/)
    expect(labels(notice)).toEqual(['Acknowledge', 'Details'])
    await office.ana.sees(/Incident opener is done/)
  })

  test('at a place that does not exist is refused with the question to it', async () => {
    await office.ana.types('/workflow run incident-opener severity=low service=moon title="Squeaky door"')
    await office.simulator.control.until(
      () =>
        office.simulator.control.views(office.ana.id).modals.length > 0 ||
        office.ana.messages(/there is no/).length > 0,
    )
    expect(records('incidents')).toEqual([])
  })
})

describe('a request for access', () => {
  const ask = () =>
    office.ana.types(
      '/workflow run access-request person=U0ANALIMA system=CRM days=14 reason="Cover for Chiara on leave"',
    )

  test('is granted by two other people, and Ana reads it in her direct messages', async () => {
    await ask()
    const card = await office.ben.sees(/Access to CRM, for 14 days/)
    expect(textOf(card)).toContain('2 approvals needed')
    await office.ana.presses('Approve', card)
    expect((await office.ana.sees(/somebody else has to decide/)).ephemeral_for).toBe(office.ana.id)
    await office.ben.presses('Approve', card)
    await office.chiara.sees(/\*1 of 2\* approvals/)
    await office.chiara.presses('Approve', card)
    const granted = await office.ana.sees(/You get access to CRM/, directMessages(office.ana))
    expect(textOf(granted)).toMatch(/Approved by ben and chiara\..*until \d{4}-\d\d-\d\d/)
    expect(records('access_grants')).toMatchObject([{ person: 'U0ANALIMA', system: 'CRM', status: 'active' }])
    const [until] = records('access_grants').map((grant) => grant.until)
    expect(records('tasks')).toMatchObject([{}, { title: expect.stringContaining('Take back'), due: until }])

    await office.ana.sees(/Access request is done/)
    await ask()
    await office.ana.sees(/You have access to \*CRM\* already/, directMessages(office.ana))
  })

  test('is turned down by one, with the reason, and nothing is granted', async () => {
    await ask()
    await office.ben.presses('Reject…', await office.ben.sees(/Access to CRM, for 14 days/))
    const { control } = office.simulator
    const view = await control.until(() => control.views(office.ben.id).modals.at(-1))
    await control.submit({
      user: office.ben.id,
      view_id: view.id,
      values: { reason: { value: 'Read-only will do' } },
    })
    await office.ana.sees(/Turned down by ben: Read-only will do/, directMessages(office.ana))
    expect(records('access_grants')).toEqual([])
    expect(records('access_requests')).toMatchObject([{ status: 'rejected' }])
  })

  test('cannot be made twice while it is open', async () => {
    await ask()
    await office.ben.sees(/Access to CRM, for 14 days/)
    await ask()
    const refusal = await office.ana.sees(/runs already/)
    expect(refusal.ephemeral_for).toBe(office.ana.id)
    expect(records('access_requests')).toHaveLength(1)
  })
})

describe('the daily digest', () => {
  const run = (from = source) => office.ana.types(`/workflow run daily-digest source=${from}`)

  test('says what is low and open, with the rates of its source', async () => {
    await run()
    const digest = await office.ben.sees(/somebody today/)
    expect(textOf(digest)).toMatch(/\d+ items are low, \d+ not on order/)
    expect(textOf(digest)).toContain('1 EUR = 0.95 CHF · 1.08 USD (2026-03-02)')
    expect(labels(digest)).toEqual(['Check stock now', 'Details'])
    expect(askedWith).toEqual([expect.stringMatching(/^[\w-]+\/fetch%20rates\/request$/)])
  })

  test('comes without rates when they cannot be fetched, and ends with a warning', async () => {
    await run('http://127.0.0.1:9/inside')
    const digest = await office.ben.sees(/exchange rates are missing/)
    expect(labels(digest)).toEqual(['Why no rates?'])
    const report = await office.ana.sees(/Daily digest (is done|ended|has).*warning|warning.*Daily digest/is)
    expect(textOf(report)).toContain('fetch rates')
    expect(askedWith).toEqual([])
  })

  test('comes by itself: a morning that was missed is caught up with after the restart, once', async () => {
    const next = office.bot.schedules.next('daily-digest')
    expect(next?.getTime()).toBeGreaterThan(clock.now())
    await office.restart(() => {
      aheadMs = (next?.getTime() ?? 0) - Date.now() + 3_600_000
    })
    await office.ben.sees(/somebody today/)
    const report = await until(() => office.bot.services.history.last('daily-digest'))
    expect(report).toMatchObject({
      status: 'succeeded',
      startedBy: { kind: 'schedule', id: 'daily-digest:weekday mornings' },
    })
    const later = office.bot.schedules.next('daily-digest')?.getTime()
    expect(later).toBeGreaterThan(clock.now())
    await office.restart()
    expect(office.bot.schedules.next('daily-digest')?.getTime()).toBe(later)
    expect(await office.bot.services.history.recent({ limit: 10 })).toHaveLength(1)
    expect(office.bot.engine.running()).toEqual([])
  })

  test('does not come while it is locked, and the audit log says why', async () => {
    const next = office.bot.schedules.next('daily-digest')
    await office.ana.types('/workflow lock daily-digest 20d stocktake')
    await office.ana.sees(/stocktake/)
    await office.restart(() => {
      aheadMs = (next?.getTime() ?? 0) - Date.now() + 3_600_000
    })
    const refusal = await until(async () =>
      (await office.bot.store.audit.recent(20)).find((entry) => entry.action === 'schedule.refused'),
    )
    expect(refusal).toMatchObject({
      subject: 'daily-digest',
      actor: { kind: 'schedule' },
      details: { code: 'workflow.locked', at: next?.toISOString() },
    })
    expect(office.bot.engine.running()).toEqual([])
    expect(askedWith).toEqual([])
  })
})
