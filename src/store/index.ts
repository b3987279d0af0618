// The store: where definitions, executions and records live. The only module that knows lowdb.
export type { AuditEntry, AuditFact, AuditLog, AuditVerdict } from './audit.ts'
export { type BackupVerdict, restoreStore, verifyBackup } from './backup.ts'
export type { HistoryCaps } from './caps.ts'
export type { LinkStore } from './links.ts'
export { openStore, type Store, type StoreOptions } from './open.ts'
export { tellingOfRefusals } from './refusals.ts'
export { ownRetention, type Retention } from './retention.ts'
export type { VersionStore, VersionSummary } from './versions.ts'

export interface StoreEvent {
  level: 'info' | 'warn' | 'error'
  /** Dotted and stable: `store.set_aside`, `store.recovered`, `store.journal_cut`, `store.fold_failed`, … */
  event: string
  message: string
  /** ISO 8601, where the time is not that of logging. */
  at?: string
}

/** The store prints nothing; what people who run the bot should know goes here. */
export type StoreLog = (event: StoreEvent) => void
