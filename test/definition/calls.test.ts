// Workflows that call other workflows, across files: whom they call exists, and nobody calls himself in the end.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeFault } from '../../src/definition/fault.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import { createCatalog } from '../../src/definition/watch.ts'
import { kinds, put, workflowsOf } from './support.ts'

/** A workflow whose nodes call these, one after the other. */
function calling(id: string, ...called: string[]): string {
  const nodes = called.map(
    (workflow, index) => `  - {name: call ${index}, type: workflow, workflow: ${workflow}}\n`,
  )
  const edges = called.map((_, index) => `  - {from: start, to: call ${index}}\n`)
  const rest = called.length > 0 ? `edges:\n${edges.join('')}` : ''
  return `metadata: {id: ${id}, name: ${id}}\nnodes:\n  - {name: start, type: manual}\n${nodes.join('')}${rest}`
}

const filesOf = (calls: { [id: string]: string[] }) =>
  Object.fromEntries(
    Object.entries(calls).map(([id, called]) => [`${id}/workflow.yaml`, calling(id, ...called)]),
  )

/** The faults of workflows that call one another like this, by id; those without are left out. */
async function faultsOf(calls: { [id: string]: string[] }, more: { [path: string]: string } = {}) {
  const dir = await workflowsOf({ ...filesOf(calls), ...more })
  const { workflows } = await loadWorkflows(dir, kinds)
  return Object.fromEntries(
    workflows
      .filter(({ faults }) => faults.length > 0)
      .map(({ id, faults }) => [id, faults.map(describeFault)]),
  )
}

describe('a workflow that is called', () => {
  it('must exist; the nearest id is named, with file, line and node', async () => {
    expect(await faultsOf({ order: ['stocktakes'], stocktake: [] })).toEqual({
      order: [
        'workflow.unknown_workflow – workflows/order/workflow.yaml:4, node "call 0" (nodes[1].workflow): ' +
          'There is no workflow "stocktakes". Hint: did you mean "stocktake"?',
      ],
    })
  })

  it('is known although its own file is broken', async () => {
    const faults = await faultsOf({ order: ['stocktake'] }, { 'stocktake/workflow.yaml': 'metadata: [' })
    expect(Object.keys(faults)).toEqual(['stocktake'])
  })

  it('is looked for in a file that has other faults, too', async () => {
    const order = calling('order', 'nobody').replace('to: call 0', 'to: call 9')
    const { order: faults } = await faultsOf({}, { 'order/workflow.yaml': order })
    expect(faults?.map((fault) => fault.split(' ')[0])).toEqual([
      'workflow.unknown_node',
      'workflow.unknown_workflow',
    ])
  })
})

describe('workflows that call one another in a circle', () => {
  it('are a fault of the one that closes it, with the whole path; the others stay good', async () => {
    expect(await faultsOf({ a: ['b'], b: ['c'], c: ['d', 'a'], d: [], outside: ['a'] })).toEqual({
      c: [
        'workflow.recursion – workflows/c/workflow.yaml:5, node "call 1" (nodes[2].workflow): ' +
          'Workflows call one another: c → a → b → c. Hint: remove one of these calls',
      ],
    })
  })

  it('are found when it is only one that calls itself', async () => {
    const { a } = await faultsOf({ a: ['a'], b: ['a'] })
    expect(a).toEqual([expect.stringContaining('It calls itself: a → a.')])
  })

  it('are told apart: each circle is a fault of its own', async () => {
    const faults = await faultsOf({ a: ['b'], b: ['a'], x: ['y'], y: ['x'] })
    expect(Object.keys(faults)).toEqual(['b', 'y'])
  })

  it('are not suspected where two ways lead to the same workflow', async () => {
    expect(await faultsOf({ a: ['b', 'c'], b: ['d'], c: ['d', 'd'], d: [] })).toEqual({})
  })

  it('are found in long chains without going deep', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `w${String(index).padStart(2, '0')}`)
    const calls = Object.fromEntries(ids.map((id, index) => [id, [ids[(index + 1) % ids.length] as string]]))
    const faults = await faultsOf(calls)
    expect(Object.keys(faults)).toEqual(['w59'])
    expect(faults.w59?.[0]).toContain('w59 → w00 → w01')
  })
})

describe('while the bot runs', () => {
  async function running(calls: { [id: string]: string[] }) {
    const dir = await workflowsOf(filesOf(calls))
    const catalog = createCatalog({
      dir,
      kinds,
      register: async (_id, hash, definition) => ({ number: 1, hash, definition }),
    })
    onTestFinished(() => catalog.close())
    await catalog.start()
    const change = async (id: string, ...called: string[]) => {
      await put(dir, `${id}/workflow.yaml`, calling(id, ...called))
    }
    const state = () =>
      Object.fromEntries(
        catalog
          .list()
          .map(({ id, version, faults }) => [
            id,
            [
              version?.definition.nodes.flatMap(({ workflow }) => workflow ?? []).join(' ') ??
                'not in service',
              ...faults.map(({ code }) => code),
            ],
          ]),
      )
    return { dir, catalog, change, state }
  }

  it('the file that was changed closes the circle, and its last good version stays in service', async () => {
    const { catalog, change, state } = await running({ a: [], b: ['a'] })
    await change('a', 'b')
    await catalog.reload()
    expect(state()).toEqual({ a: ['', 'workflow.recursion'], b: ['a'] })
  })

  it('two files that change sides at the same time are no circle', async () => {
    const { catalog, change, state } = await running({ a: [], b: ['a'] })
    await change('a', 'b')
    await change('b')
    await catalog.reload()
    expect(state()).toEqual({ a: ['b'], b: [''] })
  })

  it('a broken edit of a called workflow takes nobody out of service', async () => {
    const { dir, catalog, state } = await running({ a: ['b'], b: [] })
    await put(dir, 'b/workflow.yaml', 'metadata: [')
    await catalog.reload()
    expect(state()).toEqual({ a: ['b'], b: ['', 'workflow.syntax'] })
  })

  it('one that is removed is missed where it is called, and all is well when it is back', async () => {
    const { dir, catalog, change, state } = await running({ a: ['b'], b: [] })
    await rm(join(dir, 'b'), { recursive: true })
    await catalog.reload()
    expect(state()).toEqual({ a: ['b', 'workflow.unknown_workflow'] })
    await change('b')
    await catalog.reload()
    expect(state()).toEqual({ a: ['b'], b: [''] })
  })
})
