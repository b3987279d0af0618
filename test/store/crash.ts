// Kills a working process again and again with SIGKILL, each time after a random number of acknowledged facts, and
// checks that all of them are there afterwards. For more rounds than the test has: npx tsx test/store/crash.ts 500
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openStore, type StoreEvent } from '../../src/store/index.ts'
import { lifeUntilKilled } from '../support/killed.ts'

const child = new URL('crash-child.ts', import.meta.url)

export interface CrashFindings {
  rounds: number
  facts: number
  /** Facts that were acknowledged and are gone, and anything else that is not as it must be. */
  broken: string[]
  /** What the store had to say while it started again. */
  events: StoreEvent[]
}

/** `random` answers a number from 0 up to 1. */
export async function crash(rounds: number, random: () => number): Promise<CrashFindings> {
  const folder = await mkdtemp(join(tmpdir(), 'store-crash-'))
  const path = join(folder, 'db.json')
  const findings: CrashFindings = { rounds, facts: 0, broken: [], events: [] }
  const facts: string[] = []
  try {
    for (let round = 1; round <= rounds; round += 1) {
      facts.push(...(await lifeUntilKilled(child, path, `r${round}`, Math.ceil(random() * 300))))
      findings.facts = facts.length
      await check(path, facts, findings)
    }
    return findings
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function check(path: string, facts: string[], findings: CrashFindings): Promise<void> {
  const log = (event: StoreEvent) => void findings.events.push(event)
  const store = await openStore({ path, clock: { now: () => Date.now() }, log, foldBytes: 8000 })
  try {
    const unfinished = new Map(
      (await store.executions.unfinished()).map((found) => [found.start.id, found.entries]),
    )
    const history = await store.history.recent({ limit: 1_000_000 })
    const ended = new Map<string, number>()
    for (const { id } of history) ended.set(id, (ended.get(id) ?? 0) + 1)
    const audited = new Set((await store.audit.recent(1_000_000)).map(({ subject }) => subject))
    const changed = new Set([...store.past.changes()].map(({ key }) => key))
    const forgotten = store.past.since() !== ''
    const holds: { [fact: string]: (id: string) => boolean } = {
      created: (id) => unfinished.has(id) || ended.has(id),
      stepped: (id) => unfinished.get(id)?.some(({ name }) => name === 'count') === true || ended.has(id),
      inserted: (id) => store.records.get('orders', id)?.value.from === id && (changed.has(id) || forgotten),
      audited: (id) => audited.has(id),
      finished: (id) => ended.get(id) === 1 && !unfinished.has(id),
    }
    for (const fact of facts) {
      const [verb = '', id = ''] = fact.split(' ')
      if (!holds[verb]?.(id)) findings.broken.push(fact)
    }
    for (const [id, count] of ended) {
      if (count > 1 || unfinished.has(id)) findings.broken.push(`${id} is there ${count} times`)
    }
    for (const { id } of history.slice(-5)) {
      if ((await store.history.report(id))?.id !== id) findings.broken.push(`the report of ${id} is gone`)
    }
    const verdict = await store.audit.verify()
    if (!verdict.ok) findings.broken.push(`the audit log does not verify: ${verdict.why}`)
  } finally {
    await store.close()
  }
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const rounds = Number(process.argv[2] ?? 100)
  const { facts, broken, events } = await crash(rounds, Math.random)
  const cut = events.filter(({ event }) => event === 'store.journal_cut').length
  process.stdout.write(
    `${rounds} kills, ${facts} acknowledged facts, ${cut} writes cut off, ${broken.length} promises broken\n`,
  )
  for (const line of broken.slice(0, 50)) process.stdout.write(`${line}\n`)
  process.exitCode = broken.length > 0 ? 1 : 0
}
