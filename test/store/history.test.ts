// Ended executions: listed newest first over db.json and archives, kept as long as retention says, cut where too big.
import { readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WorkflowDefinition } from '../../src/definition/schema.ts'
import { reportSchema } from '../../src/engine/report.ts'
import type { JsonObject } from '../../src/json.ts'
import { ownRetention, type Store } from '../../src/store/index.ts'
import { open, runThrough, testFolder } from './support.ts'
import { definition, morning, report, start, version } from './support-data.ts'

const day = 24 * 3_600_000
const archivesIn = (folder: string) => readdirSync(join(folder, 'db.history')).sort()

describe('the history', () => {
  it('lists what has ended, newest first, by workflow if asked, and knows the last of each', async () => {
    const store = await open(testFolder())
    await runThrough(store, 'x1', { workflow: 'a' })
    await runThrough(store, 'x2', { workflow: 'b' })
    await runThrough(store, 'x3', { workflow: 'a' })
    await store.executions.create(start('running'))
    const ids = async (options: { workflowId?: string; limit: number }) =>
      (await store.history.recent(options)).map(({ id }) => id)
    expect(await ids({ limit: 10 })).toEqual(['x3', 'x2', 'x1'])
    expect(await ids({ limit: 2 })).toEqual(['x3', 'x2'])
    expect(await ids({ limit: 0 })).toEqual([])
    expect(await ids({ workflowId: 'a', limit: 10 })).toEqual(['x3', 'x1'])
    expect(store.history.last('a')).toMatchObject({
      id: 'x3',
      status: 'succeeded',
      version: 1,
      durationMs: 1000,
    })
    expect(store.history.last('c')).toBeUndefined()
    expect(await store.history.report('running')).toBeUndefined()
  })

  it('shows the first error of an execution in one line', async () => {
    const store = await open(testFolder())
    await store.executions.create(start('x1'))
    const errors = [{ code: 'python.exception', message: "KeyError: 'sku'\nin line 3" }]
    await store.executions.finish('x1', { ...report('x1'), status: 'failed', success: false, errors })
    expect(store.history.last('sample')?.error).toBe("KeyError: 'sku'")
  })

  it('moves old executions out of db.json and still finds each of them, also after a restart', async () => {
    const folder = testFolder()
    const store = await open(folder, { foldBytes: 20_000 })
    const ids = Array.from({ length: 450 }, (_, index) => `x${index}`)
    for (let first = 0; first < ids.length; first += 50) {
      await Promise.all(
        ids
          .slice(first, first + 50)
          .map((id) => runThrough(store, id, { workflow: id.endsWith('7') ? 'seven' : 'sample' })),
      )
    }
    await store.close()
    expect(archivesIn(folder).length).toBeGreaterThan(2)
    const again = await open(folder)
    const all = (await again.history.recent({ limit: 1000 })).map(({ id }) => id)
    expect([...all].sort()).toEqual([...ids].sort())
    const sevens = await again.history.recent({ workflowId: 'seven', limit: 1000 })
    expect(sevens).toHaveLength(45)
    for (const id of ['x0', 'x449', 'x200']) expect((await again.history.report(id))?.id).toBe(id)
    expect(await again.history.report('nobody')).toBeUndefined()
    expect(again.history.last('seven')?.id).toBe(sevens[0]?.id)
  })

  it('visits what ended since a time, newest first, over db.json and archives alike', async () => {
    const store = await open(testFolder(), { foldBytes: 20_000 })
    const ids = Array.from({ length: 450 }, (_, index) => `x${index}`)
    for (const [index, id] of ids.entries()) {
      const workflow = index % 2 === 0 ? 'even' : 'odd'
      await store.executions.create(start(id))
      await store.executions.finish(id, report(id, { workflow, endedAt: morning + index * 60_000 }))
    }
    const visited = async (since: number, workflowId?: string) => {
      const seen: string[] = []
      await store.history.visit({ since: new Date(since).toISOString(), workflowId }, (item, whole) => {
        expect(whole().id).toBe(item.id)
        seen.push(item.id)
      })
      return seen
    }
    expect(await visited(morning)).toEqual(ids.toReversed())
    expect(await visited(morning + 448 * 60_000)).toEqual(['x449', 'x448'])
    expect(await visited(morning + 445 * 60_000, 'odd')).toEqual(['x449', 'x447', 'x445'])
    expect(await visited(morning + 450 * 60_000)).toEqual([])
    const odd = await store.history.recent({ limit: 2, where: ({ workflow }) => workflow.id === 'odd' })
    expect(odd.map(({ id }) => id)).toEqual(['x449', 'x447'])
  })

  it('says so when the part that may hold a report is damaged, and lists the rest', async () => {
    const folder = testFolder()
    const store = await open(folder, { foldBytes: 20_000 })
    for (let index = 0; index < 220; index += 1) await runThrough(store, `x${index}`)
    await store.close()
    const [oldest = '', second = ''] = archivesIn(folder)
    truncateSync(join(folder, 'db.history', oldest), 100)
    rmSync(join(folder, 'db.history', second))
    const again = await open(folder)
    await expect(again.history.report('x0')).rejects.toMatchObject({
      code: 'store.corrupt',
      message: expect.stringContaining('db.history'),
    })
    expect((await again.history.report('x219'))?.id).toBe('x219')
    expect((await again.history.recent({ limit: 1000 })).length).toBe(20)
    expect(again.events.map(({ event }) => event)).toEqual([
      'store.history_unreadable',
      'store.history_unreadable',
    ])
    await runThrough(again, 'new')
    await again.maintain()
    expect((await again.history.report('new'))?.id).toBe('new')
  })
})

