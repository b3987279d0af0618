// Small workflow folders on disk and a few types of nodes, for tests of what reads them.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { Fault } from '../../src/definition/fault.ts'
import { type LoadOptions, loadWorkflows } from '../../src/definition/load.ts'
import { checkTemplate } from '../../src/definition/references.ts'
import type { NodeKind } from '../../src/definition/schema.ts'

export const kinds: NodeKind[] = [
  { type: 'manual', role: 'trigger', summary: 'A person starts it', fields: z.strictObject({}) },
  {
    type: 'code',
    role: 'action',
    summary: 'Runs Python',
    fields: z.strictObject({ code: z.string().min(1).optional(), file: z.string().min(1).optional() }),
    source: { inline: 'code', file: 'file' },
  },
  {
    type: 'notify',
    role: 'action',
    summary: 'Tells people',
    fields: z.strictObject({
      to: z.string(),
      text: z.string(),
      style: z.enum(['primary', 'danger']).optional(),
    }),
    check: (node, definition) =>
      checkTemplate(String(node.text), { definition, node: node.name }).map((fault) => ({
        ...fault,
        path: ['text'],
      })),
  },
  {
    type: 'workflow',
    role: 'action',
    summary: 'Runs another workflow',
    fields: z.strictObject({ workflow: z.string().describe('Which') }),
    calls: (node) => [{ workflow: String(node.workflow), path: ['workflow'] }],
  },
]

/** Writes these files into a fresh folder `workflows`, removed after the test; a path names its folders. */
export async function workflowsOf(files: { [path: string]: string | Uint8Array }): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'workflows-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const dir = join(root, 'workflows')
  await mkdir(dir)
  for (const [path, content] of Object.entries(files)) await put(dir, path, content)
  return dir
}

export async function put(dir: string, path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), content)
}

/** The faults of one workflow file `workflows/sample/workflow.yaml`, with other files beside it. */
export async function faultsOf(
  yaml: string | Uint8Array,
  beside: { [name: string]: string | Uint8Array } = {},
  options: LoadOptions = {},
): Promise<Fault[]> {
  const files = Object.entries(beside).map(([name, content]) => [`sample/${name}`, content])
  const dir = await workflowsOf({ 'sample/workflow.yaml': yaml, ...Object.fromEntries(files) })
  const { workflows, faults } = await loadWorkflows(dir, kinds, options)
  return [...faults, ...workflows.flatMap((workflow) => workflow.faults)]
}

export const metadata = `metadata:
  id: sample
  name: Sample
`

/** A workflow `start → work` whose only fault can be what is put in its place. */
export const sample = `${metadata}nodes:
  - name: start
    type: manual
  - name: work
    type: code
    code: |
      return 1
edges:
  - from: start
    to: work
`
