// Uploaded files: Slack's three steps (ask for an address, send the bytes, complete), kept in memory within limits.
import { randomBytes } from 'node:crypto'
import type { SimulatedFile } from './control.ts'
import { SlackRefusal } from './refusal.ts'

interface StoredFile extends SimulatedFile {
  content: Uint8Array | undefined
  completed: boolean
  user: string
}

const KEPT_FILES = 300
const KEPT_BYTES = 200_000_000
export const FILE_BYTES = 50_000_000

const types: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  json: 'application/json',
  csv: 'text/csv',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  yaml: 'text/yaml',
  yml: 'text/yaml',
  xml: 'application/xml',
}

export class Files {
  private readonly files = new Map<string, StoredFile>()
  private readonly uploads = new Map<string, { id: string; length: number }>()

  /** Answers the file's id and the secret part of the address to which its bytes go. */
  expect(file: { name: string; length: number; alt_text?: string; user: string }): {
    id: string
    ticket: string
  } {
    const id = `F${randomBytes(5).toString('hex').toUpperCase()}`
    const ticket = randomBytes(18).toString('base64url')
    const extension = file.name.split('.').at(-1)?.toLowerCase() ?? ''
    this.files.set(id, {
      id,
      name: file.name,
      title: file.name,
      mimetype: types[extension] ?? 'application/octet-stream',
      url: `/files/${id}/${encodeURIComponent(file.name)}`,
      size: file.length,
      ...(file.alt_text ? { alt_text: file.alt_text } : {}),
      content: undefined,
      completed: false,
      user: file.user,
    })
    this.uploads.set(ticket, { id, length: file.length })
    for (const map of [this.files, this.uploads]) {
      const oldest = map.keys().next()
      if (map.size > KEPT_FILES && !oldest.done) map.delete(oldest.value)
    }
    return { id, ticket }
  }

  /** @throws SlackRefusal with status 404 or 400, as Slack's upload address answers. */
  receive(ticket: string, content: Uint8Array): void {
    const upload = this.uploads.get(ticket)
    const file = upload && this.files.get(upload.id)
    if (!upload || !file) throw new SlackRefusal('file_not_found', {}, { status: 404 })
    if (content.byteLength !== upload.length) throw new SlackRefusal('length_mismatch', {}, { status: 400 })
    this.uploads.delete(ticket)
    file.content = content
    this.forgetOldest()
  }

  /** @throws SlackRefusal `file_not_found` when its bytes never came. */
  complete(id: string, title: string | undefined): SimulatedFile {
    const file = this.files.get(id)
    if (!file?.content) throw new SlackRefusal('file_not_found')
    file.completed = true
    if (title) file.title = title
    return shown(file)
  }

  info(id: string): SimulatedFile | undefined {
    const file = this.files.get(id)
    return file?.completed ? shown(file) : undefined
  }

  content(id: string): { bytes: Uint8Array; mimetype: string } | undefined {
    const file = this.files.get(id)
    return file?.completed && file.content ? { bytes: file.content, mimetype: file.mimetype } : undefined
  }

  /** Drops the oldest contents while all of them together take too much memory. */
  private forgetOldest(): void {
    let total = [...this.files.values()].reduce((sum, f) => sum + (f.content?.byteLength ?? 0), 0)
    for (const [id, file] of this.files) {
      if (total <= KEPT_BYTES) return
      total -= file.content?.byteLength ?? 0
      this.files.delete(id)
    }
  }
}

function shown(file: StoredFile): SimulatedFile {
  const { id, name, title, mimetype, url, size, alt_text } = file
  return { id, name, title, mimetype, url, size, ...(alt_text ? { alt_text } : {}) }
}
