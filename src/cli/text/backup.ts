// Backups as text for the terminal.
import type { DataFiles } from '../../data-files.ts'
import type { BackupAnswer } from '../answers.ts'
import { verdictText } from './audit.ts'
import { line } from './table.ts'

export function backupText({ folder, files, bytes }: BackupAnswer): string {
  return `The backup is complete: ${files} files, ${size(bytes)}, in ${line(folder, 1000)}`
}

export function restoredText(folder: string, restored: Awaited<ReturnType<DataFiles['restore']>>): string {
  const { files, keptAs, audit } = restored
  return [
    `Restored ${files} files from ${line(folder, 1000)}.`,
    keptAs === null ? 'There was no data before.' : `What was there before is kept in ${line(keptAs, 1000)}.`,
    ...(audit.ok ? [] : [`The audit log in it is not whole. ${verdictText(audit)}`]),
    'The bot can be started: npm start',
  ].join('\n')
}

export function verifiedText(folder: string, verdict: Awaited<ReturnType<DataFiles['verify']>>): string {
  const { files, bytes, audit } = verdict
  return [
    `${line(folder, 1000)}: all ${files} files (${size(bytes)}) are as they were written.`,
    verdictText(audit).replace(/^The log/, 'The audit log in it'),
  ].join('\n')
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB']
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`
}
