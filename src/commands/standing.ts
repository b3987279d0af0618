// How each version of a workflow stands: draft, tested, active or retired, and what is known of how good it is.
import type { Version } from '../definition/schema.ts'
import type { ActiveVersion } from './activation.ts'
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
  const scenarios = scenariosNow(services)
  for (const { number, hash, at } of shown) {
    const [report] = services.tests.list(id, hash)
    const held = report && (await definitionOf(services, entry, hash))
    const outdated = held !== undefined && report?.scenariosHash !== (await scenarios(held))
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

async function definitionOf({ versions }: Services, { id, version, draft }: CatalogEntry, hash: string) {
  return [version, draft].find((one) => one?.hash === hash) ?? (await versions.get(id, hash))
}

/**
 * The hash of the scenarios as they are now; undefined while they have faults. Of a version they ask for its collections
 * and the names of its steps, so that the files are read once for all versions that have the same.
 */
function scenariosNow({ tests }: Services): (version: Version) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>()
  return (version) => {
    const { collections, nodes } = version.definition
    const key = JSON.stringify([collections, nodes.map(({ name }) => name)])
    const found = known.get(key) ?? tests.scenarios(version).then((now) => now?.hash)
    known.set(key, found)
    return found
  }
}

function decisionOf({ number: _number, hash: _hash, ...decided }: ActiveVersion) {
  return decided
}