describe('retention', () => {
  it('keeps the newest executions of each workflow', async () => {
    const store = await open(testFolder(), { retention: { maxPerWorkflow: 3 } })
    for (const index of [1, 2, 3, 4, 5]) await runThrough(store, `a${index}`, { workflow: 'a' })
    await runThrough(store, 'b1', { workflow: 'b' })
    await store.maintain()
    expect((await store.history.recent({ limit: 10 })).map(({ id }) => id)).toEqual(['b1', 'a5', 'a4', 'a3'])
    expect(await store.history.report('a2')).toBeUndefined()
  })

  it('lets executions go when they are too old, and their files with them', async () => {
    const folder = testFolder()
    let now = morning
    const clock = { now: () => now }
    const store = await open(folder, { clock, foldBytes: 1e9, retention: { maxAgeMs: 10 * day } })
    for (let index = 0; index < 250; index += 1)
      await runThrough(store, `x${index}`, { endedAt: morning + index * 1000 })
    await store.maintain()
    expect(archivesIn(folder)).toHaveLength(2)
    now = morning + 9 * day
    await runThrough(store, 'young', { endedAt: now })
    await store.maintain()
    expect(await store.history.recent({ limit: 1000 })).toHaveLength(251)
    now = morning + 11 * day
    await store.maintain()
    // The last good copy of db.json still refers to the files until it is replaced itself.
    await store.maintain()
    expect((await store.history.recent({ limit: 1000 })).map(({ id }) => id)).toEqual(['young'])
    expect(archivesIn(folder)).toEqual([])
    expect(await store.history.report('x7')).toBeUndefined()
  })

  it('thins an archive of which a good part has expired, and keeps the rest of it', async () => {
    const folder = testFolder()
    const store = await open(folder, { foldBytes: 1e9, retention: { maxPerWorkflow: 60 } })
    for (let index = 0; index < 101; index += 1)
      await runThrough(store, `r${index}`, { workflow: index % 2 ? 'rare' : 'busy' })
    await store.maintain()
    expect(await store.history.recent({ workflowId: 'rare', limit: 1000 })).toHaveLength(50)
    for (let index = 0; index < 60; index += 1) await runThrough(store, `b${index}`, { workflow: 'busy' })
    await store.maintain()
    await store.maintain()
    const left = await store.history.recent({ limit: 1000 })
    expect(left.filter(({ workflow }) => workflow.id === 'busy').map(({ id }) => id)).toEqual(
      Array.from({ length: 60 }, (_, index) => `b${59 - index}`),
    )
    expect(left.filter(({ workflow }) => workflow.id === 'rare')).toHaveLength(50)
    expect((await store.history.report('r1'))?.workflow.id).toBe('rare')
  })
})

