// What loading workflow files promises: good files become definitions, and every mistake is named at its place.
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeFault } from '../../src/definition/fault.ts'
import { versionHash } from '../../src/definition/hash.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { WorkflowDefinition } from '../../src/definition/schema.ts'
import { faultsOf, kinds, metadata, put, sample, workflowsOf } from './support.ts'

async function definitionOf(
  yaml: string,
  beside: { [name: string]: string } = {},
): Promise<WorkflowDefinition> {
  const files = Object.entries(beside).map(([name, content]) => [`sample/${name}`, content])
  const dir = await workflowsOf({ 'sample/workflow.yaml': yaml, ...Object.fromEntries(files) })
  const { workflows } = await loadWorkflows(dir, kinds)
  expect(workflows.flatMap((workflow) => workflow.faults)).toEqual([])
  const good = workflows[0]?.good
  if (!good) throw new Error('nothing was loaded')
  return good.definition
}

/** `code line` of each fault. */
async function codesOf(...input: Parameters<typeof faultsOf>): Promise<string[]> {
  return (await faultsOf(...input)).map((fault) => `${fault.code}:${fault.line}`)
}

describe('a good file', () => {
  it('becomes a definition with its defaults filled in', async () => {
    const definition = await definitionOf(sample)
    expect(definition.metadata).toEqual({ id: 'sample', name: 'Sample', description: '', tags: [] })
    expect(definition.settings).toMatchObject({ mode: 'sequential', timeout: '1h' })
    expect(definition.edges).toEqual([{ from: 'start', to: 'work', on: 'success' }])
    expect(definition.nodes[1]).toMatchObject({
      name: 'work',
      type: 'code',
      join: 'all',
      continue_on_error: false,
    })
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition)
  })

  it('may be JSON', async () => {
    const nodes = [
      { name: 'start', type: 'manual' },
      { name: 'work', type: 'code', code: 'return 1' },
    ]
    const data = {
      $schema: '../x.json',
      metadata: { id: 'sample', name: 'S' },
      nodes,
      edges: [{ from: 'start', to: 'work' }],
    }
    const dir = await workflowsOf({ 'sample/workflow.json': JSON.stringify(data, null, '\t') })
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows[0]?.faults).toEqual([])
    expect(workflows[0]?.good?.definition.nodes[1]).toMatchObject({
      code: 'return 1',
      source: { file: 'workflows/sample/workflow.json', line: 15 },
    })
  })

  it('may use aliases to say something once', async () => {
    const yaml = sample.replace(
      'code: |\n      return 1',
      'code: return 1\n    retry: &twice {attempts: 2}\n  - name: more\n    type: code\n    code: return 2\n    retry: *twice',
    )
    const definition = await definitionOf(`${yaml}  - {from: work, to: more}\n`)
    expect(definition.nodes[2]?.retry).toMatchObject({ attempts: 2 })
  })

  it('may be in a folder with other things, next to folders that are no workflows', async () => {
    const dir = await workflowsOf({
      'sample/workflow.yaml': sample,
      'sample/notes.md': '# notes',
      'pictures/cat.txt': 'cat',
      '.git/workflow.yaml': 'no: workflow',
    })
    const { workflows, faults } = await loadWorkflows(dir, kinds)
    expect(workflows.map((workflow) => [workflow.id, workflow.faults.length])).toEqual([['sample', 0]])
    expect(faults).toEqual([])
  })
})

