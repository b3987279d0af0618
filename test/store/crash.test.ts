// A process that works on the store is killed at random moments; an outside observer knows what it had acknowledged.
import { expect, it } from 'vitest'
import { crash, seeded } from './crash.ts'

it('after kill -9 at any moment everything acknowledged is there, once, and the next process starts without help', async () => {
  const { facts, broken } = await crash(24, seeded(20_260_302))
  expect(facts).toBeGreaterThan(1000)
  expect(broken).toEqual([])
}, 180_000)
