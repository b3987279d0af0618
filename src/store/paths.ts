// Where the files of a store lie: beside its JSON file, under names that begin with its name.
import { basename, dirname, join } from 'node:path'

/** `data/db.json` → `data/db.json.lock` */
export function lockPath(path: string): string {
  return `${path}.lock`
}

/** The last good copy: `data/db.json.previous`. */
export function previousPath(path: string): string {
  return `${path}.previous`
}

/** `data/db.json.journal-17`, named after its first batch. */
export function journalPath(path: string, firstSeq: number): string {
  return `${path}.journal-${firstSeq}`
}

/** The first batch of a journal file by its name; undefined for any other file. */
export function journalSeq(name: string, path: string): number | undefined {
  const prefix = `${basename(path)}.journal-`
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return /^\d+$/.test(digits) ? Number(digits) : undefined
}

/** `data/db.audit.jsonl` */
export function auditPath(path: string): string {
  return join(dirname(path), `${basename(path, '.json')}.audit.jsonl`)
}

/** `data/db.history`, which holds `1.json`, `2.json`, … */
export function historyFolder(path: string): string {
  return join(dirname(path), `${basename(path, '.json')}.history`)
}