describe('the place of code', () => {
  const withCode = (code: string) => sample.replace('code: |\n      return 1', code)

  it.each([
    ['code: |\n      return 1', 10, 'return 1\n'],
    ['code: |-\n\n      # after a blank line\n      return 1', 10, '\n# after a blank line\nreturn 1'],
    ['code: |2  # a comment\n      return 1', 10, undefined],
    ['code: return 1', 9, 'return 1'],
    ['code: "return 1"', 9, 'return 1'],
    ["code:\n      'return 1'", 10, 'return 1'],
    ['description: more\n    code: |+\n      return 1\n', 11, undefined],
  ])('of %j is line %i', async (code, line, text) => {
    const node = (await definitionOf(withCode(code))).nodes[1]
    expect(node?.source).toEqual({ file: 'workflows/sample/workflow.yaml', line })
    if (text !== undefined) expect(node?.code).toBe(text)
  })

  it('is the line of the file on which each line of a block really stands', async () => {
    const code = ['a = 1', '', '  ', 'if a:', '    b = "ż"', '# end', 'return a']
    const yaml = withCode(`code: |\n${code.map((line) => (line.trim() ? `      ${line}` : line)).join('\n')}`)
    const node = (await definitionOf(yaml)).nodes[1]
    if (!node) throw new Error('the node is gone')
    const { line } = node.source as { line: number }
    for (const [index, text] of String(node.code).trimEnd().split('\n').entries()) {
      expect(yaml.split('\n')[line - 1 + index]?.trim()).toBe(text.trim())
    }
  })

  it.each(['code: >\n      a = 1\n      b = 2', 'code: "a = 1\\nreturn a"', 'code: a =\n      1'])(
    'must be known, so %j is refused with a way out',
    async (code) => {
      const [fault, ...rest] = await faultsOf(withCode(code))
      expect(rest).toEqual([])
      expect(fault).toMatchObject({
        code: 'workflow.code_style',
        line: 9,
        subject: 'node "work"',
        field: 'nodes[1].code',
      })
      expect(fault?.hint).toContain('code: |')
    },
  )

  it('in a file of its own is the first line of that file', async () => {
    const definition = await definitionOf(withCode('file: lib/work.py'), {
      'lib/work.py': '\uFEFFreturn 2\n',
    })
    expect(definition.nodes[1]).toMatchObject({
      code: 'return 2\n',
      source: { file: 'workflows/sample/lib/work.py', line: 1 },
    })
    expect(definition.nodes[1]).not.toHaveProperty('file')
  })

  it('is given to whoever checks code, whose mistakes are faults at their own line', async () => {
    const seen: unknown[] = []
    const [fault] = await faultsOf(
      sample,
      {},
      {
        checkCode: async (code, source) => {
          seen.push([code, source])
          return {
            code: 'python.syntax_error',
            message: 'expected ":"',
            file: source.file,
            line: source.line + 3,
          }
        },
      },
    )
    expect(seen).toEqual([['return 1\n', { file: 'workflows/sample/workflow.yaml', line: 10 }]])
    expect(fault).toMatchObject({ code: 'python.syntax_error', line: 13, subject: 'node "work"' })
  })

  it('does not matter to the file when code cannot be checked at all', async () => {
    const checkCode = () => Promise.reject(new Error('Python was refused'))
    expect(await faultsOf(sample, {}, { checkCode })).toEqual([])
  })
})

describe('a file beside the workflow', () => {
  const withFile = (name: string) =>
    sample.replace('code: |\n      return 1', `file: ${JSON.stringify(name)}`)

  it.each([
    ['nowhere.py', 'workflow.file_missing'],
    ['../../../etc/passwd', 'workflow.file_outside'],
    ['/etc/passwd', 'workflow.file_outside'],
    ['..', 'workflow.file_outside'],
    ['.', 'workflow.file_outside'],
    ['lib/../../other/x.py', 'workflow.file_outside'],
    ['..\\other\\x.py', 'workflow.file_outside'],
    ['a\0b', 'workflow.file_outside'],
    ['lib', 'workflow.file_unreadable'],
    ['big.py', 'workflow.file_too_large'],
    ['latin.py', 'workflow.file_not_utf8'],
    ['out.py', 'workflow.file_outside'],
    ['linked/x.py', 'workflow.file_outside'],
  ])('%j: %s', async (name, code) => {
    const dir = await workflowsOf({
      'sample/workflow.yaml': withFile(name),
      'sample/lib/x.py': 'return 1',
      'sample/big.py': `#${'x'.repeat(1024 * 1024)}`,
      'sample/latin.py': new Uint8Array([0x23, 0xe9, 0x0a]),
      'other/x.py': 'return 1',
    })
    await symlink(join(dir, 'other/x.py'), join(dir, 'sample/out.py'))
    await symlink(join(dir, 'other'), join(dir, 'sample/linked'))
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows.flatMap((workflow) => workflow.faults)).toMatchObject([
      { code, line: 9, subject: 'node "work"', field: 'nodes[1].file' },
    ])
  })

  it('may be reached through a link that stays inside', async () => {
    const dir = await workflowsOf({
      'sample/workflow.yaml': withFile('link.py'),
      'sample/real.py': 'return 1',
    })
    await symlink('real.py', join(dir, 'sample/link.py'))
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows[0]?.good?.definition.nodes[1]?.code).toBe('return 1')
  })

  it.runIf(process.getuid?.() !== 0)('that may not be read is named', async () => {
    const dir = await workflowsOf({ 'sample/workflow.yaml': withFile('x.py'), 'sample/x.py': 'return 1' })
    await chmod(join(dir, 'sample/x.py'), 0)
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows[0]?.faults[0]?.code).toBe('workflow.file_unreadable')
  })

  it.each([
    ['file: x.py\n    code: return 1', 'both "code" and "file"'],
    ['description: nothing', 'neither "code" nor "file"'],
  ])('is named instead of code, not %s', async (fields, message) => {
    const [fault] = await faultsOf(sample.replace('code: |\n      return 1', fields), { 'x.py': 'return 1' })
    expect(fault).toMatchObject({ code: 'workflow.code_or_file', message: expect.stringContaining(message) })
  })
})

