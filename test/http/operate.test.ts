// Stopping, repeating, taking back, deciding and locking over the HTTP API.
import { describe, expect, it } from 'vitest'
import { executeCommand } from '../../src/commands/execute.ts'
import { type Actor, type Report, reportSchema } from '../../src/engine/report.ts'
import {
  decidedSchema,
  errorSchema,
  lockedSchema,
  pendingSchema,
  startedSchema,
  unlockedSchema,
} from '../../src/http/schemas.ts'
import { createBot } from './bot.ts'
import { createOrderBot, type OrderBot } from './office.ts'

const refusal = async (response: Response) => ({
  status: response.status,
  ...errorSchema.parse(await response.json()).error,
})
const reportOf = async (bot: OrderBot, id: string): Promise<Report> =>
  reportSchema.parse(await (await bot.ask(`/api/executions/${id}`)).json())
const decide = (bot: OrderBot, id: string, body: object, actor?: string) =>
  bot.send('POST', `/api/executions/${id}/decisions`, body, actor ? { 'X-Actor': actor } : {})
const ended = async (bot: OrderBot, id: string) =>
  reportSchema.parse(await (await bot.ask(`/api/executions/${id}`, { headers: { Prefer: 'wait=5' } })).json())
/** An order that was approved, and has ended. */
async function placed(bot: OrderBot): Promise<string> {
  const id = await bot.order()
  await decide(bot, id, { decision: 'approve' })
  await ended(bot, id)
  return id
}

describe('cancelling', () => {
  it('stops an execution and answers its report, with who and why', async () => {
    const bot = createOrderBot()
    const id = await bot.order()
    const response = await bot.send(
      'POST',
      `/api/executions/${id}/cancel`,
      { reason: 'wrong week' },
      { 'X-Actor': 'planner' },
    )
    expect(response.status).toBe(200)
    expect(reportSchema.parse(await response.json())).toMatchObject({
      id,
      status: 'cancelled',
      cancelledBy: { kind: 'api', id: 'planner' },
      reason: 'wrong week',
    })
    expect(bot.done.placed).toBe(0)
  })

  it('is refused with 409 for an execution that has ended, and with 404 for one that never was', async () => {
    const bot = createOrderBot()
    const id = await placed(bot)
    const path = (one: string) => `/api/executions/${one}/cancel`
    expect(await refusal(await bot.send('POST', path(id), {}))).toMatchObject({
      status: 409,
      code: 'execution.ended',
    })
    expect(await refusal(await bot.send('POST', path('never'), {}))).toMatchObject({
      status: 404,
      code: 'execution.unknown',
    })
  })

  it('is refused with 403 to who lacks the right, and nothing is stopped', async () => {
    const bot = createOrderBot()
    const version = bot.services.catalog.get('order')?.version
    if (version) version.definition.access = { see: ['everyone'], cancel: ['U0BEN'] }
    const id = await bot.order()
    const asked = await bot.send('POST', `/api/executions/${id}/cancel`, {}, { 'X-Actor': 'slack:U0ANA' })
    expect(await refusal(asked)).toMatchObject({ status: 403, code: 'access.refused' })
    expect((await reportOf(bot, id)).status).toBe('waiting')
  })
})

