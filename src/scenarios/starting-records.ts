// Writes down the records that a scenario starts with: the seed and what is different from it where that says it
// shortest, each record otherwise. Pure.
import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../json.ts'

export interface WrittenRecords {
  /** As it stands in the scenario; undefined for none, which a scenario need not say. */
  written: Json | undefined
  /** What a scenario makes of it, in this order. */
  records: JsonObject[]
}

/** How many records a scenario spells out, and how long they are as JSON, characters. */
export const maxWritten = 200
export const maxWrittenLength = 60_000

/**
 * `seed` is what the collection began with, null when it had none; `undeclared` says that the workflow does not declare
 * the collection, so that its key has to be said. Answers undefined for what is too much to be written down.
 */
export function writeRecords(
  records: JsonObject[],
  { key, seed, undeclared = false }: { key: string; seed: JsonObject[] | null; undeclared?: boolean },
): WrittenRecords | undefined {
  if (records.length === 0) return { written: undefined, records }
  const candidates: WrittenRecords[] = []
  if (records.length <= maxWritten) {
    const written = undeclared && key !== 'id' ? { key, rows: records } : records
    candidates.push({ written, records })
  }
  const changed = seed && sinceSeed(records, key, seed)
  // What was deleted and made again stands elsewhere than in the seed.
  const inOrder = changed?.records.every((record, index) => record[key] === records[index]?.[key])
  if (changed && (inOrder || candidates.length === 0)) candidates.push(changed)
  return candidates
    .filter(({ written }) => lengthOf(written) <= maxWrittenLength)
    .sort((a, b) => lengthOf(a.written) - lengthOf(b.written))[0]
}

/** Undefined where the seed does not help: too much has changed, or what cannot be said as a change of it. */
function sinceSeed(records: JsonObject[], key: string, seed: JsonObject[]): WrittenRecords | undefined {
  const idOf = (record: JsonObject) => String(record[key])
  const now = new Map(records.map((record) => [idOf(record), record]))
  const seeded = new Set(seed.map(idOf))
  const remove = [...seeded].filter((id) => !now.has(id))
  const rows = records.filter((record) => !seeded.has(idOf(record)))
  const change: [id: string, fields: JsonObject][] = []
  const made: JsonObject[] = []
  for (const before of seed) {
    const record = now.get(idOf(before))
    if (!record) continue
    // A change sets fields; it takes none away.
    if (Object.keys(before).some((field) => !Object.hasOwn(record, field))) return undefined
    const fields = Object.entries(record).filter(
      ([field, value]) => !Object.hasOwn(before, field) || !isDeepStrictEqual(before[field], value),
    )
    if (fields.length > 0) change.push([idOf(before), Object.fromEntries(fields)])
    made.push({ ...before, ...Object.fromEntries(fields) })
  }
  if (remove.length + rows.length + change.length > maxWritten) return undefined
  const written: JsonObject = {
    seed: true,
    ...(change.length > 0 ? { change: Object.fromEntries(change) } : {}),
    ...(remove.length > 0 ? { remove } : {}),
    ...(rows.length > 0 ? { rows } : {}),
  }
  return { written, records: [...made, ...rows] }
}

function lengthOf(written: Json | undefined): number {
  return written === undefined ? 0 : JSON.stringify(written).length
}
