import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadWorkflows } from '../../src/definition/load.ts'
import { nodeKinds } from '../../src/kinds.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'texts-'))
  await mkdir(join(folder, 'sample'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function faultsOf(notify: string): Promise<string[]> {
  const yaml = `metadata: {id: sample, name: Sample}
nodes:
  - {name: start, type: manual}
  - {name: count, type: code, code: "return {'n': 1}"}
  - name: tell
    type: notify
${notify.replace(/^/gm, '    ')}
edges:
  - {from: start, to: count}
  - {from: count, to: tell}
`
  await writeFile(join(folder, 'sample', 'workflow.yaml'), yaml)
  const { workflows } = await loadWorkflows(folder, nodeKinds())
  return workflows.flatMap((one) => one.faults.map((fault) => `${fault.line} ${fault.field} ${fault.code}`))
}

describe('templates and expressions inside a node', () => {
  test('that look at what is there are no fault', async () => {
    const notify = `to: "#a"
text: "{{ outputs.count.n }} of {{ inputs.limit }}"
table:
  rows: outputs.count.rows
  columns: [{label: Item, value: "{{ row.name }}"}]`
    expect(await faultsOf(notify)).toEqual([])
  })

  test('are faults of the line on which they stand, all at once', async () => {
    const notify = `to: "#a"
text: "{{ outputs.cuont.n }}"
title: "{{ 1 + }}"
table:
  rows: outputs.tell.rows
  columns: [{label: Item, value: "{{ line.name }}"}]`
    expect(await faultsOf(notify)).toEqual([
      '8 nodes[2].text expression.unknown_node',
      '9 nodes[2].title expression.syntax',
      '11 nodes[2].table.rows expression.not_before',
      '12 nodes[2].table.columns[0].value expression.unknown_name',
    ])
  })

  test('may read the item of a node that runs for each', async () => {
    const notify = 'to: "#a"\ntext: "{{ item.name }} is number {{ index }}"'
    expect(await faultsOf(notify)).toHaveLength(1)
    expect(await faultsOf(`${notify}\nfor_each: {items: outputs.count.rows}`)).toEqual([])
  })
})
