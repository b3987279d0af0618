// Faulty versions of the Python of a workflow, made by mutants.py in the sandbox that the workflow itself runs in.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { PythonSandbox } from '../../../src/actions/ports.ts'
import type { WorkflowDefinition } from '../../../src/definition/schema.ts'
import { withCode } from './trial.ts'

/** A version of a workflow with one small fault that nobody wrote by hand. */
export interface Mutant {
  /** The name of the node, or `edges`. */
  where: string
  /** The line of code, as shipped, or which field of the definition. */
  at: string
  /** What stood there. */
  from: string
  /** What stands there now; `nothing`, when it is lost. */
  to: string
  definition: WorkflowDefinition
}

/** A version of a piece of Python, as mutants.py makes it. */
interface FaultyCode {
  /** 1-based. */
  line: number
  at: string
  from: string
  to: string
  code: string
}

const mutator = new URL('./mutants.py', import.meta.url)

/** Every mutant of every code node, in the order of the definition. */
export async function mutantsOfCode(
  python: PythonSandbox,
  definition: WorkflowDefinition,
): Promise<Mutant[]> {
  const all: Mutant[] = []
  for (const { name, code } of definition.nodes) {
    if (typeof code !== 'string') continue
    for (const { code: faulty, at, from, to } of await mutate(python, code)) {
      const changed = withCode(definition, (node) => (node.name === name ? faulty : undefined))
      all.push({ where: name, at, from, to, definition: changed })
    }
  }
  return all
}

/** The mutants of one piece of Python. Rejects when the mutator itself fails. */
export async function mutate(python: PythonSandbox, code: string): Promise<FaultyCode[]> {
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
  return result.output as unknown as FaultyCode[]
}

/** `gather · SHOWN = 3 · 3 → 4` */
export function shownMutant({ where, at, from, to }: Mutant): string {
  return `${where} · ${cut(at)} · ${cut(from)} → ${cut(to)}`
}

const cut = (text: string) => (text.length <= 90 ? text : `${text.slice(0, 89)}…`)

/** At most so many of them: always the same ones, spread over the code, and hardly others when the code changes. */
export function sampleOf(mutants: readonly Mutant[], atMost: number): Mutant[] {
  if (mutants.length <= atMost) return [...mutants]
  const lot = ({ where, at, from, to }: Mutant) =>
    createHash('sha256')
      .update(JSON.stringify([where, at, from, to]))
      .digest('hex')
  const drawn = new Set(
    mutants
      .map((mutant) => ({ mutant, lot: lot(mutant) }))
      .sort((a, b) => (a.lot < b.lot ? -1 : 1))
      .slice(0, atMost)
      .map(({ mutant }) => mutant),
  )
  return mutants.filter((mutant) => drawn.has(mutant))
}
