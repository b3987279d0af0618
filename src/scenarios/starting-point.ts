// The records that a saved scenario starts with, masked, as a play finds them and as the file says them: collection by
// collection, when it is asked for. Only read.
import { isDeepStrictEqual } from 'node:util'
import type { StoredRecord } from '../actions/ports.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Masker } from './mask.ts'
import type { Looks } from './noted-records.ts'
import type { RecordSource } from './past-records.ts'
import { maxWritten, type WrittenRecords, writeRecords } from './starting-records.ts'

/** The records of the seeds that can be read, by collection. */
export type Seeds = Map<string, JsonObject[]>

interface Held extends WrittenRecords {
  key: string
}

export class StartingPoint implements RecordSource {
  readonly #definition: WorkflowDefinition
  readonly #seeds: Seeds
  readonly #found: RecordSource | undefined
  readonly #mask: Masker
  readonly #held = new Map<string, Held | undefined>()
  readonly #named: ReadonlySet<string>
  /** Collections whose records are too many to be written down: they have those that are named, or their seed. */
  readonly left: string[] = []

  /**
   * `found` is what the execution found; undefined when that is not known. `named`: keys that matter more than others
   * where there are too many records.
   */
  constructor(options: {
    definition: WorkflowDefinition
    seeds: Seeds
    found: RecordSource | undefined
    mask: Masker
    named: ReadonlySet<string>
  }) {
    this.#named = options.named
    this.#definition = options.definition
    this.#seeds = options.seeds
    this.#found = options.found
    this.#mask = options.mask
  }

  keyField(collection: string): string | undefined {
    return this.#hold(collection)?.key
  }

  /** Those that were asked for; asking for them all would write them all. */
  collections() {
    return [...this.#held].flatMap(([name, held]) =>
      held ? [{ name, key: held.key, count: held.records.length }] : [],
    )
  }

  *all(collection: string): Iterable<StoredRecord> {
    const held = this.#hold(collection)
    for (const value of held?.records ?? []) yield { key: String(value[held?.key ?? '']), rev: 1, value }
  }

  /** How what was looked at, and what the workflow ships, stands in a scenario. */
  written(looks: Looks): { [collection: string]: Json } {
    const names = new Set([...looks.keys(), ...this.#seeds.keys()])
    return Object.fromEntries(
      [...names].flatMap((name) => {
        const written = this.#saying(name, looks.get(name) ?? 'whole')
        return written === undefined ? [] : [[name, written]]
      }),
    )
  }

  #saying(collection: string, looks: 'whole' | Set<string>): Json | undefined {
    const held = this.#hold(collection)
    if (!held || looks === 'whole' || this.#seeds.has(collection)) return held?.written
    const { key, records } = held
    const used = records.filter((record) => looks.has(String(record[key])))
    const undeclared = !Object.hasOwn(this.#definition.collections, collection)
    return writeRecords(used, { key, seed: null, undeclared })?.written
  }

  #hold(collection: string): Held | undefined {
    if (!this.#held.has(collection)) this.#held.set(collection, this.#write(collection))
    return this.#held.get(collection)
  }

  #write(collection: string): Held | undefined {
    const declared = this.#definition.collections[collection]
    const key = declared?.key ?? this.#found?.keyField(collection)
    // The bot's own are none of a scenario's business.
    if (key === undefined || collection.startsWith('_')) return undefined
    const seed = this.#seeds.get(collection) ?? null
    const shipped: Held = { key, records: seed ?? [], written: seed ? { seed: true } : undefined }
    if (!this.#found) return shipped
    const more = { key, seed, undeclared: declared === undefined }
    const found = this.#masked(this.#found.all(collection), key, seed)
    // Where a record stood that is gone today nobody knows, but of the seed's it is likely to be where it is there.
    if (found && seed) found.sort(byPlaceIn(seed, key))
    const held = found && writeRecords(found, more)
    if (held) return { key, ...held }
    this.left.push(collection)
    if (seed) return shipped
    const named = [...this.#found.all(collection)].filter((record) => this.#named.has(record.key))
    const few = writeRecords(this.#masked(named, key, null) ?? [], more)
    return { key, ...(few ?? { written: undefined, records: [] }) }
  }

  /** What stands in the seed as it is there is no secret beside it. Undefined as soon as there are too many. */
  #masked(found: Iterable<StoredRecord>, key: string, seed: JsonObject[] | null): JsonObject[] | undefined {
    const before = new Map((seed ?? []).map((record) => [String(record[key]), record]))
    const most = maxWritten + before.size
    const records: JsonObject[] = []
    for (const { key: id, value } of found) {
      if (records.length === most) return undefined
      records.push(this.#maskedRecord(value, before.get(id)))
    }
    return records
  }

  #maskedRecord(record: JsonObject, before: JsonObject | undefined): JsonObject {
    if (!before) return this.#mask.object(record)
    return Object.fromEntries(
      Object.entries(record).flatMap(([field, value]) =>
        Object.hasOwn(before, field) && isDeepStrictEqual(before[field], value)
          ? [[field, value] as const]
          : Object.entries(this.#mask.object({ [field]: value })),
      ),
    )
  }
}

function byPlaceIn(seed: JsonObject[], key: string): (a: JsonObject, b: JsonObject) => number {
  const places = new Map(seed.map((record, index) => [String(record[key]), index]))
  const placeOf = (record: JsonObject) => places.get(String(record[key])) ?? seed.length
  return (a, b) => placeOf(a) - placeOf(b)
}
