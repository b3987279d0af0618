// Reads a file that stands beside a workflow (Python, seeds) and nothing else: no path or link leads out of its folder.
import { readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, normalize, relative, resolve, sep } from 'node:path'
import type { ErrorInfo } from '../errors.ts'

export const maxFileBytes = 1024 * 1024

export type FileText = { ok: true; text: string } | { ok: false; problem: ErrorInfo }

/**
 * The text of a file named in a workflow, relative to the workflow's folder. Problems: `workflow.file_outside`,
 * `.file_missing`, `.file_unreadable`, `.file_too_large`, `.file_not_utf8`.
 */
export async function readBeside(folder: string, name: string): Promise<FileText> {
  const plain = normalize(name.replaceAll('\\', '/'))
  if (
    name.trim() === '' ||
    isAbsolute(plain) ||
    plain === '..' ||
    plain.startsWith(`..${sep}`) ||
    name.includes('\0')
  ) {
    return outside(name)
  }
  try {
    const home = await realpath(folder)
    const target = await realpath(resolve(home, plain))
    const inside = relative(home, target)
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      return outside(name)
    return await readText(target, name)
  } catch (thrown) {
    return unreadable(thrown, name, folder)
  }
}

/** The text of a file by its real path; the problems are those of `readBeside`. */
export async function readText(path: string, name: string): Promise<FileText> {
  try {
    const info = await stat(path)
    if (!info.isFile()) {
      return problem(
        'workflow.file_unreadable',
        `"${name}" is not a file.`,
        'name a file beside the workflow',
      )
    }
    if (info.size > maxFileBytes) {
      return problem(
        'workflow.file_too_large',
        `"${name}" has ${info.size} bytes; ${maxFileBytes} are allowed.`,
        'split it, or load large data in another way',
      )
    }
    const bytes = await readFile(path)
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (thrown) {
    if (thrown instanceof TypeError) {
      return problem('workflow.file_not_utf8', `"${name}" is not UTF-8 text.`, 'save it as UTF-8')
    }
    return unreadable(thrown, name, join(path, '..'))
  }
}

function unreadable(thrown: unknown, name: string, folder: string): FileText {
  const code = (thrown as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return problem(
      'workflow.file_missing',
      `there is no file "${name}" beside the workflow.`,
      `put it into ${folder.split(sep).at(-1)}/, or correct its name`,
    )
  }
  if (code === undefined) throw thrown
  return problem(
    'workflow.file_unreadable',
    `"${name}" cannot be read (${code}).`,
    'check the permissions of the file',
  )
}

function outside(name: string): FileText {
  return problem(
    'workflow.file_outside',
    `"${name}" is not inside the folder of the workflow.`,
    'name a file beside the workflow, without ".." and links that lead out',
  )
}

function problem(code: string, message: string, hint: string): FileText {
  return { ok: false, problem: { code, message, hint } }
}