describe('retrying', () => {
  async function jammed() {
    const bot = createOrderBot()
    bot.jam()
    const id = await placed(bot)
    expect((await reportOf(bot, id)).status).toBe('failed')
    bot.mend()
    return { bot, id, path: `/api/executions/${id}/retry` }
  }

  it('goes on from where it failed, and answers like a start', async () => {
    const { bot, id, path } = await jammed()
    const response = await bot.send('POST', path, {})
    expect(response.status).toBe(202)
    const started = startedSchema.parse(await response.json())
    expect(started).toMatchObject({ started: true, workflow: { id: 'order' } })
    expect(response.headers.get('Location')).toBe(`/api/executions/${started.executionId}`)
    expect(await ended(bot, started.executionId)).toMatchObject({
      status: 'succeeded',
      rerunOf: { executionId: id, from: 'place' },
    })
    expect(bot.done.placed).toBe(1)
  })

  it('with Prefer: wait answers the report', async () => {
    const { bot, path } = await jammed()
    const response = await bot.send('POST', path, {}, { Prefer: 'wait=30' })
    expect(response.status).toBe(200)
    expect(reportSchema.parse(await response.json())).toMatchObject({ status: 'succeeded' })
  })

  it('from the start asks people again', async () => {
    const { bot, path } = await jammed()
    const { executionId } = startedSchema.parse(
      await (await bot.send('POST', path, { from: 'start' })).json(),
    )
    await bot.clock.advance(0)
    expect(await reportOf(bot, executionId)).toMatchObject({ status: 'waiting', rerunOf: { from: null } })
  })

  it('twice with one Idempotency-Key starts one execution', async () => {
    const { bot, path } = await jammed()
    const key = { 'Idempotency-Key': 'again-1' }
    const first = startedSchema.parse(await (await bot.send('POST', path, {}, key)).json())
    const again = startedSchema.parse(await (await bot.send('POST', path, {}, key)).json())
    expect(again).toEqual({ ...first, started: false })
    await ended(bot, first.executionId)
    expect(bot.done.placed).toBe(1)
  })

  it('keeps its keys apart from those of starts and of other executions', async () => {
    const { bot, id, path } = await jammed()
    const key = { 'Idempotency-Key': `${id}/same` }
    const ids = new Set<string>()
    for (const [where, body] of [
      [path, {}],
      ['/api/workflows/order/executions', {}],
      ['/api/workflows/sample/executions', {}],
    ] as const) {
      const started = startedSchema.parse(await (await bot.send('POST', where, body, key)).json())
      expect(started.started).toBe(true)
      ids.add(started.executionId)
    }
    expect(ids.size).toBe(3)
  })

  it.each([
    ['what still runs', async (bot: OrderBot) => bot.order(), {}, 409, 'execution.not_ended'],
    ['from a step that did not fail', placed, { from: 'failed' }, 409, 'execution.not_failed'],
    ['what never was', async () => 'never', {}, 404, 'execution.unknown'],
    ['from anywhere else', placed, { from: 'the middle' }, 400, 'api.bad_request'],
    ['with a word too many', placed, { inputs: {} }, 400, 'api.bad_request'],
  ])('is refused for %s', async (_name, prepare, body, status, code) => {
    const bot = createOrderBot()
    const id = await prepare(bot)
    const { placed: before } = bot.done
    expect(await refusal(await bot.send('POST', `/api/executions/${id}/retry`, body))).toMatchObject({
      status,
      code,
    })
    expect(bot.done.placed).toBe(before)
  })
})

describe('rolling back', () => {
  it('takes back what an execution did, once however often it is asked for', async () => {
    const bot = createOrderBot()
    const id = await placed(bot)
    const path = `/api/executions/${id}/rollback`
    const first = await bot.send('POST', path, undefined, { Prefer: 'wait=30' })
    expect(first.status).toBe(200)
    const report = reportSchema.parse(await first.json())
    expect(report).toMatchObject({ status: 'succeeded', rollbackOf: { executionId: id } })
    const again = await bot.send('POST', path)
    expect(again.status).toBe(202)
    expect(startedSchema.parse(await again.json())).toMatchObject({ executionId: report.id, started: false })
    expect(bot.done.takenBack).toBe(1)
  })

  it('of what did nothing is refused with 409', async () => {
    const bot = createOrderBot()
    const id = await bot.order()
    await decide(bot, id, { decision: 'reject' })
    await ended(bot, id)
    expect(await refusal(await bot.send('POST', `/api/executions/${id}/rollback`))).toMatchObject({
      status: 409,
      code: 'execution.not_undoable',
    })
  })
})

