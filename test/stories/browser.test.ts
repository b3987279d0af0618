// One person in front of the page, in headless Chromium. Skipped, and said so, where no browser is installed.
import { accessSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type Office, openOffice, purchasing, storySandbox } from './office.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => {
    try {
      accessSync(path)
      return true
    } catch {
      return false
    }
  },
)
if (!executablePath)
  console.warn('No Chromium is installed: the browser tests are skipped (apt-get install chromium).')

const bigAsk = `metadata: {id: big-ask, name: Big ask}
settings: {timeout: 2d}
nodes:
  - {name: start, type: manual, inputs: {what: {type: string, required: true, label: What do you need}}}
  - name: ask
    type: approval
    to: "#operations"
    text: "May we have {{ inputs.what }}?"
    needed: 2
    expires: 1d
  - {name: get it, type: code, code: 'return outputs["ask"]["outcome"]'}
edges:
  - {from: start, to: ask}
  - {from: ask, to: get it, when: outputs.ask.approved}
`

describe.skipIf(!executablePath)('in the browser', () => {
  let python: PythonSandbox
  let office: Office
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    python = storySandbox()
    await python.ready()
    office = await openOffice(python, { workflows: 'workflows' })
    browser = await chromium.launch({
      executablePath: executablePath as string,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
    await page.goto(`${office.simulator.url}/`)
  })
  afterAll(async () => {
    await browser?.close()
    await office?.close()
    await python?.close()
  })

  const ana = 'U0ANALIMA'
  const as = async (person: string) => {
    await page.goto(`${office.simulator.url}/?as=${person}#C0OPERATNS`)
    await page.reload()
    await page.waitForSelector('#app[data-ready=true]')
  }
  const composer = () => page.getByTestId('composer')
  const messages = () => page.getByTestId('messages')

  test('Ana types the command, with completion, and watches it become the report', async () => {
    await composer().locator('textarea, [contenteditable]').or(composer()).last().click()
    await page.keyboard.type('/workflow run reorder-check')
    await page.keyboard.press('Enter')
    await messages().getByText('is done').first().waitFor()
    await messages().getByText('create purchase orders').first().waitFor()
  })

  test('she opens the details, and closes them with Escape', async () => {
    await messages().getByRole('button', { name: 'Details' }).first().click()
    const modal = page.getByTestId('modal')
    await modal.getByRole('button', { name: 'Context' }).click()
    await modal.getByText('restock_factor').first().waitFor()
    await page.keyboard.press('Escape')
    await modal.waitFor({ state: 'detached' })
  })

  test('in #purchasing she acknowledges the notification, and everybody sees who did', async () => {
    await page.getByText('purchasing', { exact: true }).first().click()
    await messages().getByRole('button', { name: 'Acknowledge' }).click()
    await messages()
      .getByText(/Acknowledged by/)
      .first()
      .waitFor()
    await office.ben.sees(/Acknowledged by/, purchasing)
  })

  test('on a phone nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await messages()
      .getByText(/Acknowledged by/)
      .first()
      .waitFor()
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
    expect(overflow).toBeLessThanOrEqual(0)
  })

  test('a missing input is asked for in a form, and two people approve what was filled in', async () => {
    await office.writeWorkflow('big-ask', bigAsk)
    await page.setViewportSize({ width: 1280, height: 860 })
    await as(ana)
    await composer().fill('/workflow run big-ask')
    await composer().press('Enter')
    const modal = page.getByTestId('modal')
    await modal.locator('input:not([type=hidden]), textarea').first().fill('Twelve crates of tea')
    await modal.getByTestId('modal-submit').click()
    await modal.waitFor({ state: 'detached' })
    await messages().getByText('May we have Twelve crates of tea?').first().waitFor()
    for (const person of [office.ben.id, office.chiara.id]) {
      await as(person)
      await messages().getByRole('button', { name: 'Approve' }).last().click()
      await messages()
        .getByText(person === office.ben.id ? /1 of 2/ : /Approved/)
        .first()
        .waitFor()
    }
    await messages().getByText('Big ask is done').first().waitFor()
  })

  test('the home tab shows what may be run, and how it went', async () => {
    await page.goto(`${office.simulator.url}/?as=${ana}#home`)
    const home = page.getByTestId('home')
    await home.getByText('Reorder check').first().waitFor()
    await home.getByRole('button', { name: 'Run' }).first().waitFor()
    await home.getByText('Lately').waitFor()
  })

  test('the page reports no problem of the bot, and no script failed', async () => {
    expect(office.simulator.control.problems()).toEqual([])
  })
})
