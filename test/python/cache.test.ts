// The cache folder: private, checked before it is believed, and never a way to run somebody else's memory.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCache } from '../../src/python/cache.ts'
import { emptyCacheDir, failed, openSandbox, runCode, succeeded } from './sandbox.ts'

const log = () => {}
const fresh = () => join(mkdtempSync(join(tmpdir(), 'workflow-bot-cache-')), 'python')

async function stored(folder: string) {
  const cache = await openCache(folder, log)
  const writer = await cache.writer('a'.repeat(32))
  writer.write(Buffer.from('memory'))
  const snapshot = await writer.finish()
  return { cache, snapshot, path: (snapshot as { path: string }).path, key: 'a'.repeat(32) }
}

test('the folder and its files belong to one user alone', async () => {
  const folder = fresh()
  const { cache, path } = await stored(folder)
  const program = await cache.program('export {}')
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect([statSync(path).mode & 0o777, statSync(program).mode & 0o777]).toEqual([0o600, 0o600])
})

test('a folder that others may enter is closed to them', async () => {
  const folder = fresh()
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  await openCache(folder, log)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('a symbolic link in place of the folder is refused', async () => {
  const folder = fresh()
  symlinkSync(mkdtempSync(join(tmpdir(), 'elsewhere-')), folder)
  await expect(openCache(folder, log)).rejects.toMatchObject({ code: 'python.cache_unsafe' })
})

test('a file in place of the folder falls back to a folder of this process', async () => {
  const folder = fresh()
  writeFileSync(folder, '')
  const cache = await openCache(folder, log)
  expect(cache.folder).not.toBe(folder)
  expect(statSync(cache.folder).mode & 0o777).toBe(0o700)
})

test('a snapshot is found again, with the digest that was written', async () => {
  const { cache, snapshot, key } = await stored(fresh())
  expect(await cache.find(key)).toEqual(snapshot)
  await cache.forget(key)
  expect(await cache.find(key)).toBeNull()
})

test.each([
  [
    'a symbolic link',
    (path: string) => {
      renameSync(path, `${path}.real`)
      symlinkSync(`${path}.real`, path)
    },
  ],
  ['open to writing by others', (path: string) => chmodSync(path, 0o666)],
  ['cut short', (path: string) => writeFileSync(path, 'mem')],
])('a snapshot that is %s is not used', async (_what, spoil) => {
  const { cache, path, key } = await stored(fresh())
  spoil(path)
  expect(await cache.find(key)).toBeNull()
})

test('a program that was changed is written anew', async () => {
  const cache = await openCache(fresh(), log)
  const path = await cache.program('export const a = 1')
  writeFileSync(path, 'export const a = 2')
  expect(await cache.program('export const a = 1')).toBe(path)
  expect(readFileSync(path, 'utf8')).toBe('export const a = 1')
})

test('only a few snapshots stay, and nothing half written', async () => {
  const folder = fresh()
  const cache = await openCache(folder, log)
  for (const digit of '0123456') {
    const writer = await cache.writer(digit.repeat(32))
    writer.write(Buffer.from(digit))
    await writer.finish()
  }
  const abandoned = await cache.writer('f'.repeat(32))
  abandoned.write(Buffer.from('x'))
  await abandoned.abandon()
  const names = readdirSync(folder)
  expect(names.filter((name) => name.endsWith('.bin'))).toHaveLength(4)
  expect(names.filter((name) => name.startsWith('.new'))).toEqual([])
})

test('a poisoned snapshot is never loaded: it is noticed, thrown away and built again', async () => {
  const folder = emptyCacheDir()
  const first = openSandbox({ cacheDir: folder })
  await first.sandbox.ready()
  await first.sandbox.close()
  const name = readdirSync(folder).find((one) => one.endsWith('.bin')) as string
  const bytes = readFileSync(join(folder, name))
  bytes[20_000_000] = (bytes[20_000_000] as number) ^ 1
  writeFileSync(join(folder, name), bytes)

  const second = openSandbox({ cacheDir: folder })
  await second.sandbox.ready()
  expect(succeeded(await runCode(second.sandbox, 'return 1')).output).toBe(1)
  const events = second.events.map((one) => one.event)
  expect(events).toContain('python.snapshot_refused')
  expect(events).toContain('python.snapshot_built')
  await second.sandbox.close()
})

test('an unsafe folder refuses Python and says why, and nothing hangs', async () => {
  const folder = fresh()
  symlinkSync(tmpdir(), folder)
  const { sandbox } = openSandbox({ cacheDir: folder })
  await expect(sandbox.ready()).rejects.toMatchObject({ code: 'python.unavailable' })
  expect(failed(await runCode(sandbox, 'return 1')).error.code).toBe('python.unavailable')
  await sandbox.close()
})
