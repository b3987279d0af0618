// How many small faults, made by a program in the Python and in the definition of every shipped workflow, its scenarios
// and criteria catch. Takes minutes. By itself: npx tsx test/bench/mutation.bench.ts
import { pathToFileURL } from 'node:url'
import { startPython } from '../scenarios/support.ts'
import type { Figure } from './figure.ts'
import { faults } from './mutation/faults/index.ts'
import { figureOf, tallyMutants } from './mutation/tally.ts'

export async function bench(): Promise<Figure[]> {
  const python = await startPython()
  const figures: Figure[] = []
  try {
    for (const id of Object.keys(faults)) {
      const tally = await tallyMutants(python, id)
      for (const one of tally.missed) console.error(`not caught: ${one}`)
      figures.push(figureOf(id, 'mutants', tally))
    }
    return figures
  } finally {
    await python.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await bench())
