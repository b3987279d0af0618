// Files that are checked without a bot: definitions, scenarios, and the syntax of Python, with real Python where there is any.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { WorkflowError } from '../../src/errors.ts'
import { checkingSandbox, validateFiles } from '../../src/validate-files.ts'
import { type } from './terminal.ts'

let root: string
beforeAll(async () => {
  sandbox = checkingSandbox({ cacheDir: join(process.cwd(), '.cache', 'test'), progress: () => {} })
  await sandbox.ready()
  root = await mkdtemp(join(tmpdir(), 'validate-'))
})
afterAll(async () => {
  await sandbox?.close()
  await rm(root, { recursive: true, force: true })
})

const notify = (id: string) => `metadata: { id: ${id}, name: A }
nodes:
  - { name: start, type: manual }
  - { name: tell, type: notify, to: "#ops", text: hi }
edges: [{ from: start, to: tell }]
`
const code = (id: string, lines: string[]) => `metadata: { id: ${id}, name: A }
nodes:
  - { name: start, type: manual }
  - name: work
    type: code
    code: |
${lines.map((line) => `      ${line}`).join('\n')}
edges: [{ from: start, to: work }]
`

/** A folder of workflows: by workflow, its files. */
async function folder(name: string, workflows: { [id: string]: { [file: string]: string } }) {
  for (const [id, files] of Object.entries(workflows)) {
    await mkdir(join(root, name, id), { recursive: true })
    for (const [file, text] of Object.entries(files)) await writeFile(join(root, name, id, file), text)
  }
  return join(root, name)
}

type Python = Parameters<typeof validateFiles>[0]['python']

let sandbox: PythonSandbox
/** One for all, which stays. */
const shared: Python = () => ({
  ready: () => sandbox.ready(),
  check: (text, source) => sandbox.check(text, source),
  close: async () => {},
})
const none: Python = () => {
  throw new Error('Python is not needed')
}
const refused: Python = () => ({
  ready: async () => {
    throw new WorkflowError('python.unavailable', 'Python could not be tested, and is refused.')
  },
  check: async () => null,
  close: async () => {},
})
const check = (dir: string, python = shared) => validateFiles({ dir, root, python, tell: () => {} })

describe('validating files', () => {
  it('brings up no Python where there is none', async () => {
    const dir = await folder('plain', {
      good: { 'workflow.yaml': notify('good') },
      bad: { 'workflow.yaml': notify('bad').replace('to: tell', 'to: tel') },
    })
    const { valid, faults } = await check(dir, none)
    expect(valid).toEqual(['good'])
    expect(faults).toMatchObject([{ code: 'workflow.unknown_node', file: 'plain/bad/workflow.yaml' }])
  })

  it('finds mistakes in the syntax of Python, at their line of the YAML and of the .py file', async () => {
    const dir = await folder('python', {
      beside: {
        'workflow.yaml': notify('beside').replace(
          'type: notify, to: "#ops", text: hi',
          'type: code, file: w.py',
        ),
        'w.py': '# first\n\ndef work(:\n    pass\n',
      },
      good: { 'workflow.yaml': code('good', ['await now()', 'return {"a": 1}']) },
      inline: { 'workflow.yaml': code('inline', ['x = 1', 'if x = 2:', '    pass']) },
    })
    const { valid, faults } = await check(dir)
    expect(valid).toEqual(['good'])
    expect(faults).toMatchObject([
      { code: 'python.syntax_error', file: 'python/beside/w.py', line: 3, subject: 'node "tell"' },
      { code: 'python.syntax_error', file: 'python/inline/workflow.yaml', line: 8, subject: 'node "work"' },
    ])
  })

  it('tells the faults of scenarios besides, with file and line', async () => {
    const scenarios = 'scenarios:\n  - name: one\n    expect: { nodes: { ran: [wrok] } }\n'
    const dir = await folder('scenarios', {
      broken: { 'workflow.yaml': code('broken', ['return (']), 'scenarios.yaml': scenarios },
      whole: { 'workflow.yaml': code('whole', ['return 1']), 'scenarios.yaml': scenarios },
    })
    const { valid, faults } = await check(dir)
    expect(valid).toEqual([])
    expect(faults.map(({ code, file, line }) => [code, file, line])).toEqual([
      ['python.syntax_error', 'scenarios/broken/workflow.yaml', 7],
      ['scenario.unknown_node', 'scenarios/broken/scenarios.yaml', 3],
      ['scenario.unknown_node', 'scenarios/whole/scenarios.yaml', 3],
    ])
  })

  it('is content with every workflow that ships', async () => {
    await cp('workflows', join(root, 'workflows'), { recursive: true })
    const { valid, faults } = await check(join(root, 'workflows'))
    expect(faults).toEqual([])
    expect(valid).toContain('reorder-check')
  })

  it('runs nothing of what it checks', async () => {
    const dir = await folder('hostile', {
      loop: { 'workflow.yaml': code('loop', ['while True: pass']) },
      nested: { 'workflow.yaml': code('nested', [`x = ${'('.repeat(500)}1${')'.repeat(500)}`]) },
      raises: { 'workflow.yaml': code('raises', ['raise SystemExit(3)']) },
    })
    const { valid, faults } = await check(dir)
    expect(valid).toEqual(['loop', 'raises'])
    expect(faults).toMatchObject([{ code: 'python.syntax_error', file: 'hostile/nested/workflow.yaml' }])
  })

  it('says that Python could not be checked when it cannot be brought up; faults are told all the same', async () => {
    const dir = await folder('refused', { good: { 'workflow.yaml': code('good', ['return 1']) } })
    await expect(check(dir, refused)).rejects.toMatchObject({ code: 'python.unavailable' })
    await folder('refused', { bad: { 'workflow.yaml': notify('bad').replace('to: tell', 'to: tel') } })
    const told: string[] = []
    const { faults } = await validateFiles({ dir, root, python: refused, tell: (text) => told.push(text) })
    expect(faults).toMatchObject([{ code: 'workflow.unknown_node' }])
    expect(told).toEqual(['Python was not checked: Python could not be tested, and is refused.'])
  })
})

describe('the command validate', () => {
  it('ends with status 2 when Python cannot be brought up, since nothing is known then', async () => {
    const dir = await folder('terminal', { good: { 'workflow.yaml': code('good', ['return 1']) } })
    const { status, err } = await type(['validate', dir], undefined, {
      validate: () => check(dir, refused),
    })
    expect([status, err]).toEqual([2, 'Python could not be tested, and is refused.\n'])
  })
})