describe('text that is not YAML', () => {
  it.each([
    ['a tab', 'metadata:\n\tid: sample\n', 'workflow.syntax:2'],
    ['a field twice', `${sample}edges: []\n`, 'workflow.duplicate_key:14'],
    ['a second document', `${sample}---\na: 1\n`, 'workflow.syntax:14'],
    ['a tag', 'metadata: !!js/function "x"\n', 'workflow.syntax:1'],
    ['an open quote', 'metadata:\n  id: "sample\n', expect.stringMatching(/^workflow\.syntax:/)],
    ['a colon inside a text', 'metadata:\n  name: a: b\n', 'workflow.syntax:2'],
    ['an alias to nothing', 'metadata: *nowhere\n', 'workflow.aliases:1'],
    ['nothing', '# only a comment\n', 'workflow.empty:1'],
    ['a list', '- a\n', 'workflow.invalid_field:1'],
    ['a word', 'hello\n', 'workflow.invalid_field:1'],
  ])('%s is a fault at its line', async (_what, yaml, expected) => {
    expect((await codesOf(yaml))[0]).toEqual(expected)
  })

  it('cannot be a bomb of aliases', async () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const aliases = level === 0 ? '"x"' : Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')
      return `  a${level}: &a${level} [${level === 0 ? '"x"' : aliases}]`
    })
    expect(await codesOf(`context:\n${levels.join('\n')}\n`)).toEqual(['workflow.aliases:1'])
  })

  it('or UTF-8, or too long, is refused whole', async () => {
    expect(await codesOf(new Uint8Array([0x61, 0xff]))).toEqual(['workflow.file_not_utf8:1'])
    expect(await codesOf(`${sample}#${'x'.repeat(1024 * 1024)}`)).toEqual(['workflow.file_too_large:1'])
  })

  it('never makes loading fail', async () => {
    const lines = sample.split('\n')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(lines.length - 1),
        fc.oneof(fc.constant(''), fc.string({ unit: fc.constantFrom(...'a:-|>&*!%@`{}[]"\'# \t\n') })),
        async (index, text) => {
          const yaml = lines.with(index, text).join('\n')
          for (const fault of await faultsOf(yaml)) expect(fault.line).toBeGreaterThanOrEqual(1)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('fields', () => {
  it('that are wrong are all named at once, each with its line, its subject and the nearest right word', async () => {
    const faults = await faultsOf(`metadata:
  id: sample
  nam: Sample
  tags: inventory
setings: {}
nodes:
  - name: start
    type: manaul
  - name: work
    type: code
    code: |
      return 1
    retry:
      atempts: 3
    timeout: 5 minutes
    join: al
  - name: tell
    type: notify
    to: 5
    style: primry
    txt: hello
edges:
  - from: start
    too: work
    on: failed
`)
    expect(faults.map(describeFault)).toEqual([
      'workflow.unknown_field – workflows/sample/workflow.yaml:3 (metadata.nam): There is no field "nam" here. Hint: did you mean "name"?',
      'workflow.invalid_field – workflows/sample/workflow.yaml:4 (metadata.tags): Should be a list, not "inventory".',
      'workflow.unknown_field – workflows/sample/workflow.yaml:5 (setings): There is no field "setings" here. Hint: did you mean "settings"?',
      'workflow.unknown_type – workflows/sample/workflow.yaml:8, node "start" (nodes[0].type): There is no type of node "manaul". Hint: did you mean "manual"?',
      'workflow.unknown_field – workflows/sample/workflow.yaml:14, node "work" (nodes[1].retry.atempts): There is no field "atempts" here. Hint: did you mean "attempts"?',
      expect.stringMatching(
        /^workflow\.invalid_field – .*:15, node "work" \(nodes\[1\]\.timeout\): Should be a duration such as .*, not "5 minutes"\.$/,
      ),
      expect.stringMatching(
        /^workflow\.invalid_field – .*:16, node "work" \(nodes\[1\]\.join\): "al" does not fit\. Hint: it takes when a node/,
      ),
      'workflow.invalid_field – workflows/sample/workflow.yaml:19, node "tell" (nodes[2].to): Should be text, not 5.',
      expect.stringMatching(
        /:20, node "tell" \(nodes\[2\]\.style\): Should be "primary" or "danger", not "primry"\. Hint: did you mean "primary"\?$/,
      ),
      'workflow.unknown_field – workflows/sample/workflow.yaml:21, node "tell" (nodes[2].txt): There is no field "txt" here. Hint: did you mean "text"?',
      expect.stringMatching(
        /:24, edge 1 \(edges\[0\]\.too\): There is no field "too" here\. Hint: did you mean "to"\?$/,
      ),
      expect.stringMatching(
        /:25, edge 1 \(edges\[0\]\.on\): Should be "success", "failure" or "always", not "failed"\./,
      ),
    ])
  })

  it('that are missing are named where they should stand', async () => {
    expect(
      await codesOf('metadata:\n  name: Sample\nnodes:\n  - name: a\n  - type: code\n    code: x\n'),
    ).toEqual(['workflow.missing_field:1', 'workflow.missing_field:4', 'workflow.missing_field:5'])
  })

  it('named like what JavaScript objects are born with are unknown like any other', async () => {
    expect(await codesOf(`${sample}constructor: 1\n__proto__: {a: 1}\n`)).toEqual([
      'workflow.unknown_field:14',
      'workflow.unknown_field:15',
    ])
  })

  it('of more than 500 nodes are refused', async () => {
    const nodes = Array.from({ length: 501 }, (_, index) => `  - {name: n${index}, type: manual}`)
    expect(await codesOf(`${metadata}nodes:\n${nodes.join('\n')}\n`)).toEqual(['workflow.invalid_field:4'])
  })
})

describe('the structure', () => {
  const workflow = (nodes: string[], edges: string[]) =>
    `${metadata}nodes:\n${nodes.map((node) => `  - ${node}\n`).join('')}edges: [${edges.length === 0 ? ']' : `\n${edges.map((edge) => `  ${edge},\n`).join('')}  ]`}\n`
  const start = '{name: start, type: manual}'
  const code = (name: string, more = '') => `{name: ${name}, type: code, code: return 1${more}}`

  it.each<[string, string[], string[], string, string | undefined]>([
    [
      'two nodes of one name',
      [start, code('a'), code('a')],
      ['{from: start, to: a}'],
      'workflow.duplicate_node:7',
      '"a": nodes 2 and 3',
    ],
    [
      'an edge to nowhere',
      [start, code('notify')],
      ['{from: start, to: notfy}'],
      'workflow.unknown_node:8',
      'leads to "notfy"',
    ],
    [
      'an edge from nowhere',
      [start, code('a')],
      ['{from: start, to: a}', '{from: strat, to: a}'],
      'workflow.unknown_node:9',
      'starts at "strat"',
    ],
    [
      'an edge to itself',
      [start, code('a')],
      ['{from: start, to: a}', '{from: a, to: a}'],
      'workflow.self_edge:9',
      undefined,
    ],
    [
      'the same edge twice',
      [start, code('a')],
      ['{from: start, to: a}', '{from: start, to: a}'],
      'workflow.duplicate_edge:9',
      'Edge 1 already',
    ],
    [
      'a cycle',
      [start, code('a'), code('b'), code('c')],
      ['{from: start, to: a}', '{from: a, to: b}', '{from: b, to: c}', '{from: c, to: a}'],
      'workflow.cycle:13',
      'a → b → c → a',
    ],
    [
      'a node that nothing leads to',
      [start, code('a'), code('b')],
      ['{from: start, to: a}'],
      'workflow.unreachable_node:7',
      '"b"',
    ],
    ['no trigger', [code('a')], [], 'workflow.no_trigger:4', undefined],
    [
      'an edge into a trigger',
      [start, code('a'), '{name: other, type: manual}'],
      ['{from: start, to: a}', '{from: a, to: other}'],
      'workflow.edge_into_trigger:10',
      '"other"',
    ],
    [
      'a join of more edges than there are',
      [start, code('a', ', join: 2')],
      ['{from: start, to: a}'],
      'workflow.join_too_large:6',
      'only 1 leads',
    ],
    [
      'else alone',
      [start, code('a')],
      ['{from: start, to: a, else: true}'],
      'workflow.else_alone:8',
      undefined,
    ],
    [
      'else with when',
      [start, code('a'), code('b')],
      ['{from: start, to: a}', '{from: start, to: b, else: true, when: "true"}'],
      'workflow.else_with_when:10',
      undefined,
    ],
    [
      'a condition that cannot be read',
      [start, code('a')],
      ['{from: start, to: a, when: inputs.x = 1}'],
      'expression.syntax:8',
      'inputs.x = 1',
    ],
    [
      'a condition over nothing known',
      [start, code('a')],
      ['{from: start, to: a, when: input.x == 1}'],
      'expression.unknown_name:8',
      '"input"',
    ],
    [
      'a condition over no node',
      [start, code('a')],
      [`{from: start, to: a, when: 'outputs["strat"] == 1'}`],
      'expression.unknown_node:8',
      '"strat"',
    ],
    [
      'a condition over a later node',
      [start, code('a'), code('b')],
      [`{from: start, to: a, when: 'outputs["b"] == 1'}`, '{from: a, to: b}'],
      'expression.not_before:9',
      'does not come before "a"',
    ],
    [
      'a condition that is no condition',
      [start, code('a')],
      ['{from: start, to: a, when: size(inputs)}'],
      'expression.not_boolean:8',
      'a number',
    ],
    [
      'a wrong expression in a text',
      [start, '{name: a, type: notify, to: x, text: "{{ outputs.b }}"}', code('b')],
      ['{from: start, to: a}', '{from: a, to: b}'],
      'expression.not_before:6',
      '"b"',
    ],
    [
      'an open expression in a text',
      [start, '{name: a, type: notify, to: x, text: "{{ inputs"}'],
      ['{from: start, to: a}'],
      'template.unclosed:6',
      undefined,
    ],
  ])('with %s is refused', async (_what, nodes, edges, expected, message) => {
    const faults = await faultsOf(workflow(nodes, edges))
    expect(faults.map((fault) => `${fault.code}:${fault.line}`)).toEqual([expected])
    if (message !== undefined) expect(faults[0]?.message).toContain(message)
  })

  it('may have nodes that take others back, which no edge leads to', async () => {
    const nodes = [
      start,
      code('a'),
      code('b', ', undo: unbook'),
      '{name: unbook, type: notify, to: x, text: "{{ outputs.a }}{{ outputs.b }}"}',
    ]
    expect(await faultsOf(workflow(nodes, ['{from: start, to: a}', '{from: a, to: b}']))).toEqual([])
  })

  it.each([
    ['undo: unbok', 'workflow.unknown_node', 'did you mean "unbook"?'],
    ['undo: a', 'workflow.undo', expect.any(String)],
    ['undo: start', 'workflow.undo', expect.any(String)],
    ["for_each: {items: 'outputs.strat'}", 'expression.unknown_node', expect.any(String)],
    ['for_each: {items: inptus.list}', 'expression.unknown_name', 'did you mean "inputs"?'],
  ])('is checked in %s', async (field, expected, hint) => {
    const nodes = [start, code('a', `, ${field}`), code('unbook')]
    const faults = await faultsOf(workflow(nodes, ['{from: start, to: a}', '{from: a, to: unbook}']))
    expect(faults).toMatchObject([{ code: expected, line: 6, subject: 'node "a"', hint }])
  })

  it('has expressions in its settings too', async () => {
    const yaml = sample.replace('nodes:', 'settings:\n  concurrency:\n    key: inputs.\nnodes:')
    expect(await codesOf(yaml)).toEqual(['expression.syntax:6'])
  })

  it('is checked although fields of its nodes are wrong', async () => {
    const nodes = [start, code('a', ', tiemout: 3s')]
    expect(await codesOf(workflow(nodes, ['{from: start, to: a}', '{from: start, to: bb}']))).toEqual([
      'workflow.unknown_field:6',
      'workflow.unknown_node:9',
    ])
  })

  it('may have several edges between two nodes, for different outcomes', async () => {
    const edges = ['{from: start, to: a}', '{from: a, to: b}', '{from: a, to: b, on: failure}']
    expect(await faultsOf(workflow([start, code('a'), code('b', ', join: any')], edges))).toEqual([])
  })

  it('names the column inside a condition', async () => {
    const yaml = sample.replace('to: work\n', 'to: work\n    when: inputs.a == 1 && inptus.b == 2\n')
    expect(await faultsOf(yaml)).toMatchObject([{ code: 'expression.unknown_name', line: 14, column: 28 }])
    const block = sample.replace(
      'to: work\n',
      'to: work\n    when: |\n      inputs.a == 1 &&\n      inptus.b == 2\n',
    )
    expect(await faultsOf(block)).toMatchObject([{ code: 'expression.unknown_name', line: 16 }])
  })
})

describe('several workflows', () => {
  it('load although one of them is broken', async () => {
    const dir = await workflowsOf({ 'broken/workflow.yaml': 'metadata: [', 'sample/workflow.yaml': sample })
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows.map(({ id, good }) => [id, good !== undefined])).toEqual([
      ['broken', false],
      ['sample', true],
    ])
  })

  it('with one id are told of one another, and the one in the folder of that name keeps working', async () => {
    const dir = await workflowsOf({ 'copy/workflow.yaml': sample, 'sample/workflow.yaml': sample })
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows.map(({ id, good }) => [id, good !== undefined])).toEqual([
      ['copy', false],
      ['sample', true],
    ])
    expect(workflows[0]?.faults).toMatchObject([
      {
        code: 'workflow.duplicate_id',
        message: 'workflows/copy/workflow.yaml and workflows/sample/workflow.yaml both have the id "sample".',
        line: 2,
        field: 'metadata.id',
      },
    ])
  })

  it('have the names of their folders', async () => {
    const dir = await workflowsOf({ 'other/workflow.yaml': sample })
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows[0]).toMatchObject({ id: 'other', faults: [{ code: 'workflow.wrong_folder', line: 2 }] })
  })

  it('need a file of the right name, and only one', async () => {
    const dir = await workflowsOf({
      'a/workflows.yaml': sample,
      'b/workflow.yaml': sample,
      'b/workflow.json': '{}',
    })
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows.map((workflow) => workflow.faults.map((fault) => fault.code))).toEqual([
      ['workflow.no_file'],
      ['workflow.two_files'],
    ])
  })

  it('need a folder', async () => {
    const dir = await workflowsOf({})
    const { workflows, faults } = await loadWorkflows(join(dir, 'missing'), kinds)
    expect(workflows).toEqual([])
    expect(faults).toMatchObject([{ code: 'workflow.no_folder' }])
  })

  it('may be none at all', async () => {
    const dir = await workflowsOf({})
    await mkdir(join(dir, 'empty'))
    expect(await loadWorkflows(dir, kinds)).toEqual({ workflows: [], faults: [] })
  })
})

