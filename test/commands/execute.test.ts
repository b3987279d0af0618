// The one way from a request to its result: what is refused and how, what is written down, and what hostile input meets.
import { describe, expect, it } from 'vitest'
import { executeCommand, visibleTo } from '../../src/commands/execute.ts'
import { commandList } from '../../src/commands/index.ts'
import { accessSchema } from '../../src/definition/schema.ts'
import { WorkflowError } from '../../src/errors.ts'
import { edge } from '../support/workflow.ts'
import {
  ana,
  asking,
  ben,
  chiara,
  dora,
  gil,
  gone,
  held,
  openOffice,
  program,
  sam,
  slack,
  terminal,
  versionOf,
} from './office.ts'

const closed = { see: ['U0BEN'] }

/** What each command is asked for, about the workflow or execution at hand. */
const inputs = (workflowId: string, executionId: string): { [command: string]: object } => ({
  run: { workflowId },
  show: { workflowId },
  history: { workflowId },
  stats: { workflowId },
  lock: { workflowId },
  unlock: { workflowId },
  post: { workflowId, to: '#ops' },
  test: { workflowId },
  tests: { workflowId },
  'dry-run': { workflowId },
  report: { executionId },
  cancel: { executionId },
  retry: { executionId },
  rollback: { executionId },
  approve: { executionId },
  reject: { executionId },
  why: { executionId, node: 'work' },
  diff: { executionId },
  save: { executionId },
})

describe('a workflow that somebody may not see', () => {
  it('is answered in the very words of one that does not exist, by every command', async () => {
    const { ran, refused } = openOffice({ workflows: { secret: { access: closed }, open: {} } })
    const executionId = await ran('secret')
    const of = (id: string, execution: string) => Object.entries(inputs(id, execution))
    for (const [name, input] of of('secret', executionId)) {
      const refusal = await refused(ana, name, input)
      expect([name, /^(workflow|execution)\.unknown$/.test(refusal.code)]).toEqual([name, true])
      const never = inputs('seecrt', 'never-was')[name]
      const words = (error: WorkflowError) =>
        `${error.message} ${error.hint}`.replace(/secret|seecrt|never-was|x\d+/g, '…')
      expect([name, words(refusal)]).toEqual([name, words(await refused(ana, name, never))])
    }
  })

  it('is in no list, no history, no figures, no handover and no hint', async () => {
    const { ran, ask, refused } = openOffice({
      workflows: { secret: { access: closed }, broken: { access: closed, broken: true }, open: {} },
    })
    const executionId = await ran('secret')
    for (const name of ['list', 'history', 'pending', 'stats', 'handover']) {
      const seen = JSON.stringify(await ask(ana, name))
      expect([name, seen.includes('secret'), seen.includes(executionId)]).toEqual([name, false, false])
      expect(seen).not.toContain('workflows/broken')
    }
    const { hint } = await refused(ana, 'show', { workflowId: 'secrte' })
    expect(hint).not.toContain('secret')
    expect(JSON.stringify(await ask(ben, 'list'))).toContain('secret')
    expect((await refused(ben, 'show', { workflowId: 'secrte' })).hint).toContain('secret')
  })

  it('is not in what surfaces may suggest', async () => {
    const { services } = openOffice({ workflows: { secret: { access: closed }, open: {} } })
    const ids = async (who: typeof ana) => (await visibleTo(who, services)).catalog.list().map(({ id }) => id)
    expect(await ids(ana)).toEqual(['open'])
    expect(await ids(ben)).toEqual(['secret', 'open'])
    expect(await ids(gil)).toEqual([])
  })

  it('does not show in history after its file is gone', async () => {
    const { ran, ask, entries } = openOffice({ workflows: { open: {}, secret: { access: closed } } })
    await ran('secret')
    const mine = await ran('open')
    entries.pop()
    expect(await ask(ana, 'history')).toMatchObject({ items: [{ id: mine }] })
    expect(await ask(ben, 'history')).toMatchObject({ items: [{ id: mine }, {}] })
  })

  it('leaves as many entries in a history as were asked for, when others are hidden', async () => {
    const { ran, ask } = openOffice({ workflows: { open: {}, secret: { access: closed } } })
    const mine = [await ran('open'), await ran('open')]
    for (let count = 0; count < 5; count++) await ran('secret')
    const result = await ask(ana, 'history', { limit: 2 })
    expect(result).toMatchObject({ items: [{ id: mine[1] }, { id: mine[0] }] })
  })
})

