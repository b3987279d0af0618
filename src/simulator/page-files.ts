// Reads the files of the page from their folder, and from nowhere else. They are read anew each time, so that the page
// can be worked on while the simulator runs.
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('./page/', import.meta.url))

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

/** A file by its path inside the page's folder; undefined for anything else, names with dots or links included. */
export async function pageFile(path: string): Promise<{ content: Uint8Array; type: string } | undefined> {
  const type = types[extname(path)]
  if (!type || !/^[a-z0-9_-]+(\/[a-z0-9_-]+)*(\.[a-z0-9_-]+)+$/i.test(path)) return undefined
  try {
    return { content: await readFile(join(folder, path)), type }
  } catch {
    return undefined
  }
}
