// Reading what happened: Ana's run fails, Ben looks into it, mends the file and goes on from the failed step; the graph
// shows it in colours, and what the night shift's script broke reaches the channel that its workflow names.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { buttonsOf, type Office, openOffice, operations, purchasing, storySandbox, textOf } from './office.ts'

const priceSync = (line: string) => `
metadata: { id: price-sync, name: Price sync, owner: U0BENOKAFO }
settings: { failure_channel: "#purchasing" }
nodes:
  - { name: start, type: manual }
  - name: read prices
    type: code
    code: |
      print("reading")
      output = [{"price": 2.4}, {"price": "n/a"}]
  - name: raise prices
    type: code
    code: |
      output = [${line} for item in outputs["read prices"]]
edges:
  - { from: start, to: read prices }
  - { from: read prices, to: raise prices }
`

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python)
  await office.writeWorkflow('price-sync', priceSync('item["price"] * 1.1'))
})
afterAll(async () => {
  await office?.close()
  await python?.close()
})

describe('a run that fails', () => {
  test('says once what kind of error it was, with its line, and offers what can be done', async () => {
    await office.ana.types('/workflow run price-sync')
    const report = await office.ana.sees(/Price sync failed/)
    const text = textOf(report)
    expect(text.match(/TypeError/g)).toHaveLength(1)
    expect(text).toContain('item["price"] * 1.1')
    const labels = buttonsOf(report).map((button) => button.text?.text)
    expect(labels).toEqual(['From failed step', 'Details', 'Run again', 'What changed', 'Save as scenario'])
  })

  test('tells its owner in the thread, once', async () => {
    const report = await office.ana.sees(/Price sync failed/)
    await office.ben.sees(/U0BENOKAFO.*fails for the first time/, operations, report.ts)
  })

  test('Ben turns the pages of its details', async () => {
    const report = await office.ben.sees(/Price sync failed/)
    await office.ben.presses('Details', report)
    await office.ben.seesModal(/raise prices/)
    const { control } = office.simulator
    const turn = (tab: string) =>
      control.action({
        user: office.ben.id,
        in: { view_id: control.views(office.ben.id).modals.at(-1)?.id ?? '' },
        action_id: `details_tab:${tab}`,
      })
    await turn('printed')
    await office.ben.seesModal(/"text":"reading"/)
    await turn('outputs')
    await office.ben.seesModal(/n\/a/)
  })

  test('after the file is mended, it goes on from the failed step and keeps the rest', async () => {
    await office.writeWorkflow('price-sync', priceSync('item["price"]'))
    await office.ben.presses('From failed step', await office.ben.sees(/Price sync failed/))
    const report = await office.ben.sees(/Price sync is done. 1 step ran, 1 kept from before/)
    expect(textOf(report)).toMatch(/Repeats .+ from the step _raise prices_/)
  })
})

test('show is followed by the drawn graph, which says in words what it shows', async () => {
  await office.ana.types('/workflow show price-sync')
  const answer = await office.ana.sees(/Steps/)
  const { control } = office.simulator
  const [file] = await control.until(
    () => office.ana.messages(/./s, operations, answer.ts).find(({ files }) => files?.length)?.files,
    30_000,
  )
  expect(file?.alt_text).toContain('read prices (worked), then raise prices')
  const png = Buffer.from(control.file(file?.id ?? '') ?? [])
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect(png.length).toBeGreaterThan(5000)
})

test('what a script broke at night is told where its workflow wants it, and counted after that', async () => {
  await office.writeWorkflow('price-sync', priceSync('item["cost"]'))
  const start = () =>
    office.api('/api/workflows/price-sync/executions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: {} }),
    })
  expect((await start()).status).toBeLessThan(300)
  const first = await office.ben.sees(/Price sync failed/, purchasing)
  expect(textOf(first)).toContain('<@U0BENOKAFO>')
  await start()
  await office.ben.sees(/the 2nd time/, purchasing, first.ts)
  expect(office.simulator.control.problems()).toEqual([])
})