describe('deciding', () => {
  it('approves what an execution waits for, and it goes on', async () => {
    const bot = createOrderBot()
    const id = await bot.order()
    const { questions } = pendingSchema.parse(await (await bot.ask('/api/pending')).json())
    expect(questions).toMatchObject([{ executionId: id, node: 'ask', what: 'May we order?' }])
    const response = await decide(bot, id, { decision: 'approve', reason: 'needed' }, 'planner')
    expect(response.status).toBe(200)
    expect(decidedSchema.parse(await response.json())).toMatchObject({
      executionId: id,
      node: 'ask',
      decision: { decision: 'approve', by: { kind: 'api', id: 'planner' }, reason: 'needed' },
    })
    expect((await ended(bot, id)).status).toBe('succeeded')
    expect(bot.done.placed).toBe(1)
    expect(pendingSchema.parse(await (await bot.ask('/api/pending')).json()).questions).toEqual([])
  })

  it('rejects it, and nothing is done', async () => {
    const bot = createOrderBot()
    const id = await bot.order()
    await decide(bot, id, { decision: 'reject' })
    await ended(bot, id)
    expect(bot.done.placed).toBe(0)
  })

  it('fills in what the question asks for, and says what is wrong with it', async () => {
    const bot = createOrderBot({ form: { budget: { type: 'enum', options: ['A', 'B'], required: true } } })
    const id = await bot.order()
    for (const form of [{}, { budget: 'C' }, { budget: 'A', more: 1 }])
      expect(await refusal(await decide(bot, id, { decision: 'approve', form }))).toMatchObject({
        status: 400,
        code: 'inputs.invalid',
      })
    const made = await (await decide(bot, id, { decision: 'approve', form: { budget: 'B' } })).json()
    expect(decidedSchema.parse(made).decision.form).toEqual({ budget: 'B' })
  })

  it('twice counts once', async () => {
    const bot = createOrderBot()
    const id = await placed(bot)
    expect(await refusal(await decide(bot, id, { decision: 'reject' }))).toMatchObject({
      status: 409,
      code: 'approval.not_open',
    })
    expect(bot.done.placed).toBe(1)
  })

  it('by the same client counts once, where two people are needed', async () => {
    const bot = createOrderBot({ needed: 2 })
    const id = await bot.order()
    expect((await decide(bot, id, { decision: 'approve' }, 'one')).status).toBe(200)
    expect(await refusal(await decide(bot, id, { decision: 'approve' }, 'one'))).toMatchObject({
      status: 409,
      code: 'approval.decided_before',
    })
    expect(bot.done.placed).toBe(0)
  })

  it.each([
    [{ users: ['U0ANA'] }, undefined],
    [{ users: ['U0ANA'] }, 'slack:U0ANA'],
    [{ groups: ['S0BUYERS'] }, 'slack:U0ANA'],
    [{ groups: ['S0BUYERS'] }, 'cli:U0ANA'],
    [{ users: ['U0ANA'], groups: ['S0BUYERS'] }, 'U0ANA'],
  ])('is for people alone where the question names them: %j is not %s', async (approvers, actor) => {
    const bot = createOrderBot({ approvers })
    bot.services.people.isMember = async () => true
    const id = await bot.order()
    for (const decision of ['approve', 'reject'])
      expect(await refusal(await decide(bot, id, { decision }, actor))).toMatchObject({
        status: 403,
        code: 'approval.not_yours',
      })
    expect(await reportOf(bot, id)).toMatchObject({ status: 'waiting' })
  })

  it('in the name of a person without the right is refused', async () => {
    const bot = createOrderBot()
    const version = bot.services.catalog.get('order')?.version
    if (version) version.definition.access = { see: ['everyone'], approve: ['U0BEN'] }
    const id = await bot.order()
    expect(await refusal(await decide(bot, id, { decision: 'approve' }, 'slack:U0ANA'))).toMatchObject({
      status: 403,
      code: 'access.refused',
    })
    expect((await decide(bot, id, { decision: 'approve' }, 'slack:U0BEN')).status).toBe(200)
  })

  it('is not for whoever started it, where somebody else has to', async () => {
    const bot = createOrderBot({ approvers: { not_requester: true } })
    const id = await bot.order('planner')
    expect(await refusal(await decide(bot, id, { decision: 'approve' }, 'planner'))).toMatchObject({
      status: 403,
      code: 'approval.own_request',
    })
    expect((await decide(bot, id, { decision: 'approve' }, 'buyer')).status).toBe(200)
  })

  it('in the name of a person is no way around what that person may not do in Slack', async () => {
    const slack: Actor = { kind: 'slack', id: 'U0ANA', name: 'Ana Lima' }
    const bot = createOrderBot({ needed: 2, approvers: { not_requester: true } })
    const asked = { actor: slack, services: bot.services }
    const run = await executeCommand('run', { workflowId: 'order' }, asked)
    const own = run.kind === 'started' ? run.executionId : ''
    await bot.clock.advance(0)
    expect(await refusal(await decide(bot, own, { decision: 'approve' }, 'slack:U0ANA'))).toMatchObject({
      status: 403,
      code: 'approval.own_request',
    })
    const other = await bot.order('planner')
    await executeCommand('approve', { executionId: other }, asked)
    expect(await refusal(await decide(bot, other, { decision: 'approve' }, 'slack:U0ANA'))).toMatchObject({
      status: 409,
      code: 'approval.decided_before',
    })
    expect((await decide(bot, other, { decision: 'approve' }, 'slack:U0BEN')).status).toBe(200)
  })

  it.each([
    ['no decision', {}],
    ['another word', { decision: 'maybe' }],
    ['a form that is a list', { decision: 'approve', form: [] }],
    ['a reason that is a book', { decision: 'reject', reason: 'x'.repeat(1001) }],
    ['half a body', '{"decision": '],
    ['a key that reaches into prototypes', '{"decision": "approve", "form": {"__proto__": {"a": 1}}}'],
  ])('is refused with 400 for %s', async (_name, body) => {
    const bot = createOrderBot()
    const id = await bot.order()
    const response = await bot.send('POST', `/api/executions/${id}/decisions`, body)
    expect(response.status).toBe(400)
    expect((await reportOf(bot, id)).status).toBe('waiting')
  })

  it('on a step that asks nothing is refused', async () => {
    const bot = createOrderBot()
    const id = await bot.order()
    expect(await refusal(await decide(bot, id, { decision: 'approve', node: 'place' }))).toMatchObject({
      status: 409,
      code: 'approval.not_open',
    })
  })
})