describe('retention that workflows set for themselves', () => {
  const count = async (store: Pick<Store, 'history'>, workflowId: string) =>
    (await store.history.recent({ workflowId, limit: 1000 })).length

  it('goes before that of the configuration, for shorter and for longer', async () => {
    const store = await open(testFolder(), {
      retention: { maxPerWorkflow: 3, maxAgeMs: 10 * day },
      clock: { now: () => morning + 20 * day },
      retentionOf: (id) =>
        ({ short: { maxPerWorkflow: 1, maxAgeMs: 60 * day }, long: { maxAgeMs: 60 * day } })[id] ?? {},
    })
    for (const id of ['s1', 's2']) await runThrough(store, id, { workflow: 'short' })
    for (const id of ['l1', 'l2', 'l3', 'l4']) await runThrough(store, id, { workflow: 'long' })
    await runThrough(store, 'o1', { workflow: 'other' })
    await store.maintain()
    expect((await store.history.recent({ limit: 10 })).map(({ id }) => id)).toEqual(['l4', 'l3', 'l2', 's2'])
  })

  it('reaches into archives that they share with others, which stay and are written anew once', async () => {
    const folder = testFolder()
    let now = morning
    const store = await open(folder, {
      clock: { now: () => now },
      foldBytes: 1e9,
      retentionOf: (id) => (id === 'short' ? { maxAgeMs: day } : {}),
    })
    for (let index = 0; index < 110; index += 1)
      await runThrough(store, `x${index}`, { workflow: index % 10 ? 'long' : 'short' })
    await store.maintain()
    expect([await count(store, 'short'), await count(store, 'long')]).toEqual([11, 99])
    now = morning + 2 * day
    await store.maintain()
    expect([await count(store, 'short'), await count(store, 'long')]).toEqual([0, 99])
    await store.maintain()
    const files = archivesIn(folder)
    await store.maintain()
    expect(archivesIn(folder)).toEqual(files)
  })

  it('is asked with the definitions that were registered, for what is not in service yet', async () => {
    const kept: WorkflowDefinition = {
      ...definition('kept'),
      settings: { ...version.definition.settings, history: { max_count: 2, max_age: '7d' } },
    }
    const folder = testFolder()
    const store = await open(folder)
    await store.versions.register('kept', 'c'.repeat(64), definition('kept'))
    await store.versions.register('kept', 'd'.repeat(64), kept)
    for (const id of ['k1', 'k2', 'k3']) await runThrough(store, id, { workflow: 'kept' })
    await store.close()
    const again = await open(folder, {
      retentionOf: (id, stored) => ownRetention(stored.definition(id)),
    })
    await again.maintain()
    expect(await count(again, 'kept')).toBe(2)
    await again.close()
    const by = await open(folder, {
      retentionOf(id, stored) {
        expect(stored.record('none', id)).toBeUndefined()
        return { maxPerWorkflow: stored.definition(id, 'c'.repeat(64))?.settings.history ? 0 : 1 }
      },
    })
    await by.maintain()
    expect(await count(by, 'kept')).toBe(1)
    expect(ownRetention(kept)).toEqual({ maxPerWorkflow: 2, maxAgeMs: 7 * day })
    expect(ownRetention(undefined)).toEqual({})
  })
})

describe('a report that is too big for the history', () => {
  it('keeps its shape, and says what was cut and how big it was', async () => {
    const folder = testFolder()
    const store = await open(folder, { caps: { valueLength: 1000, printedLength: 100, messageLength: 50 } })
    const big = { rows: 'x'.repeat(5000) }
    const full = report('x1', { output: big })
    const node = {
      ...full.nodes[0],
      printed: [
        { stream: 'stdout', text: 'p'.repeat(300) },
        { stream: 'stderr', text: 'q' },
      ],
    }
    await store.executions.create(start('x1', { version: { ...version, definition: definition() } }))
    await store.executions.finish('x1', {
      ...full,
      inputs: big,
      context: { small: 1 },
      output: big,
      nodes: [node as (typeof full.nodes)[number]],
      errors: [{ code: 'python.exception', message: 'm'.repeat(500) }],
    })
    await store.close()
    const stored = await (await open(folder)).history.report('x1')
    expect(reportSchema.safeParse(stored).success).toBe(true)
    const [cut] = stored?.nodes ?? []
    const output = (cut?.status === 'succeeded' ? cut.output : {}) as JsonObject
    expect(output).toMatchObject({ cut: expect.stringContaining('5011 characters'), length: 5011 })
    expect(output.begins).toMatch(/^\{"rows":"xxx/)
    expect(stored?.inputs.cut).toContain('inputs')
    expect(stored?.context).toEqual({ small: 1 })
    expect(cut?.status === 'succeeded' ? cut.printed.map(({ text }) => text.length < 120) : []).toEqual([
      true,
      true,
    ])
    expect(JSON.stringify(cut)).toContain('201 more characters were printed')
    expect(stored?.errors[0]?.message).toContain('450 more characters')
  })
})