describe('a seed', () => {
  const withSeed = (name: string) => `${sample}collections:
  items:
    key: sku
    seed: ${name}
    fields: {stock: number, count: integer, active: boolean, since: date}
  orders:
    key: id
`
  async function seedsOf(csv: string) {
    const dir = await workflowsOf({ 'sample/workflow.yaml': withSeed('items.csv'), 'sample/items.csv': csv })
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows[0]?.faults).toEqual([])
    return workflows[0]?.good?.seeds
  }

  it('becomes records with values of their types, an empty cell null', async () => {
    const csv =
      '\uFEFFsku,name,stock,count,active,since\nA-1,"Bolt, ""M8"" 🔩",-1.5,3,true,2026-02-28\nB-2,شاي,,,,\n'
    expect(await seedsOf(csv)).toEqual([
      {
        collection: 'items',
        key: 'sku',
        records: [
          { sku: 'A-1', name: 'Bolt, "M8" 🔩', stock: -1.5, count: 3, active: true, since: '2026-02-28' },
          { sku: 'B-2', name: 'شاي', stock: null, count: null, active: null, since: null },
        ],
      },
      { collection: 'orders', key: 'id', records: [] },
    ])
  })

  it('with wrong values is a fault for each, at the line of the CSV', async () => {
    const csv = `sku,name,stock,count,active,since
A-1,"two
lines",1,1,true,2026-01-01
A-2,x,"1,5",1,true,2026-01-01
A-3,x,1,1.5,true,2026-01-01
A-4,x,1,1,perhaps,2026-02-30
A-1,x,1,1,true,2026-01-01
,x,1,1,true,2026-01-01
A-7,x,1
`
    const faults = await faultsOf(withSeed('items.csv'), { 'items.csv': csv })
    expect(faults.map(({ file, code, line }) => `${file} ${code}:${line}`)).toEqual([
      'workflows/sample/items.csv seed.invalid_value:4',
      'workflows/sample/items.csv seed.invalid_value:5',
      'workflows/sample/items.csv seed.invalid_value:6',
      'workflows/sample/items.csv seed.invalid_value:6',
      'workflows/sample/items.csv seed.key:7',
      'workflows/sample/items.csv seed.key:8',
      'workflows/sample/items.csv seed.syntax:9',
    ])
    expect(faults[0]).toMatchObject({
      message: '"stock" should be a number such as 1234.5, not "1,5".',
      subject: 'collection "items"',
    })
  })

  it('without the columns that the workflow speaks of is a fault, with the nearest that it has', async () => {
    const faults = await faultsOf(withSeed('items.csv'), { 'items.csv': 'skU,stok,count,active,since\n' })
    expect(faults).toMatchObject([
      { code: 'seed.unknown_field', line: 1, hint: 'did you mean "skU"?' },
      { code: 'seed.unknown_field', line: 1, hint: 'did you mean "stok"?' },
    ])
  })

  it.each([
    ['a quote that never ends', 'sku,stock,count,active,since\n"A,1\n', 'seed.syntax'],
    ['two columns of one name', 'sku,sku,stock,count,active,since\n', 'seed.syntax'],
    ['nothing in it', '', 'seed.syntax'],
  ])('with %s is a fault', async (_what, csv, code) => {
    expect((await faultsOf(withSeed('items.csv'), { 'items.csv': csv }))[0]).toMatchObject({ code })
  })

  it('that is missing is a fault of the workflow', async () => {
    expect(await faultsOf(withSeed('itmes.csv'), { 'items.csv': 'sku\n' })).toMatchObject([
      {
        code: 'workflow.file_missing',
        line: 17,
        subject: 'collection "items"',
        field: 'collections.items.seed',
      },
    ])
  })

  it('may be JSON', async () => {
    const dir = await workflowsOf({
      'sample/workflow.yaml': withSeed('i.json'),
      'sample/i.json': '[{"sku": "A", "n": [1]}]',
    })
    const { workflows } = await loadWorkflows(dir, kinds)
    expect(workflows[0]?.good?.seeds[0]?.records).toEqual([{ sku: 'A', n: [1] }])
    await put(dir, 'sample/i.json', '{"sku": "A"}')
    expect((await loadWorkflows(dir, kinds)).workflows[0]?.faults[0]?.code).toBe('seed.syntax')
  })
})

describe('the hash of a version', () => {
  it('ignores the order of fields, and sees every change of what they say', async () => {
    const definition = await definitionOf(sample)
    const turned = await definitionOf(
      sample.replace('  id: sample\n  name: Sample\n', '  name: Sample\n  id: sample\n'),
    )
    expect(versionHash(turned)).toBe(versionHash(definition))
    const other = await definitionOf(sample.replace('return 1', 'return 2'))
    expect(versionHash(other)).not.toBe(versionHash(definition))
  })

  it('sees changes of a file beside the workflow', async () => {
    const yaml = sample.replace('code: |\n      return 1', 'file: x.py')
    const before = await definitionOf(yaml, { 'x.py': 'return 1' })
    const after = await definitionOf(yaml, { 'x.py': 'return 2' })
    expect(versionHash(before)).not.toBe(versionHash(after))
  })
})
