// What the tests of Python share: a real sandbox with a few built-ins, and a short way to run code in it.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  BuiltinErrorSpec,
  BuiltinSpec,
  PythonHost,
  PythonLimits,
  PythonResult,
} from '../../src/actions/ports.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { JsonObject } from '../../src/json.ts'
import { createPythonSandbox, type DescribedSandbox } from '../../src/python/index.ts'

/** Shared by all test files of one machine user, so that the snapshot is built once. */
export const cacheDir = join(tmpdir(), `workflow-bot-test-python-${process.getuid?.() ?? 0}`)

export const emptyCacheDir = () => join(mkdtempSync(join(tmpdir(), 'workflow-bot-cache-')), 'python')

export const builtins: BuiltinSpec[] = [
  {
    name: 'records.query',
    parameters: [
      { name: 'collection', annotation: 'str' },
      { name: 'where', annotation: 'dict | None', default: null },
      { name: 'limit', annotation: 'int', default: 100, keywordOnly: true },
    ],
    returns: 'list[dict]',
    doc: 'Records of a collection.',
  },
  {
    name: 'records.get',
    parameters: [{ name: 'key', annotation: 'str' }],
    returns: 'dict',
    doc: 'One record.',
  },
  { name: 'now', parameters: [], returns: 'datetime', converts: 'datetime', doc: 'The time.' },
  {
    name: 'echo',
    parameters: [{ name: 'value', annotation: 'Any' }],
    returns: 'Any',
    doc: 'Hands its argument back.',
  },
  { name: 'broken', parameters: [], returns: 'None', doc: 'Fails in a way that is our mistake.' },
  { name: 'slow', parameters: [], returns: 'None', doc: 'Never answers.' },
]

export const errors: BuiltinErrorSpec[] = [
  { exception: 'RecordNotFound', code: 'records.not_found', doc: 'There is no such record.' },
]

export const host: PythonHost = {
  async call(name, args) {
    if (name === 'records.query') return [{ id: 'A-1', stock: 3 }]
    if (name === 'records.get') {
      throw new WorkflowError('records.not_found', `There is no record "${String(args.key)}".`, {
        hint: 'Look again.',
      })
    }
    if (name === 'now') return '2030-01-02T03:04:05.678Z'
    if (name === 'echo') return args.value ?? null
    if (name === 'slow') return new Promise(() => {})
    if (name === 'broken') throw new TypeError('undefined is not a function')
    throw new WorkflowError('builtin.unknown', `There is no built-in "${name}".`)
  },
}

export function openSandbox(
  options: { poolSize?: number; cacheDir?: string; limits?: Partial<PythonLimits> } = {},
) {
  const events: { event: string; [detail: string]: unknown }[] = []
  const sandbox = createPythonSandbox({
    builtins,
    errors,
    cacheDir,
    poolSize: 1,
    ...options,
    log: (line) => events.push(line),
  })
  return { sandbox, events }
}

let executions = 0
export const nextExecution = () => `execution-${++executions}`

export interface RunOptions {
  executionId?: string
  workflowId?: string
  line?: number
  limits?: Partial<PythonLimits>
  context?: JsonObject
  node?: JsonObject
  inputs?: JsonObject
  outputs?: JsonObject
  host?: PythonHost
  signal?: AbortSignal
  keep?: boolean
}

/** Runs code as one node; its execution ends with it unless `keep` is given. */
export async function runCode(
  sandbox: DescribedSandbox,
  code: string,
  options: RunOptions = {},
): Promise<PythonResult> {
  const executionId = options.executionId ?? nextExecution()
  const result = await sandbox.run(
    {
      executionId,
      workflowId: options.workflowId ?? 'test',
      nodeName: 'node',
      code,
      source: { file: 'workflows/test/workflow.yaml', line: options.line ?? 10 },
      context: options.context ?? {},
      node: options.node ?? {},
      inputs: options.inputs ?? {},
      outputs: options.outputs ?? {},
      limits: { wallMs: 20_000, cpuMs: 20_000, ...options.limits },
    },
    options.host ?? host,
    options.signal,
  )
  if (!options.keep) sandbox.release(executionId)
  return result
}

export function succeeded(result: PythonResult) {
  if (result.status !== 'succeeded') throw new Error(`failed: ${JSON.stringify(result.error)}`)
  return result
}

export function failed(result: PythonResult) {
  if (result.status !== 'failed') throw new Error(`succeeded: ${JSON.stringify(result.output)}`)
  return result
}
