// How each version of a workflow stands: draft, tested, active or retired, and what is known of how good it is.
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
  const { versions = [], proposed = null } = services.activation.of(id) ?? {}
  return shown.map(({ number, hash, at }): VersionState => {
    const [test = null] = services.tests.list(id, hash)
    const last = versions.findLast((one) => one.hash === hash)
    const waiting = hash === draft?.hash && proposed?.hash === hash
    return {
      number,
      hash,
      at,
      state:
        hash === active?.hash
          ? 'active'
          : hash !== draft?.hash
            ? 'retired'
            : test?.passed
              ? 'tested'
              : 'draft',
      activated: last ? decisionOf(last) : null,
      proposed: waiting && proposed ? { by: proposed.by, at: proposed.at } : null,
      test,
      outdated: false,
      replay: null,
    }
  })
}

function decisionOf({
  number: _number,
  hash: _hash,
  ...decided
}: NonNullable<ReturnType<Services['activation']['of']>>['versions'][number]) {
  return decided
}
