// A whole life of a workflow over the API and in the terminal, with the real bot and real Python: tested, refused,
// replayed, mended, activated, and back.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { savedScenarioSchema } from '../../src/commands/answers.ts'
import {
  activatedSchema,
  errorSchema,
  executionListSchema,
  replayListSchema,
  testListSchema,
  versionListSchema,
  workflowListSchema,
  workflowSchema,
} from '../../src/http/schemas.ts'
import { replayReportSchema } from '../../src/scenarios/index.ts'
import { type } from '../cli/terminal.ts'
import { type Office, openOffice, storySandbox } from '../stories/office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python, { firstVersions: 'tested' })
  await write('discount', 'scenarios.yaml', scenarios([99.99, 0], [250, 25]))
  await office.writeWorkflow('discount', workflow('discount', '>= 100'))
  await office.bot.services.activation.settled('discount')
})
afterAll(async () => {
  await office?.close()
  await python?.close()
})

const workflow = (id: string, condition: string) => `metadata: { id: ${id}, name: Discount }
nodes:
  - name: start
    type: manual
    inputs: { total: { type: number, required: true } }
  - name: work out
    type: code
    code: |
      return {"discount": inputs["total"] / 10 if inputs["total"] ${condition} else 0}
edges:
  - { from: start, to: work out }
output: outputs["work out"].discount
criteria:
  - name: Every discount is right
    why: A wrong discount costs money or trust.
    kind: scenarios
`

const scenarios = (...cases: [total: number, discount: number][]) => `scenarios:
  - name: From 100 on there are ten percent
    cases: [${cases.map(([total, discount]) => `{ total: ${total}, discount: ${discount} }`).join(', ')}]
    inputs: { total: "{{ case.total }}" }
    expect: { output: { $near: "{{ case.discount }}" } }
`

async function write(id: string, file: string, text: string): Promise<void> {
  const folder = join(office.folder, 'workflows', id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, file), text)
}

const api = { ask: (path: string, init?: RequestInit) => fetch(`${office.bot.api.url}${path}`, init) }
const types = (...line: string[]) => type(line, api)
const get = async (path: string) => (await api.ask(path)).json()
async function post(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const headers = { 'Content-Type': 'application/json' }
  const response = await api.ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}
const refused = async (path: string, body: object) => {
  const answer = await post(path, body)
  return { status: answer.status, code: errorSchema.parse(answer.body).error.code }
}

