// The bounded torture: `npm run torture` goes on for hundreds of kills.
import { expect, test } from 'vitest'
import { seeded } from '../store/crash.ts'
import { torture } from './driver.ts'

test('killed at any moment, the bot loses no start, decision or cancel, repeats no recorded step, and ends everything once', async () => {
  const tally = await torture(20, seeded(20_260_302))
  expect(tally.broken).toEqual([])
  // The kills have met what they were to meet.
  expect(tally.executions).toBeGreaterThan(20)
  expect(tally.repeated).toBeGreaterThan(0)
  expect(tally.decisions).toBeGreaterThan(5)
}, 180_000)