describe('a right that is missing', () => {
  const right: [string, object][] = [
    ['run', { run: ['U0BEN'] }],
    ['retry', { run: ['U0BEN'] }],
    ['rollback', { run: ['U0BEN'] }],
    ['post', { run: ['U0BEN'] }],
    ['dry-run', { run: ['U0BEN'] }],
    ['cancel', { cancel: ['U0BEN'] }],
    ['lock', { cancel: ['U0BEN'] }],
    ['unlock', { cancel: ['U0BEN'] }],
    ['approve', { approve: ['U0BEN'] }],
    ['reject', { approve: ['U0BEN'] }],
    ['test', { test: ['U0BEN'] }],
    ['save', { test: ['U0BEN'] }],
  ]
  const others = (access: object) => accessSchema.parse(access)

  it.each(right)('refuses %s, and lets those through who have it', async (name, access) => {
    const office = openOffice({ workflows: { open: { access: others({ ...access, see: ['everyone'] }) } } })
    const executionId = await office.ran('open')
    const input = inputs('open', executionId)[name]
    for (const actor of [ana, { ...program, id: 'slack:U0ANA' }, { ...terminal, id: 'slack:U0ANA' }]) {
      const { code, hint } = await office.refused(actor, name, input)
      expect([actor.kind, code]).toEqual([actor.kind, 'access.refused'])
      expect(hint).toContain('That is for <@U0BEN>.')
    }
    for (const actor of [ben, chiara, program, terminal]) {
      const answer = await office.ask(actor, name, input).catch((thrown: unknown) => thrown)
      expect(answer instanceof WorkflowError ? answer.code : '').not.toBe('access.refused')
    }
  })

  it('is named, with those who have it and whom to ask', async () => {
    const access = others({ run: ['U0BEN', 'S0BUYERS', 'C0BUYING'] })
    const { refused } = openOffice({
      workflows: { open: { access, owner: 'U0BEN' } },
      policy: { admins: ['U0CHIARA', 'S0LEADS'] },
    })
    const { code, message, hint } = await refused(dora, 'lock', { workflowId: 'open' })
    expect({ code, message, hint }).toEqual({
      code: 'access.refused',
      message: 'You may not stop or lock "The open".',
      hint:
        'That is for <@U0BEN>, <!subteam^S0BUYERS>, members of <#C0BUYING>. ' +
        'Ask <@U0BEN> or <@U0CHIARA>, <!subteam^S0LEADS> for the right "cancel".',
    })
  })

  it('that nobody has says that it is for admins', async () => {
    const { refused } = openOffice({ workflows: { open: { access: { run: [] }, owner: 'Purchasing' } } })
    expect((await refused(ana, 'run', { workflowId: 'open' })).hint).toBe(
      'That is for admins. Ask its owner, Purchasing, or an admin of the workspace for the right "run".',
    )
  })

  it('is written down: who, what, and from where', async () => {
    const { refused, audit } = openOffice({ workflows: { open: { access: { run: [] } } } })
    await refused(ana, 'run', { workflowId: 'open' })
    expect(audit.entries).toMatchObject([
      {
        at: '2026-03-02T08:00:00.000Z',
        actor: ana,
        action: 'access.refused',
        subject: 'open',
        details: { command: 'run', needs: 'run', answer: 'access.refused', from: { surface: 'slack' } },
      },
    ])
  })

  it('stands when it cannot be written down', async () => {
    const { refused } = openOffice({
      workflows: { open: { access: { run: [] } } },
      services: {
        audit: {
          append: () => Promise.reject(new WorkflowError('store.disk_full', 'The disk is full.')),
          recent: async () => [],
          verify: async () => ({ ok: true, entries: 0 }),
        },
      },
    })
    expect((await refused(ana, 'run', { workflowId: 'open' })).code).toBe('access.refused')
  })
})

describe('guests, strangers and people who have left', () => {
  it('get nothing from any command', async () => {
    const office = openOffice()
    const executionId = await office.ran('open')
    for (const { name } of commandList) {
      for (const actor of [gil, sam, gone]) {
        const own: { [name: string]: object } = {
          ...inputs('open', executionId),
          acknowledge: { messageId: 'C0:1' },
          complete_task: { taskId: 't1' },
        }
        const { code, hint } = await office.refused(actor, name, own[name] ?? {})
        expect([name, actor.id, code]).toEqual([name, actor.id, 'access.refused'])
        expect(hint).toContain('Ask an admin of the workspace')
      }
    }
  })

  it('learn nothing from a difference between what is there and what is not', async () => {
    const { ran, refused } = openOffice()
    const there = await refused(gil, 'report', { executionId: await ran('open') })
    const not = await refused(gil, 'report', { executionId: 'never-was' })
    expect(there.message + there.hint).toBe(not.message + not.hint)
  })

  it('who are named for one workflow see that one alone', async () => {
    const { ask, refused } = openOffice({ workflows: { open: {}, theirs: { access: { run: ['U0GIL'] } } } })
    expect(await ask(gil, 'list')).toMatchObject({ workflows: [{ id: 'theirs' }] })
    expect(await ask(gil, 'run', { workflowId: 'theirs' })).toMatchObject({ kind: 'started' })
    expect((await refused(gil, 'run', { workflowId: 'open' })).code).toBe('workflow.unknown')
  })
})

