// Works on the data of a bot that does not run, for the terminal: backs it up, restores it, and verifies it. The lock of
// the store sees to it that no running bot is disturbed.
import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { systemClock } from './clock.ts'
import { WorkflowError } from './errors.ts'
import {
  type AuditVerdict,
  type BackupVerdict,
  openStore,
  restoreStore,
  type Store,
  verifyBackup,
} from './store/index.ts'

export interface DataFiles {
  /** Rejects `data.none`, `store.backup_exists`, and what `openStore` rejects: `store.locked` while a bot runs. */
  backup(folder: string): Promise<{ files: number; bytes: number }>
  /** See `restoreStore`. `audit` is the verdict on the log that was restored. */
  restore(folder: string): Promise<{ keptAs: string | null; files: number; audit: AuditVerdict }>
  /** See `verifyBackup`; the data itself is not looked at. */
  verify(folder: string): Promise<BackupVerdict>
  /** The audit log of the data itself. Rejects as `backup` does. */
  verifyAudit(): Promise<AuditVerdict>
}

/** `path` of db.json; `tell` hears what the store has to say about the files. */
export function createDataFiles(path: string, tell: (text: string) => void): DataFiles {
  async function opened<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const names = await readdir(dirname(path)).catch(() => [] as string[])
    const own = names.filter((name) => name.startsWith(basename(path)) && name !== `${basename(path)}.lock`)
    // Opening would begin new data, and a backup of that would look like one of the old.
    if (own.length === 0) {
      throw new WorkflowError('data.none', `There is no data at ${path}.`, {
        hint: 'DATA_FILE says where it is.',
      })
    }
    const store = await openStore({
      path,
      clock: systemClock,
      log: ({ level, message }) => level !== 'info' && tell(message),
      // What is old enough to go is for the bot to say, which knows the workflows.
      retention: { maxPerWorkflow: Number.POSITIVE_INFINITY, maxAgeMs: Number.POSITIVE_INFINITY },
    })
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }

  return {
    backup: (folder) => opened((store) => store.backup(folder)),
    async restore(folder) {
      const { audit } = await verifyBackup(folder)
      return { ...(await restoreStore({ path, clock: systemClock }, folder)), audit }
    },
    verify: (folder) => verifyBackup(folder),
    verifyAudit: () => opened((store) => store.audit.verify()),
  }
}
