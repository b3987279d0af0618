// How fast the scenarios of the shipped workflows run on warm interpreters, and how many of the mistakes that people
// could make in a workflow they catch. By itself: npx tsx test/bench/scenarios.bench.ts
import { pathToFileURL } from 'node:url'
import { startPython, testWorkflow } from '../scenarios/support.ts'
import type { Figure } from './figure.ts'
import { faults } from './mutation/faults/index.ts'
import { figureOf, tallyByHand } from './mutation/tally.ts'

const rounds = 3

export async function bench(): Promise<Figure[]> {
  const python = await startPython()
  const speeds: Figure[] = []
  const caught: Figure[] = []
  try {
    for (const id of Object.keys(faults)) {
      await testWorkflow(python, id)
      const rates: number[] = []
      for (let round = 0; round < rounds; round++) {
        const { totals, durationMs } = await testWorkflow(python, id)
        rates.push(totals.executions / (durationMs / 1000))
      }
      speeds.push({
        name: `${id}: scenarios on two warm interpreters, best of ${rounds}`,
        value: Math.max(...rates),
        unit: 'per second',
      })
    }
    for (const id of Object.keys(faults)) {
      const tally = await tallyByHand(python, id)
      for (const one of tally.missed) console.error(`not caught: ${one}`)
      caught.push(figureOf(id, 'faults', tally))
    }
    return [...speeds, ...caught]
  } finally {
    await python.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await bench())
