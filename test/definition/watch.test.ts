// What happens to workflows in service when their files change under a running bot.
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Version } from '../../src/definition/schema.ts'
import { type CatalogChange, type CatalogOptions, createCatalog } from '../../src/definition/watch.ts'
import { kinds, metadata, put, sample, workflowsOf } from './support.ts'

const edited = sample.replace('return 1', 'return 2')
const broken = sample.replace('to: work', 'to: wrok')

/** A catalog over these files; `next` waits for the change that was not looked at yet. */
async function catalogOf(files: { [path: string]: string }, more: Partial<CatalogOptions> = {}) {
  const dir = await workflowsOf(files)
  const changes: CatalogChange[] = []
  const waiting: ((change: CatalogChange) => void)[] = []
  const numbers = new Map<string, Version>()
  const catalog = createCatalog({
    dir,
    kinds,
    register: async (id, hash, definition) => {
      const known = numbers.get(`${id} ${hash}`)
      const number = [...numbers.keys()].filter((key) => key.startsWith(`${id} `)).length + 1
      const version = known ?? { number, hash, definition }
      numbers.set(`${id} ${hash}`, version)
      return version
    },
    onChange: (change) => {
      const next = waiting.shift()
      if (next) next(change)
      else changes.push(change)
    },
    ...more,
  })
  onTestFinished(() => catalog.close())
  const next = () => {
    const change = changes.shift()
    return change ? Promise.resolve(change) : new Promise<CatalogChange>((resolve) => waiting.push(resolve))
  }
  /** The next change of this kind; others, such as the half of a move, may come before it. */
  const until = async (kind: CatalogChange['kind']) => {
    let change = await next()
    while (change.kind !== kind) change = await next()
    return change
  }
  return { dir, catalog, changes, next, until }
}

describe('at the start', () => {
  it('good workflows come into service and broken ones are listed with their faults, sorted by id', async () => {
    const { catalog, changes } = await catalogOf({
      'sample/workflow.yaml': sample,
      'bad/workflow.yaml': 'metadata: [',
    })
    await catalog.start()
    expect(catalog.list().map(({ id, version, faults }) => [id, version?.number, faults.length])).toEqual([
      ['bad', undefined, 1],
      ['sample', 1, 0],
    ])
    expect(catalog.get('sample')?.file).toBe('workflows/sample/workflow.yaml')
    expect(catalog.faults().map((fault) => fault.code)).toEqual(['workflow.syntax'])
    expect(changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['broken bad', 'loaded sample'])
    expect(changes[0]?.message).toMatch(/^"bad" has faults, it cannot be run: workflow\.syntax – /)
  })

  it('collections are filled before the workflow comes into service', async () => {
    const order: string[] = []
    const { catalog } = await catalogOf(
      {
        'sample/workflow.yaml': `${sample}collections:\n  items: {key: sku, seed: items.csv}\n`,
        'sample/items.csv': 'sku,name\nA,Bolt\n',
      },
      {
        seed: async (collection, key, records) =>
          order.push(`seed ${collection} ${key} ${JSON.stringify(records)}`),
        onChange: (change) => order.push(change.kind),
      },
    )
    await catalog.start()
    expect(order).toEqual(['seed items sku [{"sku":"A","name":"Bolt"}]', 'loaded'])
  })

  it('a folder that is missing is a fault, not a crash', async () => {
    const { catalog, dir } = await catalogOf({})
    await rm(dir, { recursive: true })
    await catalog.start()
    expect(catalog.list()).toEqual([])
    expect(catalog.faults().map((fault) => fault.code)).toEqual(['workflow.no_folder'])
  })

  it('a version that cannot be kept is a fault of its workflow alone', async () => {
    const { catalog } = await catalogOf(
      { 'sample/workflow.yaml': sample },
      {
        register: async () => {
          throw new Error('disk full')
        },
      },
    )
    await catalog.start()
    expect(catalog.get('sample')).toMatchObject({
      version: undefined,
      faults: [{ code: 'internal.unexpected' }],
    })
  })
})

