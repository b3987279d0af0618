// How each version of a workflow stands: draft, tested, active or retired, and what is known of how good it is.
import type { ActiveVersion } from './activation.ts'
import { latestTest } from './gate.ts'
import type { CatalogEntry, Services, VersionState } from './types.ts'

/** Newest first, at most `newest`; the one that answers and the one that waits are among them, however old they are. */
export async function statesOf(
  services: Services,
  entry: CatalogEntry,
  { newest }: { newest: number },
): Promise<VersionState[]> {
  const { id, version: active, draft } = entry
  const all = (await services.versions.list(id)).reverse()
  const matters = ({ hash }: { hash: string }) => hash === active?.hash || hash === draft?.hash
  const others = all.filter((one) => !matters(one)).slice(0, newest - all.filter(matters).length)
  const shown = all.filter((one) => matters(one) || others.includes(one))
  const { versions: decisions = [], proposed = null } = services.activation.of(id) ?? {}
  const states: VersionState[] = []
  for (const { number, hash, at } of shown) {
    const { report, outdated } = await testOf(services, entry, hash)
    const last = decisions.findLast((one) => one.hash === hash)
    const waiting = hash === active?.hash ? 'active' : hash === draft?.hash ? 'draft' : 'retired'
    states.push({
      number,
      hash,
      at,
      state: waiting === 'draft' && report?.passed && !outdated ? 'tested' : waiting,
      activated: last ? decisionOf(last) : null,
      proposed: proposed?.hash === hash ? { by: proposed.by, at: proposed.at } : null,
      test: report ?? null,
      outdated,
      replay: services.replays.list(id, hash)[0] ?? null,
    })
  }
  return states
}

async function testOf(services: Services, { id, version, draft }: CatalogEntry, hash: string) {
  const untested = { report: undefined, outdated: false }
  if (services.tests.list(id, hash).length === 0) return untested
  const held = [version, draft].find((one) => one?.hash === hash) ?? (await services.versions.get(id, hash))
  return held ? latestTest(services, held) : untested
}

function decisionOf({ number: _number, hash: _hash, ...decided }: ActiveVersion) {
  return decided
}