describe('a workflow and its versions', () => {
  it('begin with one that answers, which has been tested', async () => {
    const { versions, deactivation } = versionListSchema.parse(await get('/api/workflows/discount/versions'))
    expect(deactivation).toBeNull()
    expect(versions).toMatchObject([
      { number: 1, state: 'active', outdated: false, replay: null, test: { passed: true } },
    ])
    const { out } = await types('versions', 'discount')
    expect(out).toMatch(
      /^Discount \(discount\)\n\n▸ version 1: active, .* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
    )
    expect(out).toMatch(/✓ 2 of 2 scenarios, 1 of 1 criteria, \d{4}/)
    for (const total of ['50', '100', '250'])
      expect((await types('run', 'discount', `total=${total}`)).status).toBe(0)
  })

  it('an edit is a draft, which is shown and cannot answer untested', async () => {
    await office.writeWorkflow('discount', workflow('discount', '> 100'))
    const shown = workflowSchema.parse(await get('/api/workflows/discount'))
    expect(shown).toMatchObject({
      version: { number: 1 },
      draft: { number: 2, state: 'draft' },
      deactivation: null,
    })
    const list = workflowListSchema.parse(await get('/api/workflows'))
    expect(list.workflows).toMatchObject([{ id: 'discount', version: 1, draft: 2, deactivated: false }])
    expect((await types('list')).out).toMatch(/^discount {2}Discount {2}version 1, draft 2 {2}✓ succeeded/m)
    const show = await types('show', 'discount')
    expect(show.out).toContain('Discount (discount, version 1)')
    expect(show.out).toMatch(/Draft: +version 2, not tested; test discount --keep, then activate discount$/m)
    expect((await types('versions', 'discount')).out).toMatch(
      /^… version 2: draft, first seen .*\n {4}not tested\n {4}next: test discount --keep\n▸ version 1: active/m,
    )
    expect(await refused('/api/workflows/discount/activations', {})).toEqual({
      status: 409,
      code: 'activation.not_tested',
    })
    expect(await types('activate', 'discount')).toMatchObject({
      status: 1,
      err: 'Version 2 of "discount" has not been tested.\nTest it first: test discount\n',
    })
  })

  it('a replay says which real executions would have gone another way', async () => {
    const answer = await post('/api/workflows/discount/replays', { last: 10 })
    expect(answer.status).toBe(200)
    const report = replayReportSchema.parse(answer.body)
    expect(report).toMatchObject({
      version: { number: 2 },
      startedBy: { kind: 'api' },
      totals: { executions: 3, same: 2, different: 1, unrepeatable: 0 },
    })
    const { status, out } = await types('replay', 'discount', '--last', '10')
    expect(status).toBe(1)
    expect(out.split('\n')[0]).toBe('! 2 of 3 the same, 1 different')
    expect(out).toMatch(/^✗ \S+ is different\n {4}ran .* on version 1: succeeded$/m)
    expect(out).toMatch(/^ {6}before {2}10\n {6}now {5}0$/m)
    const same = await types('replay', 'discount', 'version=1', '--json')
    expect(same.status).toBe(0)
    expect(replayReportSchema.parse(JSON.parse(same.out)).totals).toMatchObject({ same: 3, different: 0 })
  })

  it('replays are kept, newest first', async () => {
    const { replays } = replayListSchema.parse(await get('/api/workflows/discount/replays'))
    expect(replays.map(({ version }) => version.number)).toEqual([1, 2, 2])
    expect(replayListSchema.parse(await get('/api/workflows/discount/replays?limit=1')).replays).toHaveLength(
      1,
    )
    const { out } = await types('replays', 'discount')
    expect(out.split('\n')[0]).toMatch(/^\S+ \S+ UTC {2}version 1 {2}✓ 3 of 3 the same {15,}ana$/)
    const states = versionListSchema.parse(await get('/api/workflows/discount/versions')).versions
    expect(states[0]?.replay?.totals).toMatchObject({ different: 1 })
    expect((await types('versions', 'discount')).out).toContain('replayed: 2 of 3 the same, 1 different, ')
  })

  it('a test in the running bot is kept, and decides whether a version may answer', async () => {
    await write('discount', 'scenarios.yaml', scenarios([99.99, 0], [100, 10], [250, 25]))
    const red = await types('test', 'discount', '--keep')
    expect([red.status, red.out]).toEqual([1, expect.stringContaining('✗ 2 of 3 scenarios passed')])
    expect(await refused('/api/workflows/discount/activations', {})).toEqual({
      status: 409,
      code: 'activation.not_met',
    })
    await office.writeWorkflow('discount', workflow('discount', '> 99.99'))
    expect((await types('test', 'discount', '--keep')).status).toBe(0)
    expect((await types('show', 'discount')).out).toMatch(/Draft: +version 3, tested; activate discount$/m)
  })

  it('a test no longer counts once the scenarios have changed', async () => {
    await write('discount', 'scenarios.yaml', scenarios([0, 0], [99.99, 0], [100, 10], [250, 25]))
    expect(await refused('/api/workflows/discount/activations', {})).toEqual({
      status: 409,
      code: 'activation.outdated',
    })
    expect((await types('versions', 'discount')).out).toContain(
      'the scenarios have changed since, so that this test no longer counts\n    next: test discount --keep',
    )
    expect((await types('test', 'discount', '--keep')).status).toBe(0)
    const answer = await types('activate', 'discount')
    expect([answer.status, answer.out]).toEqual([
      0,
      'From now on version 3 of Discount answers, instead of version 1.\n' +
        'Back to version 1: activate discount --version previous\n',
    ])
    expect((await types('run', 'discount', 'total=100', '--json')).out).toContain('"output": 10')
  })

  it('tests are listed with what got better and worse', async () => {
    const { tests } = testListSchema.parse(await get('/api/workflows/discount/tests'))
    expect(tests.map(({ version, passed }) => [version.number, passed])).toEqual([
      [3, true],
      [3, true],
      [2, false],
      [1, true],
    ])
    const { out } = await types('tests', 'discount')
    expect(out.split('\n')[0]).toMatch(/version 3 {2}✓ 4 of 4 scenarios, 1 of 1 criteria {2}in .* by ana$/)
    expect(out).toMatch(/version 2 {2}✗ 2 of 3 scenarios, 0 of 1 criteria/)
    expect(out).toMatch(/^ {4}Since the test of version 1\n {6}▼ /m)
    expect((await types('tests', 'discount', '--limit', '1')).out.trimEnd().split('\n')[0]).toMatch(
      /version 3/,
    )
    expect((await types('tests', 'discount', '--limit', '0')).status).toBe(1)
  })

  it('the version before answers again at once', async () => {
    const answer = await post('/api/workflows/discount/activations', { version: 'previous' })
    expect(activatedSchema.parse(answer.body)).toEqual({
      status: 'activated',
      workflow: { id: 'discount', name: 'Discount' },
      version: 1,
      from: 3,
      previous: 3,
      how: 'rolled_back',
    })
    const { versions } = versionListSchema.parse(await get('/api/workflows/discount/versions'))
    expect(versions.map(({ number, state }) => [number, state])).toEqual([
      [3, 'tested'],
      [2, 'retired'],
      [1, 'active'],
    ])
    expect((await types('versions', 'discount')).out).toMatch(
      /^▸ version 1: active, brought back .* by API$/m,
    )
  })
})

