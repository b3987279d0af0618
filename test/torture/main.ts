// The long torture: npm run torture [kills] [seed]. Prints how far it is, and in the end every promise that was broken.
import { seeded } from '../store/crash.ts'
import { type Tally, torture } from './driver.ts'

const kills = Number(process.argv[2] ?? 300)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  console.error('npm run torture -- [kills] [seed]: whole numbers, for example npm run torture -- 300')
  process.exit(2)
}
const say = (text: string) => process.stdout.write(`${text}\n`)

const line = (tally: Tally) =>
  `${tally.kills} kills (${tally.killsAtStart} during a start), ${tally.executions} executions, ` +
  `${tally.steps} steps with effects (${tally.repeated} of them run once more after a crash), ` +
  `${tally.decisions} decisions, ${tally.cancels} cancels, ${tally.facts} facts, ${tally.broken.length} promises broken`

say(`seed ${seed}`)
const began = performance.now()
const tally = await torture(kills, seeded(seed), (now) => {
  if (now.kills % 20 === 0) say(line(now))
})
say(`\n${line(tally)}\nin ${((performance.now() - began) / 1000).toFixed(0)} s`)
for (const promise of tally.broken.slice(0, 100)) say(promise)
process.exitCode = tally.broken.length > 0 ? 1 : 0