describe('locking', () => {
  const path = '/api/workflows/sample/lock'

  it('refuses starts until it ends, by itself or before its time', async () => {
    const bot = createOrderBot()
    const response = await bot.send(
      'PUT',
      path,
      { duration: '2h', reason: 'stocktake' },
      { 'X-Actor': 'ops' },
    )
    expect(response.status).toBe(200)
    const { lock } = lockedSchema.parse(await response.json())
    expect(lock).toMatchObject({ workflowId: 'sample', by: { id: 'ops' }, reason: 'stocktake' })
    expect(Date.parse(lock.until) - Date.parse(lock.since)).toBe(2 * 3_600_000)
    expect(await refusal(await bot.post({}))).toMatchObject({ status: 409, code: 'workflow.locked' })
    const ended = await bot.send('DELETE', path, undefined, { 'X-Actor': 'ana' })
    expect(unlockedSchema.parse(await ended.json())).toMatchObject({ lock, by: { id: 'ana' } })
    expect((await bot.post({})).status).toBe(202)
    await bot.send('PUT', path, {})
    await bot.clock.advance(3_600_000)
    expect((await bot.post({})).status).toBe(202)
  })

  it('again takes the place of the first lock', async () => {
    const bot = createOrderBot()
    await bot.send('PUT', path, { duration: '2h' })
    await bot.send('PUT', path, { duration: 60 })
    await bot.clock.advance(60_000)
    expect((await bot.post({})).status).toBe(202)
  })

  it.each([
    ['PUT', path, { duration: 'soon' }, 400],
    ['PUT', path, { duration: -1 }, 400],
    ['PUT', path, { duration: '31d' }, 409],
    ['PUT', path, { reason: 'x'.repeat(301) }, 400],
    ['PUT', path, { until: 'ever' }, 400],
    ['PUT', '/api/workflows/smaple/lock', {}, 404],
    ['DELETE', '/api/workflows/smaple/lock', undefined, 404],
    ['DELETE', path, undefined, 409],
    ['GET', path, undefined, 405],
  ])('%s %s with %j is refused with %i', async (method, address, body, status) => {
    const bot = createOrderBot()
    expect((await bot.send(method, address, body)).status).toBe(status)
    expect((await bot.post({})).status).toBe(202)
  })

  it('without JSON is refused with 415', async () => {
    const response = await createBot().ask(path, { method: 'PUT', body: '{}' })
    expect(response.status).toBe(415)
  })
})

describe('who may do all that', () => {
  it('shows the token', async () => {
    const bot = createOrderBot({}, 'k3Jx8sQ0vB1mZr7TpLwe9d')
    for (const [method, path] of [
      ['POST', '/api/executions/x1/cancel'],
      ['POST', '/api/executions/x1/retry'],
      ['POST', '/api/executions/x1/rollback'],
      ['POST', '/api/executions/x1/decisions'],
      ['GET', '/api/pending'],
      ['PUT', '/api/workflows/sample/lock'],
      ['DELETE', '/api/workflows/sample/lock'],
    ] as const)
      expect([path, (await bot.send(method, path, method === 'GET' ? undefined : {})).status]).toEqual([
        path,
        401,
      ])
  })

  it('is no page from elsewhere', async () => {
    const bot = createOrderBot()
    const response = await bot.send('DELETE', '/api/workflows/sample/lock', undefined, {
      Origin: 'https://elsewhere.example',
    })
    expect(await refusal(response)).toMatchObject({ status: 403, code: 'api.wrong_origin' })
  })

  it('is written into the audit log', async () => {
    const bot = createOrderBot()
    const id = await placed(bot)
    await bot.send('POST', `/api/executions/${id}/rollback`, undefined, { Prefer: 'wait=5' })
    await bot.send('PUT', '/api/workflows/order/lock', {})
    await bot.send('DELETE', '/api/workflows/order/lock')
    const actions = (await bot.services.audit.recent(20)).map(({ action }) => action).reverse()
    expect(actions).toEqual([
      'execution.started',
      'approval.decided',
      'execution.started',
      'workflow.locked',
      'workflow.unlocked',
    ])
  })
})
