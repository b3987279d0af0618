// The examples of the README do what it says. A comment in front of a block says how: `example: load` for workflow
// files without faults, `example: run` for those that also run to a good end, `example: api` for requests to the API.
import { readFileSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { PythonSandbox } from '../src/actions/ports.ts'
import type { Office } from './stories/office.ts'
import { openOffice, storySandbox } from './stories/office.ts'

const readme = readFileSync('README.md', 'utf8')
const examples = [...readme.matchAll(/<!-- example: (\w+) -->\n```(\w+)\n(.*?)```/gs)].map(
  ([, kind, language, text]) => ({
    kind: kind as string,
    language: language as string,
    text: text as string,
  }),
)
const workflows = examples.filter((example) => example.kind === 'load' || example.kind === 'run')

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python, { workflows: 'workflows' })
})
afterAll(async () => {
  await office.close()
  await python.close()
})

describe('the README', () => {
  test('has examples of each kind', () => {
    expect([...new Set(examples.map((example) => example.kind))].sort()).toEqual(['api', 'load', 'run'])
  })

  test.each(workflows)('shows a workflow without faults: $text', async ({ kind, text }) => {
    const { id } = (parse(text) as { metadata: { id: string } }).metadata
    await mkdir(join(office.folder, 'workflows', id), { recursive: true })
    await copyFile(
      'workflows/reorder-check/inventory.csv',
      join(office.folder, 'workflows', id, 'inventory.csv'),
    )
    await office.writeWorkflow(id, text)
    expect(office.bot.services.catalog.get(id)?.faults ?? []).toEqual([])
    if (kind !== 'run') return
    await office.ana.types(`/workflow run ${id}`)
    const { name } = (parse(text) as { metadata: { name: string } }).metadata
    await office.ana.sees(new RegExp(`${name} is done`))
  })

  test.each(examples.filter((example) => example.kind === 'api'))(
    'shows requests that the API answers: $text',
    async ({ text }) => {
      for (const request of text
        .replace(/\\\n\s*/g, ' ')
        .split('\n')
        .filter((line) => line.startsWith('curl '))) {
        const { port, path, init } = requestOf(request)
        const base = port === '3100' ? office.simulator.url : office.bot.api.url
        const { status } = await fetch(`${base}${path}`, init)
        expect(`${request} → ${status}`).toMatch(/→ 20\d$/)
      }
    },
  )

  test('names only files and scripts that there are', () => {
    const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts)
    for (const [, script] of readme.matchAll(/npm run ([a-z]+)/g)) expect(scripts).toContain(script)
    for (const [, file] of readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g))
      expect(() => readFileSync(file as string)).not.toThrow()
  })

  test('lists every setting, and none that does not exist', async () => {
    const { VARIABLES } = await import('../src/config.ts')
    const settings = readme.slice(readme.indexOf('\n## Settings'), readme.indexOf('\n## Data'))
    const listed = [...settings.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name)
    expect(listed.sort()).toEqual([...VARIABLES].sort())
  })
})

/** What a curl command asks for: `-X`, `-H` and `-d` are understood. */
function requestOf(command: string): { port: string; path: string; init: RequestInit } {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? (bare as string),
  )
  const after = (flag: string) =>
    words.flatMap((word, index) => (word === flag ? [words[index + 1] as string] : []))
  const url = new URL(words.find((word) => word.startsWith('http://127.0.0.1')) as string)
  const headers = Object.fromEntries(
    after('-H').map((header) => header.split(/: (.*)/s, 2) as [string, string]),
  )
  const [body] = after('-d')
  return {
    port: url.port,
    path: `${url.pathname}${url.search}`,
    init: { method: after('-X')[0] ?? 'GET', headers, ...(body ? { body } : {}) },
  }
}