describe('an execution', () => {
  it('becomes a scenario, printed or written in place', async () => {
    const { executions } = executionListSchema.parse(await get('/api/executions?workflow=discount&limit=1'))
    const id = executions[0]?.id ?? ''
    const answer = savedScenarioSchema.parse(await get(`/api/executions/${id}/scenario`))
    expect(answer).toMatchObject({ written: null, addable: 'yes', tried: { passed: true } })
    const printed = await types('save', id)
    expect([printed.status, printed.out]).toEqual([0, answer.text])
    expect(printed.err).toContain('It passes on the version that ran.')
    const written = await types('save', id, '--write')
    expect(written.out).toMatch(/^It stands in .*discount\/scenarios\.yaml now\.\n$/)
    expect(await types('save', id, '--write', '--json')).toMatchObject({
      status: 1,
      out: expect.stringContaining('"scenario.duplicate"'),
    })
  })
})

describe('a first version that does not pass', () => {
  it('is shown as a draft while none answers, and cannot be started', async () => {
    await write('sloppy', 'scenarios.yaml', scenarios([100, 10]))
    await office.writeWorkflow('sloppy', workflow('sloppy', '> 100'))
    await office.bot.services.activation.settled('sloppy')
    const shown = workflowSchema.parse(await get('/api/workflows/sloppy'))
    expect(shown).toMatchObject({ version: null, draft: { number: 1, state: 'draft' }, last: null })
    expect(shown.definition?.nodes.map(({ name }) => name)).toEqual(['start', 'work out'])
    expect((await types('list', 'sloppy')).out).toMatch(
      /^sloppy {2}Discount {2}draft 1, none answers yet {2}never ran$/m,
    )
    expect((await types('show', 'sloppy')).out).toMatch(/^Discount \(sloppy, draft 1, none answers yet\)$/m)
    expect(await refused('/api/workflows/sloppy/executions', { inputs: { total: 1 } })).toEqual({
      status: 409,
      code: 'workflow.not_active',
    })
    expect(await refused('/api/workflows/sloppy/replays', {})).toEqual({
      status: 409,
      code: 'replay.nothing',
    })
    expect((await types('tests', 'sloppy')).out).toMatch(/✗ 0 of 1 scenario, 0 of 1 criteria/)
    expect((await types('replays', 'sloppy')).out).toBe('It was never replayed.\n')
    const forced = await types('activate', 'sloppy', 'override=true', 'reason=sale ends tonight')
    expect(forced.out).toBe('From now on version 1 of Discount answers.\n')
  })
})

describe('what is asked wrongly', () => {
  it.each([
    ['/api/workflows/discount/replays', { last: 0 }, 400],
    ['/api/workflows/discount/replays', { last: 101 }, 400],
    ['/api/workflows/discount/replays', { last: '25' }, 400],
    ['/api/workflows/discount/replays', { last: 1.5 }, 400],
    ['/api/workflows/discount/replays', { version: 0 }, 400],
    ['/api/workflows/discount/replays', { version: 99 }, 400],
    ['/api/workflows/discount/replays', { version: 'previous' }, 400],
    ['/api/workflows/discount/replays', { dry: true }, 400],
    ['/api/workflows/discuont/replays', {}, 404],
    ['/api/workflows/__proto__/replays', {}, 404],
  ])('POST %s %j is answered %i', async (path, body, status) => {
    expect(await refused(path, body)).toMatchObject({ status })
  })

  it.each([
    ['/api/workflows/discuont/versions', 404],
    ['/api/workflows/discuont/replays', 404],
    ['/api/workflows/discount/replays?limit=11', 400],
    ['/api/workflows/discount/versions?limit=3', 400],
  ])('GET %s is answered %i', async (path, status) => {
    expect((await api.ask(path)).status).toBe(status)
  })

  it.each([
    [['replay']],
    [['replay', 'discount', '--last', 'all']],
    [['replay', 'discount', '--version', 'previous']],
    [['replay', 'discount', 'lst=3']],
    [['activate', 'discount', 'vresion=1']],
    [['activate', 'discount', 'version=one']],
    [['replays']],
    [['versions']],
    [['tests', 'discount', 'sloppy']],
  ])('in the terminal it is said how it goes: %j', async (line) => {
    const { status, err } = await types(...line)
    expect([status, err]).toEqual([2, expect.stringContaining('Usage: ')])
  })

  it('who may only see a workflow sees how it stands, and replays nothing', async () => {
    const headers = { 'X-Actor': 'slack:U0BENOKAFO', 'Content-Type': 'application/json' }
    await office.writeWorkflow(
      'closed',
      'metadata: { id: closed, name: Closed }\naccess: { see: [everyone], run: [U0ANALIMA] }\nnodes: [{ name: start, type: manual }]\n',
    )
    const path = '/api/workflows/closed'
    expect((await api.ask(`${path}/versions`, { headers })).status).toBe(200)
    expect((await api.ask(`${path}/replays`, { headers })).status).toBe(200)
    const response = await api.ask(`${path}/replays`, { method: 'POST', headers, body: '{}' })
    expect(response.status).toBe(403)
  })
})
