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

  test('the page reports no problem of the bot, and no script failed', async () => {
    expect(office.simulator.control.problems()).toEqual([])
  })
})
