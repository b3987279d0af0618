// Who may do what, as people meet it in Slack: private refusals, workflows that others do not know of, and a log of it
// all that admins can verify.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Office, openOffice, operations, storySandbox, textOf } from './office.ts'

/** The channel where guests and other organisations are, too. */
const everybody = 'C0GENERAL'
const python = storySandbox()
let office: Office

const workflow = (id: string, access: string) => `
metadata: { id: ${id}, name: The ${id}, owner: U0BENOKAFO }
access: ${access}
nodes:
  - { name: start, type: manual }
  - { name: pause, type: wait, for: 10ms }
edges:
  - { from: start, to: pause }
`

beforeAll(async () => {
  office = await openOffice(python)
  await office.writeWorkflow('payroll', workflow('payroll', '{ see: [U0BENOKAFO] }'))
  await office.writeWorkflow('stocktake', workflow('stocktake', '{ run: [U0BENOKAFO], cancel: [everyone] }'))
}, 120_000)
afterAll(async () => {
  await office?.close()
  await python.close()
})

/** What only this person sees of what is said now. */
async function told(user: string, text: string, channel = operations): Promise<string> {
  const { control } = office.simulator
  const before = control.messages({ channel, user }).length
  await control.command({ user, channel, text })
  const message = await control.until(() => control.messages({ channel, user })[before], 30_000)
  return textOf(message)
}

describe('somebody without the right', () => {
  it('is told privately what it takes and whom to ask', async () => {
    const answer = await told('U0ANALIMA', '/workflow run stocktake')
    expect(answer).toContain('You may not run "The stocktake".')
    expect(answer).toContain('Ask <@U0BENOKAFO>')
    const { control } = office.simulator
    const others = control.messages({ channel: operations, user: 'U0CHIARARO' }).map(textOf).join()
    expect(others).not.toContain('You may not run')
  })

  it('meets a workflow that they may not see as one that does not exist', async () => {
    const words = (text: string) => text.replaceAll(/payroll|neverwas/g, '…')
    const hidden = await told('U0ANALIMA', '/workflow run payroll')
    expect(words(hidden)).toBe(words(await told('U0ANALIMA', '/workflow run neverwas')))
    expect(await told('U0ANALIMA', '/workflow list')).not.toContain('payroll')
    expect(await told('U0BENOKAFO', '/workflow list')).toContain('payroll')
  })

  it('does not learn of it from what others are answered in the same channel', async () => {
    const { control } = office.simulator
    expect(await told('U0BENOKAFO', '/workflow show payroll')).toContain('The payroll')
    const seen = control.messages({ channel: operations, user: 'U0ANALIMA' }).map(textOf)
    expect(seen.filter((text) => /The payroll/.test(text))).toEqual([])
  })

  it('gets nothing as a guest or from another organisation', async () => {
    for (const user of ['U0GILGUEST', 'U0SAMOTHER']) {
      for (const text of ['/workflow help', '/workflow list', '/workflow run stocktake'])
        expect(await told(user, text, everybody)).toContain(
          'This bot answers the full members of this workspace.',
        )
    }
  })
})

describe('the audit log', () => {
  it('tells admins who did what, and that nothing was changed since', async () => {
    expect(await told('U0ANALIMA', '/workflow audit')).toContain('The command audit is for admins.')
    await office.ben.types('/workflow run stocktake')
    await office.ben.sees(/The stocktake\* is done/)
    const log = await told('U0CHIARARO', '/workflow audit stocktake')
    expect(log).toContain('execution.started')
    expect(log).toContain('workflow.changed')
    expect(log).toContain('access.refused')
    expect(await told('U0CHIARARO', '/workflow audit verify')).toMatch(/whole|unchanged|nothing/i)
    expect(await office.bot.store.audit.verify()).toMatchObject({ ok: true })
  })
})
