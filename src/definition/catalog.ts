// What others see of the workflows in service. Keeping them in step with their files is watch.ts.
import type { Fault } from './fault.ts'
import type { Version } from './schema.ts'

/** A workflow as it stands: the version in service, and what is wrong with the file on disk, if anything is. */
export interface CatalogEntry {
  id: string
  /** The version that answers; undefined while no good version was ever loaded. */
  version: Version | undefined
  /** A newer good version that waits to be activated; `version` answers until then. */
  draft?: Version
  /** Faults of the file as it is on disk now; with a `version` present, the last good one stays in service. */
  faults: Fault[]
  /** Path of the file, relative to the project. */
  file: string
}

export interface Catalog {
  /** Sorted by id. */
  list(): CatalogEntry[]
  get(id: string): CatalogEntry | undefined
  /** Faults of every file, those that belong to no known workflow too. */
  faults(): Fault[]
}