describe('an edit', () => {
  it('that is good comes into service as the next version', async () => {
    const { catalog, dir, next } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.start()
    await next()
    await put(dir, 'sample/workflow.yaml', edited)
    expect(await next()).toMatchObject({ kind: 'updated', id: 'sample', version: { number: 2 } })
    expect(catalog.get('sample')?.version?.number).toBe(2)
  })

  it('that is broken leaves the last good version in service and says so; put right, that is said as well', async () => {
    const { catalog, dir, next } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.start()
    await next()
    const before = catalog.get('sample')
    await put(dir, 'sample/workflow.yaml', broken)
    const change = await next()
    expect(change).toMatchObject({ kind: 'broken', version: { number: 1 } })
    expect(change.message).toContain('version 1 stays in service')
    expect(change.message).toContain('did you mean "work"?')
    expect(catalog.get('sample')).toMatchObject({
      version: { number: 1 },
      faults: [{ code: 'workflow.unknown_node', line: 13 }],
    })
    expect(before?.faults).toEqual([])

    await put(dir, 'sample/workflow.yaml', sample)
    expect(await next()).toMatchObject({ kind: 'repaired', version: { number: 1 } })
    expect(catalog.get('sample')?.faults).toEqual([])
  })

  it('of a file beside the workflow counts too', async () => {
    const { catalog, dir, next } = await catalogOf({
      'sample/workflow.yaml': sample.replace('code: |\n      return 1', 'file: lib/x.py'),
      'sample/lib/x.py': 'return 1',
    })
    await catalog.start()
    await next()
    await put(dir, 'sample/lib/x.py', 'return 2')
    expect(await next()).toMatchObject({ kind: 'updated', version: { number: 2 } })
  })

  it('that changes no word of it makes no new version', async () => {
    const { catalog, dir, changes } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.start()
    await put(dir, 'sample/workflow.yaml', `${sample}# a comment at the end\n`)
    await catalog.reload()
    expect(changes.map((change) => change.kind)).toEqual(['loaded'])
  })

  it('undone gets its old number back', async () => {
    const { catalog, dir, changes } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.reload()
    await put(dir, 'sample/workflow.yaml', edited)
    await catalog.reload()
    await put(dir, 'sample/workflow.yaml', sample)
    await catalog.reload()
    expect(changes.map((change) => 'version' in change && change.version?.number)).toEqual([1, 2, 1])
  })

  it('that stays broken in the same way is said once', async () => {
    const { catalog, dir, changes } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.reload()
    await put(dir, 'sample/workflow.yaml', broken)
    await catalog.reload()
    await catalog.reload()
    expect(changes.map((change) => change.kind)).toEqual(['loaded', 'broken'])
  })

  it('as editors save it, by a new file moved over the old one, is seen', async () => {
    const { catalog, dir, next } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.start()
    await next()
    await put(dir, 'sample/.workflow.yaml.swp', edited)
    await rename(join(dir, 'sample/.workflow.yaml.swp'), join(dir, 'sample/workflow.yaml'))
    expect(await next()).toMatchObject({ kind: 'updated', version: { number: 2 } })
    await rename(join(dir, 'sample/workflow.yaml'), join(dir, 'sample/.backup~'))
    await put(dir, 'sample/workflow.yaml', sample.replace('return 1', 'return 3'))
    const change = await next()
    // Slow disks may show the moment in which there is no file.
    expect(['updated', 'removed']).toContain(change.kind)
  })
})

describe('a folder', () => {
  it('that appears brings its workflow into service, and takes it away when it goes', async () => {
    const { catalog, dir, until } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.start()
    await until('loaded')
    await put(dir, 'other/workflow.yaml', sample.replace('id: sample', 'id: other'))
    expect(await until('loaded')).toMatchObject({ id: 'other' })
    await rm(join(dir, 'other'), { recursive: true })
    expect(await until('removed')).toMatchObject({ id: 'other' })
    expect(catalog.get('other')).toBeUndefined()
    await put(dir, 'other/workflow.yaml', sample.replace('id: sample', 'id: other'))
    expect(await until('loaded')).toMatchObject({ id: 'other', version: { number: 1 } })
  })

  it('that gets another name is another workflow, broken until its id follows', async () => {
    const { catalog, dir } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.reload()
    await rename(join(dir, 'sample'), join(dir, 'renamed'))
    await catalog.reload()
    expect(catalog.list()).toMatchObject([
      { id: 'renamed', version: undefined, faults: [{ code: 'workflow.wrong_folder' }] },
    ])
  })

  it('of all workflows that vanishes for a while takes nothing out of service', async () => {
    const { catalog, dir } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.reload()
    await rename(dir, `${dir}-away`)
    await catalog.reload()
    expect(catalog.get('sample')?.version?.number).toBe(1)
    expect(catalog.faults().map((fault) => fault.code)).toEqual(['workflow.no_folder'])
    await rename(`${dir}-away`, dir)
    await catalog.reload()
    expect(catalog.faults()).toEqual([])
  })

  it('of something else is none of its business', async () => {
    const { catalog, dir, changes } = await catalogOf({ 'sample/workflow.yaml': sample })
    await catalog.reload()
    await mkdir(join(dir, 'pictures'))
    await put(dir, 'pictures/cat.txt', 'cat')
    await catalog.reload()
    expect(changes.map((change) => change.kind)).toEqual(['loaded'])
  })
})

describe('reading', () => {
  it('happens one at a time, and the last word wins', async () => {
    const { catalog, dir } = await catalogOf({ 'sample/workflow.yaml': sample })
    const first = catalog.reload()
    await put(dir, 'sample/workflow.yaml', edited)
    await Promise.all([first, catalog.reload(), catalog.reload()])
    expect(JSON.stringify(catalog.get('sample')?.version?.definition)).toContain('return 2')
  })

  it('checks code again only when it changed', async () => {
    const checked: string[] = []
    const { catalog, dir } = await catalogOf(
      { 'sample/workflow.yaml': sample },
      {
        checkCode: async (code) => {
          checked.push(code)
          return null
        },
      },
    )
    await catalog.reload()
    await catalog.reload()
    await put(dir, 'sample/workflow.yaml', edited)
    await catalog.reload()
    expect(checked).toEqual(['return 1\n', 'return 2\n'])
  })

  it('ends with the catalog', async () => {
    const { catalog, dir, changes } = await catalogOf({})
    await catalog.start()
    await catalog.close()
    await put(dir, 'sample/workflow.yaml', `${metadata}`)
    await catalog.reload()
    expect(changes).toEqual([])
  })
})
