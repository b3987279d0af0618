// Faulty versions of the Python of a workflow, made by mutants.py in the sandbox that the workflow itself runs in.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { PythonSandbox } from '../../../src/actions/ports.ts'
import type { WorkflowDefinition } from '../../../src/definition/schema.ts'
import { withCode } from './trial.ts'

export interface Mutant {
  node: string
  /** 1-based, within the code of the node. */
  line: number
  /** The text of that line, as shipped. */
  at: string
  /** What stood there, in Python. */
  from: string
  /** What stands there now; `nothing`, when it is lost. */
  to: string
  /** The whole code of the node, with the fault in it. */
  code: string
}

const mutator = new URL('./mutants.py', import.meta.url)

/** Every mutant of every code node, in the order of the definition. */
export async function mutantsOf(python: PythonSandbox, definition: WorkflowDefinition): Promise<Mutant[]> {
  const all: Mutant[] = []
  for (const { name, code } of definition.nodes) {
    if (typeof code !== 'string') continue
    const made = await mutate(python, code)
    all.push(...made.map((one) => ({ ...one, node: name })))
  }
  return all
}

/** The mutants of one piece of Python. Rejects when the mutator itself fails. */
export async function mutate(python: PythonSandbox, code: string): Promise<Omit<Mutant, 'node'>[]> {
  const result = await python.run(
    {
      executionId: 'mutants',
      workflowId: 'mutants',
      nodeName: 'mutants',
      code: `${await readFile(mutator, 'utf8')}\nreturn mutants(inputs["code"])\n`,
      source: { file: 'mutants.py', line: 1 },
      context: {},
      node: {},
      inputs: { code },
      outputs: {},
      limits: { resultBytes: 16 * 1024 * 1024 },
    },
    { call: () => Promise.reject(new Error('the mutator calls nothing')) },
  )
  python.release('mutants')
  if (result.status === 'failed') throw new Error(`mutants.py: ${result.error.message}`)
  return result.output as unknown as Omit<Mutant, 'node'>[]
}

export function withMutant(definition: WorkflowDefinition, { node, code }: Mutant): WorkflowDefinition {
  return withCode(definition, ({ name }) => (name === node ? code : undefined))
}

/** `gather:6 · SHOWN = 3 · 3 → 4` */
export function shownMutant({ node, line, at, from, to }: Mutant): string {
  return `${node}:${line} · ${cut(at)} · ${cut(from)} → ${cut(to)}`
}

const cut = (text: string) => (text.length <= 90 ? text : `${text.slice(0, 89)}…`)

/** At most so many of them: always the same ones, spread over the code, and hardly others when the code changes. */
export function sampleOf(mutants: readonly Mutant[], atMost: number): Mutant[] {
  if (mutants.length <= atMost) return [...mutants]
  const lot = ({ node, at, from, to }: Mutant) =>
    createHash('sha256').update(JSON.stringify([node, at, from, to])).digest('hex')
  const drawn = new Set(
    mutants
      .map((mutant) => ({ mutant, lot: lot(mutant) }))
      .sort((a, b) => (a.lot < b.lot ? -1 : 1))
      .slice(0, atMost)
      .map(({ mutant }) => mutant),
  )
  return mutants.filter((mutant) => drawn.has(mutant))
}