describe('decisions', () => {
  const question = (rules: Parameters<typeof asking>[0], access?: object) =>
    openOffice({
      workflows: { open: access ? { access: accessSchema.parse(access) } : {} },
      work: { work: asking(rules) },
    })
  const started = async (office: ReturnType<typeof openOffice>) => {
    const result = await office.ask(program, 'run', { workflowId: 'open' })
    if (result.kind !== 'started') throw new Error('it did not start')
    while (office.engine.engine.info(result.executionId)?.status !== 'waiting')
      await office.engine.clock.advance(0)
    return result.executionId
  }

  it('may be made by whom the question names, who need not see the workflow otherwise', async () => {
    const office = question({ users: ['U0GIL'], groups: [] }, { see: ['U0BEN'] })
    const executionId = await started(office)
    expect(await office.ask(gil, 'approve', { executionId })).toMatchObject({ kind: 'decided' })
    expect(await office.engine.engine.result(executionId)).toMatchObject({ status: 'succeeded' })
  })

  it('are for nobody else, even when a group is named that others are in', async () => {
    const office = question({ groups: ['S0BUYERS'] })
    const executionId = await started(office)
    expect((await office.refused(ben, 'approve', { executionId })).code).toBe('approval.not_yours')
    expect((await office.refused(chiara, 'reject', { executionId })).code).toBe('approval.not_yours')
    expect(await office.ask(ana, 'reject', { executionId })).toMatchObject({ kind: 'decided' })
  })

  it('need the right besides, where the workflow says who has it', async () => {
    const office = question({ users: ['U0ANA', 'U0BEN'] }, { approve: ['U0BEN'] })
    const executionId = await started(office)
    expect((await office.refused(ana, 'approve', { executionId })).code).toBe('access.refused')
    expect(await office.ask(ben, 'approve', { executionId })).toMatchObject({ kind: 'decided' })
  })

  it('cannot be made by a program in the name of a person', async () => {
    const office = question({ users: ['U0ANA'] })
    const executionId = await started(office)
    const portal = { ...program, id: 'slack:U0ANA' }
    expect((await office.refused(portal, 'approve', { executionId })).code).toBe('approval.not_yours')
    expect((await office.refused(program, 'approve', { executionId })).code).toBe('approval.not_yours')
  })

  it('and attempts at them are written down, reasons and all', async () => {
    const office = question({ users: ['U0ANA'] })
    const executionId = await started(office)
    await office.refused(ben, 'approve', { executionId })
    await office.ask(ana, 'reject', { executionId, reason: 'too many' }, 'C0BUYING')
    expect(office.audit.entries.slice(1)).toMatchObject([
      { actor: ben, action: 'access.refused', details: { command: 'approve', answer: 'approval.not_yours' } },
      {
        actor: ana,
        action: 'approval.decided',
        subject: executionId,
        details: {
          node: 'work',
          decision: 'reject',
          reason: 'too many',
          from: { surface: 'slack', place: 'C0BUYING' },
        },
      },
    ])
  })
})

describe('whoever started an execution', () => {
  it('may stop it without the right to stop others', async () => {
    const { work, release } = held()
    const office = openOffice({ workflows: { open: { access: { cancel: [] } } }, work: { work } })
    const start = async (actor: typeof ana) => {
      const result = await office.ask(actor, 'run', { workflowId: 'open' })
      return result.kind === 'started' ? result.executionId : ''
    }
    const [mine, theirs] = [await start(ana), await start(ben)]
    expect(await office.ask(ana, 'cancel', { executionId: mine })).toMatchObject({ kind: 'report' })
    expect((await office.refused(ana, 'cancel', { executionId: theirs })).code).toBe('access.refused')
    release()
    await office.engine.engine.result(theirs)
  })
})

