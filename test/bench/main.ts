// Measures everything in one run and prints a table: npm run bench [-- --only engine] [-- --json]. Figures are compared
// with a baseline of the same run, since machines differ more than ratios do.
import { parseArgs } from 'node:util'
import type { Figure } from './figure.ts'

/** One after the other, so that none weighs on another. */
const benches: { [name: string]: () => Promise<{ bench(): Promise<Figure[]> }> } = {
  engine: () => import('./engine.bench.ts'),
  store: () => import('./store.bench.ts'),
  python: () => import('./python.bench.ts'),
  slack: () => import('./slack.bench.ts'),
  scenarios: () => import('./scenarios.bench.ts'),
  mutation: () => import('./mutation.bench.ts'),
  replay: () => import('./replay.bench.ts'),
  journey: () => import('./journey.bench.ts'),
}

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, json: { type: 'boolean', default: false } },
})
const names = values.only ?? Object.keys(benches)
const unknown = names.find((name) => !Object.hasOwn(benches, name))
if (unknown !== undefined) {
  process.stderr.write(`There is no bench "${unknown}"; there are ${Object.keys(benches).join(', ')}.\n`)
  process.exit(2)
}

const all: (Figure & { bench: string })[] = []
for (const name of names) {
  if (!values.json) process.stderr.write(`measuring ${name} …\n`)
  const module = await benches[name]?.()
  for (const figure of (await module?.bench()) ?? [])
    all.push({ bench: name, ...figure, name: figure.name.replace(`${name}: `, '') })
}
process.stdout.write(values.json ? `${JSON.stringify(all, null, 2)}\n` : table(all))

function table(figures: (Figure & { bench: string })[]): string {
  const rows = figures.map(({ bench, name, value, unit, ratio, baseline, aim }) => [
    bench,
    name,
    `${digits(value)} ${unit}`,
    ratio === undefined ? '' : `${digits(ratio)} ×`,
    baseline ?? '',
    aim ?? '',
  ])
  const head = ['bench', 'figure', 'value', 'ratio', 'against', 'aim']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => [...(row[column] ?? '')].length)),
  )
  const numeric = new Set([2, 3])
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        numeric.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return `${[line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')}\n`
}

/** Three figures that matter: 0.123, 1.23, 12.3, 1230. */
function digits(value: number): string {
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))))
  return value.toFixed(Math.min(places, 3))
}
