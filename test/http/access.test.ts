// Rights and the audit log over the API: clients are admins, unless they ask with the rights of a person.
import { describe, expect, it } from 'vitest'
import {
  auditSchema,
  diffSchema,
  handoverSchema,
  statsSchema,
  whySchema,
} from '../../src/commands/answers.ts'
import { createBot } from './bot.ts'

const as = (user: string) => ({ headers: { 'X-Actor': `slack:${user}` } })
const json = { 'Content-Type': 'application/json' }

async function ran(bot: ReturnType<typeof createBot>): Promise<string> {
  const response = await bot.post({}, { Prefer: 'wait=5' })
  return ((await response.json()) as { id: string }).id
}

describe('a client that asks with the rights of a person', () => {
  it('may do what that person may, and is reported as a client', async () => {
    const bot = createBot()
    const response = await bot.post({}, { Prefer: 'wait=5', 'X-Actor': 'slack:U0ANA' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      startedBy: { kind: 'api', id: 'slack:U0ANA', name: 'API for U0ANA' },
    })
  })

  it('is refused 403 what that person may not, with what it takes', async () => {
    const bot = createBot()
    const response = await bot.ask('/api/audit', as('U0ANA'))
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      error: {
        code: 'access.refused',
        message: 'The command audit is for admins.',
        hint: 'Ask an admin of the workspace.',
      },
    })
  })

  it('does not find what that person may not see', async () => {
    const bot = createBot()
    const executionId = await ran(bot)
    const entry = bot.services.catalog.get('sample')
    if (entry?.version) entry.version.definition.access = { see: ['U0BEN'] }
    try {
      for (const path of [
        '/api/workflows/sample',
        `/api/executions/${executionId}`,
        `/api/executions/${executionId}/diff`,
        `/api/executions/${executionId}/nodes/prepare/why`,
        '/api/executions?workflow=sample',
        '/api/stats?workflow=sample',
      ]) {
        expect([path, (await bot.ask(path, as('U0ANA'))).status]).toEqual([path, 404])
        expect([path, (await bot.ask(path, as('U0BEN'))).status]).toEqual([path, 200])
        expect([path, (await bot.ask(path)).status]).toEqual([path, 200])
      }
      expect(await (await bot.ask('/api/executions', as('U0ANA'))).json()).toEqual({ executions: [] })
    } finally {
      delete entry?.version?.definition.access
    }
  })
})

describe('the explaining endpoints', () => {
  it('answer what their schemas say', async () => {
    const bot = createBot()
    const executionId = await ran(bot)
    const get = async (path: string) => (await bot.ask(path)).json()
    expect(whySchema.parse(await get(`/api/executions/${executionId}/nodes/finish/why`)).summary).toBe(
      '"finish" ran: "prepare" succeeded.',
    )
    expect(diffSchema.parse(await get(`/api/executions/${executionId}/diff`)).against).toBeNull()
    expect(statsSchema.parse(await get('/api/stats?days=2')).workflows).toHaveLength(1)
    expect(handoverSchema.parse(await get('/api/handover?duration=8h')).executions.succeeded).toBe(1)
    expect(auditSchema.parse(await get('/api/audit?search=started')).entries).toHaveLength(1)
    expect(await get('/api/audit/verify')).toEqual({ ok: true, entries: 1 })
  })

  it('post a message with a Run button', async () => {
    const bot = createBot()
    const body = JSON.stringify({ to: '#ops' })
    const response = await bot.ask('/api/workflows/sample/messages', { method: 'POST', headers: json, body })
    expect(await response.json()).toEqual({ workflow: { id: 'sample', name: 'Sample' }, to: '#ops' })
  })

  it.each([
    ['/api/stats?days=0', 400],
    ['/api/stats?workflow=smaple', 404],
    ['/api/handover?duration=soon', 400],
    ['/api/handover?duration=30d', 409],
    ['/api/executions/never/diff', 404],
    ['/api/executions/never/nodes/x/why', 404],
    ['/api/audit?limit=9999', 400],
  ])('refuse %s with %i', async (path, status) => {
    expect((await createBot().ask(path)).status).toBe(status)
  })

  it('do not know a node that is not there', async () => {
    const bot = createBot()
    const response = await bot.ask(`/api/executions/${await ran(bot)}/nodes/finsh/why`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { hint: 'did you mean "finish"?' } })
  })
})
