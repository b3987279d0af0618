// A process that decides which version answers is killed at random moments, on the real store: what it had acknowledged
// holds, and nothing holds by half.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createActivation } from '../../src/commands/activation.ts'
import { deactivationOf } from '../../src/commands/deactivation.ts'
import { openStore } from '../../src/store/index.ts'
import { lifeUntilKilled } from '../support/killed.ts'

const rounds = 6
const child = new URL('activation-child.ts', import.meta.url)
const clock = { now: () => Date.now(), sleep: async () => {} }

it('after kill -9 at any moment what was decided holds, and a workflow is never half brought back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'activation-crash-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'db.json')
  let seen = 0
  for (let round = 1; round <= rounds; round++) {
    const facts = await lifeUntilKilled(child, path, `r${round}`, 3 + round * 7)
    seen += facts.length
    const store = await openStore({ path, clock, log: () => undefined, foldBytes: 8000 })
    const { records, versions } = store
    const activation = createActivation({ records, versions, clock, firstVersions: 'trusted' })
    await activation.start()
    const decided = activation.of('orders')
    const numbers = decided?.versions.map(({ number }) => number) ?? []
    const last = numbers.at(-1) ?? 0
    const acknowledged = facts
      .filter((fact) => fact.startsWith('activated'))
      .map((fact) => Number(fact.slice(10)))
    expect(numbers).toEqual(expect.arrayContaining(acknowledged.slice(-50)))
    expect(last).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? 0)
    const [verb, words] = facts.at(-1)?.split(' ') ?? []
    const number = Number(words)
    if (verb === 'proposed') expect([decided?.proposed?.number, last]).toContain(number)
    // The process stops what answers just before it lets the next one answer.
    const stopped = deactivationOf(records, 'orders')
    expect(stopped === undefined || stopped.version === last).toBe(true)
    if (verb === 'stopped' && last < number) expect(stopped?.version).toBe(number - 1)
    // And the version that answers is there, whatever the files say.
    const file = { id: 'orders', version: undefined, faults: [], file: '' }
    const answering = activation.over({ list: () => [file], get: () => file, faults: () => [] }).get('orders')
    expect(answering?.version?.number).toBe(last)
    await store.close()
  }
  expect(seen).toBeGreaterThan(100)
}, 120_000)
