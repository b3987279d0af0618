// What Python costs: starts, resets, nodes and memory, measured on the shipped runtime with nothing replaced.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BuiltinSpec, PythonHost } from '../../src/actions/ports.ts'
import { createFactory } from '../../src/python/factory.ts'
import { createPythonSandbox } from '../../src/python/index.ts'
import { effectiveLimits } from '../../src/python/limits.ts'
import type { Figure } from './figure.ts'

const builtins: BuiltinSpec[] = [
  {
    name: 'records.query',
    parameters: [{ name: 'collection', annotation: 'str' }],
    returns: 'list[dict]',
    doc: 'Records of a collection.',
  },
]

const inventory = Array.from({ length: 240 }, (_, n) => ({
  sku: `SKU-${n}`,
  name: `Item ${n}`,
  stock: (n * 37) % 60,
  threshold: 20,
  supplier: `S${n % 7}`,
  price: n / 4,
}))
const host: PythonHost = { call: async () => inventory }

const FIND = `
low = [item for item in records.query("inventory") if item["stock"] < item["threshold"]]
return {"low": low, "checked": 240}`
const GROUP = `
from collections import defaultdict
orders = defaultdict(lambda: {"items": [], "total": 0})
for item in outputs["find"]["low"]:
    quantity = item["threshold"] * 2 - item["stock"]
    order = orders[item["supplier"]]
    order["items"].append({"sku": item["sku"], "quantity": quantity})
    order["total"] += quantity * item["price"]
return [{"supplier": supplier, **order} for supplier, order in sorted(orders.items())]`

const sorted = (values: number[]) => [...values].sort((a, b) => a - b)
const at = (values: number[], share: number) =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] as number
const round = (value: number) => Number(value.toFixed(2))

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

/** Figures in milliseconds unless said otherwise. Takes about half a minute. */
export async function bench(): Promise<Figure[]> {
  const cacheDir = join(mkdtempSync(join(tmpdir(), 'workflow-bot-bench-')), 'python')
  const figures: Figure[] = []
  const note = (name: string, value: number, unit = 'ms', more: Partial<Figure> = {}) =>
    figures.push({ name, value: round(value), unit, ...more })
  const cheaperThanCold = (ms: number): Partial<Figure> => ({
    ratio: round(coldMs / ms),
    baseline: 'times cheaper than a cold load',
  })

  const factory = createFactory({ builtins, errors: [], cacheDir, log: () => {} })
  const [coldMs, first] = await timed(() => factory.make())
  note('python: cold load', coldMs)
  const [snapshotMs, one] = await timed(() => factory.make())
  note('python: load from the memory snapshot', snapshotMs, 'ms', cheaperThanCold(snapshotMs))
  first.kill('closed')

  const handlers = { call: async () => JSON.stringify({ ok: inventory }), print: () => {} }
  const request = {
    code: 'output = 1',
    file: 'a.py',
    line: 1,
    context: {},
    node: {},
    inputs: {},
    outputs: {},
    fresh: true,
  }
  const resets: number[] = []
  for (let round = 0; round < 220; round++) {
    await one.run('run', effectiveLimits(), request, handlers)
    const [ms] = await timed(() => one.reset())
    if (round >= 20) resets.push(ms)
  }
  note('python: reset in place, median', at(resets, 0.5))
  note('python: reset in place, 99th percentile', at(resets, 0.99))
  const rss = await readFile(`/proc/${one.pid}/statm`, 'utf8').catch(() => null)
  if (rss) note('python: memory of one interpreter', (Number(rss.split(' ')[1]) * 4096) / 1024 / 1024, 'MB')
  one.kill('closed')
  await factory.close()

  const sandbox = createPythonSandbox({ builtins, errors: [], cacheDir, log: () => {} })
  await sandbox.ready()
  let executions = 0
  const node = (executionId: string, code: string, outputs = {}) =>
    sandbox.run(
      {
        executionId,
        workflowId: `workflow-${executions % 8}`,
        nodeName: 'node',
        code,
        source: { file: 'a.py', line: 1 },
        context: {},
        node: {},
        inputs: {},
        outputs,
      },
      host,
    )
  const trivial = async () => {
    const id = `trivial-${++executions}`
    await node(id, 'output = 1')
    sandbox.release(id)
  }
  const reorder = async () => {
    const id = `reorder-${++executions}`
    const found = await node(id, FIND)
    if (found.status === 'succeeded') await node(id, GROUP, { find: found.output })
    sandbox.release(id)
  }
  const chain = async (length: number) => {
    const id = `chain-${++executions}`
    for (let at = 0; at < length; at++)
      await node(id, 'context["n"] = context.get("n", 0) + 1\nreturn context["n"]')
    sandbox.release(id)
  }
  const many = async (rounds: number, work: () => Promise<void>) => {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) times.push((await timed(work))[0])
    return times
  }

  await many(30, trivial)
  const trivials = await many(200, trivial)
  note('python: clean interpreter and trivial action, median', at(trivials, 0.5), 'ms', {
    ...cheaperThanCold(at(trivials, 0.5)),
    aim: 'at most 15 ms, and 200 times cheaper than a cold load',
  })
  note('python: clean interpreter and trivial action, 99th percentile', at(trivials, 0.99))
  const chains = await many(20, () => chain(20))
  note('python: chain of 20 trivial nodes, per node', at(chains, 0.5) / 20, 'ms', { aim: 'at most 3 ms' })
  await sandbox.check(FIND, { file: 'a.py', line: 1 })
  await sandbox.check(GROUP, { file: 'a.py', line: 1 })
  const reorders = await many(60, reorder)
  note('python: both actions of the reorder check, 240 items, median', at(reorders, 0.5))

  const [oneMs] = await timed(() => many(300, trivial))
  const perSecond = 300_000 / oneMs
  note('python: executions per second, 1 caller', perSecond, '/s')
  const [eightMs] = await timed(() => Promise.all(Array.from({ length: 8 }, () => many(75, trivial))))
  note('python: executions per second, 8 callers', 600_000 / eightMs, '/s', {
    ratio: round(600_000 / eightMs / perSecond),
    baseline: 'one caller',
  })
  await sandbox.close()
  rmSync(cacheDir, { recursive: true, force: true })
  return figures
}