describe('the audit log', () => {
  it('tells of starts, re-runs, locks, cancels, messages and tasks, each once', async () => {
    const { ask, audit, ran } = openOffice({
      workflows: {
        open: { version: versionOf('open', { nodes: ['work'], edges: [edge('start -> work')] }) },
      },
    })
    const executionId = await ran('open')
    await ask(ana, 'retry', { executionId }, 'C0BUYING')
    await ask(ana, 'lock', { workflowId: 'open', duration: '2h', reason: 'stocktake' })
    await ask(ben, 'unlock', { workflowId: 'open' })
    await ask(ana, 'post', { workflowId: 'open', to: '#ops' })
    await ask(ana, 'acknowledge', { messageId: 'C0:1' })
    await ask(ben, 'acknowledge', { messageId: 'C0:1' })
    await ask(ana, 'complete_task', { taskId: 't1' })
    expect(audit.entries.map(({ actor, action, subject }) => [actor.name, action, subject])).toEqual([
      ['nightly-export', 'execution.started', executionId],
      ['ana', 'execution.started', 'x2'],
      ['ana', 'workflow.locked', 'open'],
      ['ben', 'workflow.unlocked', 'open'],
      ['ana', 'message.posted', 'open'],
      ['ana', 'message.acknowledged', 'C0:1'],
      ['ana', 'task.completed', 't1'],
    ])
    expect(audit.entries[1]?.details).toEqual({
      workflow: 'open',
      version: 1,
      trigger: 'manual',
      rerunOf: executionId,
      from: { surface: 'slack', place: 'C0BUYING' },
    })
  })

  it('tells of a start once, however often it is delivered', async () => {
    const { services, audit } = openOffice()
    const once = { key: 'slash:1', windowMs: 60_000 }
    for (let delivery = 0; delivery < 3; delivery++)
      await executeCommand('run', { workflowId: 'open' }, { actor: ana, services, once })
    expect(audit.entries).toHaveLength(1)
  })

  it('tells of a refused start of a locked workflow', async () => {
    const { ask, refused, audit } = openOffice()
    await ask(ana, 'lock', { workflowId: 'open' })
    expect((await refused(ben, 'run', { workflowId: 'open' })).code).toBe('workflow.locked')
    expect(audit.entries.at(-1)).toMatchObject({ actor: ben, action: 'access.refused', subject: 'open' })
  })

  it('holds no inputs: they may be secret, and the report has them', async () => {
    const { ask, audit, entries } = openOffice()
    const trigger = entries[0]?.version?.definition.nodes[0]
    if (trigger) trigger.inputs = { pin: { type: 'string' } }
    await ask(ana, 'run', { workflowId: 'open', inputs: { pin: '4711-4711' } })
    expect(JSON.stringify(audit.entries)).not.toContain('4711')
  })

  it('that cannot be written makes it known, with the deed done', async () => {
    const { refused, services } = openOffice({
      services: {
        audit: {
          append: () => Promise.reject(new WorkflowError('store.disk_full', 'The disk is full.')),
          recent: async () => [],
          verify: async () => ({ ok: true, entries: 0 }),
        },
      },
    })
    expect((await refused(ana, 'lock', { workflowId: 'open' })).code).toBe('audit.not_written')
    expect(services.records.get('_locks', 'open')).toBeDefined()
  })

  it('is shown to admins alone, and can be searched and verified', async () => {
    const { ask, refused, ran } = openOffice()
    await ran('open')
    await ask(ana, 'lock', { workflowId: 'open', reason: 'Stocktake' })
    expect((await refused(ana, 'audit')).message).toBe('The command audit is for admins.')
    expect(await ask(chiara, 'audit')).toMatchObject({ entries: [{}, {}, {}] })
    expect(await ask(chiara, 'audit', { search: 'ANA stocktake' })).toMatchObject({
      search: 'ANA stocktake',
      entries: [{ action: 'workflow.locked' }],
    })
    expect(await ask(program, 'audit', { search: 'never written' })).toMatchObject({ entries: [] })
    expect(await ask(terminal, 'audit', { verify: true })).toEqual({
      kind: 'audit_verified',
      verdict: { ok: true, entries: 3 },
    })
  })
})

