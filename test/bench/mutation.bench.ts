// How many small faults in the Python of the reorder check its scenarios and criteria catch, and how fast scenarios run
// on warm interpreters. By itself: npx tsx test/bench/mutation.bench.ts
import { pathToFileURL } from 'node:url'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import type { WorkflowDefinition } from '../../src/definition/schema.ts'
import { startPython, testWorkflow } from '../scenarios/support.ts'
import type { Figure } from './figure.ts'

interface Fault {
  node: string
  from: string
  to: string
}

const low = 'find low stock'
const plan = 'plan orders'
const create = 'create purchase orders'

/** Each of them changes what the workflow does for some inventory. */
const faults: Fault[] = [
  { node: low, from: 'item["stock"] >= item["threshold"]', to: 'item["stock"] > item["threshold"]' },
  { node: low, from: 'item["stock"] >= item["threshold"]', to: 'item["stock"] >= item["threshold"] - 1' },
  { node: low, from: 'item["stock"] >= item["threshold"]', to: 'item["stock"] >= 2 * item["threshold"]' },
  { node: low, from: 'item["stock"] >= item["threshold"]', to: 'item["threshold"] >= item["stock"]' },
  { node: low, from: 'item.get(field) is None', to: 'not item.get(field)' },
  { node: low, from: '("stock", "threshold")', to: '("stock",)' },
  { node: low, from: '("supplier", "pack_size", "unit_price")', to: '("pack_size", "unit_price")' },
  { node: low, from: '"no " + " and no ".join(unknown)', to: '"no " + unknown[0]' },
  { node: low, from: '"checked": len(inventory)', to: '"checked": len(low)' },
  { node: low, from: '"count": len(low)', to: '"count": len(low) + len(needs_attention)' },
  { node: low, from: 'order_by="sku"', to: 'order_by="sku", limit=200' },
  { node: plan, from: 'exact(context["restock_factor"])', to: 'Decimal(2)' },
  { node: plan, from: 'target - exact(item["stock"])', to: 'target' },
  { node: plan, from: 'to_integral_value(ROUND_CEILING)', to: 'to_integral_value()' },
  { node: plan, from: 'max(Decimal(1), ', to: 'max(Decimal(0), ' },
  { node: plan, from: 'quantity = packs * pack', to: 'quantity = target - exact(item["stock"])' },
  { node: plan, from: 'where={"status": "open"}', to: 'where={}' },
  { node: plan, from: 'if item["sku"] in on_order', to: 'if item["sku"] not in on_order' },
  { node: plan, from: 'already_ordered += 1', to: 'already_ordered = 1' },
  { node: plan, from: '[item["supplier"], item.get("currency")]', to: '[item["supplier"], "EUR"]' },
  { node: plan, from: 'quantize(Decimal("0.01"))', to: 'quantize(Decimal("0.1"))' },
  { node: plan, from: 'reverse=True', to: 'reverse=False' },
  { node: plan, from: 'key=lambda order: Decimal(order["total"])', to: 'key=lambda order: order["total"]' },
  { node: plan, from: 'sum(len(order["lines"]) for order in orders)', to: 'len(orders)' },
  { node: create, from: 'if order_id not in taken', to: 'if True' },
  { node: create, from: 'count(1)', to: 'count(0)' },
  { node: create, from: '"status": "open"', to: '"status": "draft"' },
  { node: create, from: '**planned,', to: '"supplier": planned["supplier"],' },
  { node: create, from: 'records.insert("purchase_orders", order)', to: 'pass' },
]

function seeded({ node, from, to }: Fault) {
  return (definition: WorkflowDefinition) => {
    const found = definition.nodes.find((one) => one.name === node)
    if (!String(found?.code).includes(from)) throw new Error(`"${node}" has no ${from} any more`)
    if (found) found.code = String(found.code).replace(from, to)
  }
}

const shown = ({ node, from, to }: Fault) => `${node}: ${from} → ${to}`

/** Which faults the tests catch, each alone. */
export async function mutate(python: PythonSandbox): Promise<{ caught: string[]; missed: string[] }> {
  const caught: string[] = []
  const missed: string[] = []
  for (const fault of faults) {
    const report = await testWorkflow(python, 'reorder-check', seeded(fault))
    if (report.passed) missed.push(shown(fault))
    else caught.push(shown(fault))
  }
  return { caught, missed }
}

export async function bench(): Promise<Figure[]> {
  const python = await startPython()
  try {
    await testWorkflow(python, 'reorder-check')
    const rates: number[] = []
    for (let round = 0; round < 5; round++) {
      const { totals, durationMs } = await testWorkflow(python, 'reorder-check')
      rates.push(totals.executions / (durationMs / 1000))
    }
    const { caught, missed } = await mutate(python)
    for (const one of missed) console.error(`not caught: ${one}`)
    return [
      {
        name: 'scenarios on two warm interpreters, best of 5',
        value: Math.max(...rates),
        unit: 'per second',
      },
      {
        name: `faults in the Python of reorder-check that its scenarios catch, of ${faults.length}`,
        value: caught.length,
        unit: 'faults',
        ratio: caught.length / faults.length,
        baseline: 'all',
        aim: 'all',
      },
    ]
  } finally {
    await python.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await bench())
