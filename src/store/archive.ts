// Files of ended executions that are too old for db.json (db.history/12.json), opened on demand. One report per line,
// so that a list or one report is read without parsing all the others.
import { join } from 'node:path'
import { Low } from 'lowdb'
import type { HistoryItem } from '../commands/types.ts'
import type { FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { Damaged, DocumentFile, type DocumentFormat } from './adapter.ts'
import { type Disk, writeFailure } from './disk.ts'
import { formatVersion, refuseNewer } from './document.ts'
import { Fragment } from './fragment.ts'
import type { Archive, EndedExecution } from './state.ts'

function archiveFormat(path: string): DocumentFormat<EndedExecution[]> {
  return {
    inspect: (head) => refuseNewer(Number(/^\{"format":(\d{1,9})\b/.exec(head)?.[1] ?? 0), path),
    encode,
    decode,
  }
}

function* encode(rows: EndedExecution[]): Generator<string> {
  yield `{"format":${formatVersion},\n"items":${JSON.stringify(rows.map(({ item, endedAt }) => [item, endedAt]))},\n"reports":[`
  let separator = '\n'
  for (const { report } of rows) {
    yield separator
    yield report.json
    separator = ',\n'
  }
  yield ']'
}

function decode(content: string): EndedExecution[] {
  const [, items, , ...reports] = content.split('\n')
  if (!items?.startsWith('"items":') || !reports.at(-1)?.endsWith(']}'))
    throw new Damaged('it has the wrong shape')
  const parsed = JSON.parse(items.slice('"items":'.length, -1)) as [HistoryItem, string][]
  if (parsed.length !== reports.length) throw new Damaged('it has the wrong shape')
  return parsed.map(([item, endedAt], index) => {
    const line = reports[index] ?? ''
    const end = index === reports.length - 1 ? -2 : -1
    return { item, endedAt, report: Fragment.text<FinishedReport>(line.slice(0, end)) }
  })
}

/** How many archives stay in memory after they were read. */
const cached = 4

export class Archives {
  readonly folder: string
  readonly #disk: Disk
  readonly #cache = new Map<number, EndedExecution[]>()

  constructor(disk: Disk, folder: string) {
    this.#disk = disk
    this.folder = folder
  }

  path(number: number): string {
    return join(this.folder, `${number}.json`)
  }

  /** Rejects `store.corrupt` for a missing or damaged file, which stays where it is. */
  async read(number: number): Promise<EndedExecution[]> {
    const known = this.#cache.get(number)
    if (known) return known
    const low = this.#open(number)
    try {
      await low.read()
    } catch (error) {
      if (error instanceof Damaged) throw this.#corrupt(number, error.message)
      throw error
    }
    if (low.data.length === 0) throw this.#corrupt(number, 'it is missing')
    this.#cache.set(number, low.data)
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= cached) break
      this.#cache.delete(oldest)
    }
    return low.data
  }

  /** Writes a new archive and describes it. A leftover file of that number, which nothing refers to, is replaced. */
  async write(number: number, rows: EndedExecution[]): Promise<Archive> {
    try {
      await this.#disk.makeFolder(this.folder)
    } catch (error) {
      throw writeFailure(error, this.folder)
    }
    const low = this.#open(number)
    low.data = rows
    await low.write()
    this.#cache.delete(number)
    const workflows = new Map<string, number>()
    for (const { item } of rows) workflows.set(item.workflow.id, (workflows.get(item.workflow.id) ?? 0) + 1)
    return {
      number,
      count: rows.length,
      from: rows[0]?.endedAt ?? '',
      to: rows.at(-1)?.endedAt ?? '',
      workflows: [...workflows],
    }
  }

  /** Removes the files that nothing refers to any more, leftovers of a crash among them. */
  async removeAllBut(kept: Archive[]): Promise<void> {
    const names = new Set(kept.map(({ number }) => `${number}.json`))
    for (const name of await this.#disk.list(this.folder)) {
      if (/^\d+\.json(\.tmp)?$/.test(name) && !names.has(name))
        await this.#disk.remove(join(this.folder, name))
    }
  }

  #open(number: number): Low<EndedExecution[]> {
    const path = this.path(number)
    return new Low<EndedExecution[]>(new DocumentFile(this.#disk, path, archiveFormat(path)), [])
  }

  #corrupt(number: number, why: string): WorkflowError {
    return new WorkflowError(
      'store.corrupt',
      `A part of the history cannot be read: ${this.path(number)}: ${why}.`,
      {
        hint: 'Everything else goes on. Put the file back from a backup to see these executions again.',
      },
    )
  }
}