describe('input', () => {
  it('that lacks what the command is about is refused with how to write it', async () => {
    const { code, message, hint } = await openOffice().refused(ana, 'run', {})
    expect({ code, message, hint }).toEqual({
      code: 'command.bad_input',
      message: '“run” needs to know which workflow.',
      hint: 'Write it like this: /workflow run reorder-check',
    })
  })

  it.each([
    ['nothing at all', undefined],
    ['null', null],
    ['a text', 'run'],
    ['a list', []],
    ['a number for an id', { workflowId: 7 }],
    ['an object for an id', { workflowId: { $gt: '' } }],
    ['100 kB of id', { workflowId: 'x'.repeat(100_000) }],
    ['a wrong type inside', { workflowId: 'open', inputs: 'name=Ana' }],
  ])('that is %s is refused, not run', async (_what, input) => {
    const { refused, audit } = openOffice()
    const refusal = await refused(ana, 'run', input)
    expect(refusal.code).toBe('command.bad_input')
    expect(refusal.message.length + (refusal.hint?.length ?? 0)).toBeLessThan(400)
    expect(audit.entries).toEqual([])
  })

  it.each(['__proto__', 'constructor', 'toString', 'оpen', 'open\u202e', '../open', 'open\0', '🦆', 'ｏpen'])(
    'with the id %j is an unknown workflow, as long as none is called so',
    async (workflowId) => {
      expect((await openOffice().refused(ana, 'run', { workflowId })).code).toBe('workflow.unknown')
    },
  )

  it.each(['__proto__', 'constructor', 'hasOwnProperty', '', 'RUN', 'x'.repeat(100_000)])(
    'for the command %j is unknown',
    async (name) => {
      const refusal = await openOffice().refused(ana, name)
      expect(refusal.code).toBe('command.unknown')
      expect(refusal.message.length).toBeLessThan(200)
    },
  )

  it('with markup in a reason is kept as words, in the lock and in the log', async () => {
    const reason = '<!channel> `rm -rf` *urgent* "},"action":"execution.started'
    const { ask, audit } = openOffice()
    expect(await ask(ana, 'lock', { workflowId: 'open', reason })).toMatchObject({ lock: { reason } })
    expect(audit.entries).toMatchObject([{ action: 'workflow.locked', details: { reason } }])
  })

  it('cannot make an entry of the log long', async () => {
    const { refused, audit } = openOffice({ workflows: { open: { access: { run: [] } } } })
    const actor = slack('U0ANA')
    await executeCommand(
      'run',
      { workflowId: 'open' },
      {
        actor,
        services: openOffice().services,
        place: 'C'.repeat(100_000),
      },
    )
    await refused(actor, 'run', { workflowId: 'open' })
    expect(JSON.stringify(audit.entries).length).toBeLessThan(1000)
  })
})

describe('every command', () => {
  it('says what it needs, and what help shows about it fits a line', () => {
    for (const { name, needs, summary, usage } of commandList) {
      expect([name, typeof needs]).toEqual([name, 'string'])
      expect(summary.length).toBeLessThanOrEqual(80)
      expect(usage.startsWith(name)).toBe(true)
    }
  })

  it('answers when it is asked for as its examples say', () => {
    for (const { name, examples } of commandList)
      for (const one of examples) expect(one.split(' ')[0]).toBe(name)
  })
})

describe('help', () => {
  const names = (result: object) =>
    (result as { commands: { name: string }[] }).commands.map(({ name }) => name)

  it('shows what the person may use, and no more', async () => {
    const office = openOffice({ workflows: { open: { access: { cancel: [], test: [] } } } })
    const mine = names(await office.ask(ana, 'help'))
    expect(mine).toContain('run')
    for (const other of ['audit', 'lock', 'cancel', 'test']) expect(mine).not.toContain(other)
    expect(names(await office.ask(chiara, 'help'))).toEqual(
      commandList.filter(({ examples }) => examples.length > 0).map(({ name }) => name),
    )
  })

  it('shows a guest what a workflow lets them do', async () => {
    const { ask } = openOffice({ workflows: { open: { access: { see: ['U0GIL'] } } } })
    const mine = names(await ask(gil, 'help'))
    expect(mine).toContain('list')
    expect(mine).not.toContain('run')
  })

  it('of one command shows that one', async () => {
    expect(await openOffice().ask(ana, 'help', { topic: 'Run' })).toMatchObject({
      topic: 'run',
      commands: [{ name: 'run' }],
    })
  })

  it('finds commands by what they are about', async () => {
    const result = await openOffice().ask(ana, 'help', { topic: 'next shift' })
    expect(result).toMatchObject({ search: 'next shift', commands: [{ name: 'handover' }] })
  })

  it('of a command that the person may not use does not tell of it', async () => {
    const { refused } = openOffice()
    const { code, message, hint } = await refused(ana, 'help', { topic: 'audit' })
    expect(code).toBe('command.unknown')
    expect(`${message} ${hint}`.replace('"audit"', '')).not.toContain('audit')
  })
})
