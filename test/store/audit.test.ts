// The audit log: in order, chained, and unforgiving of whoever edits the past.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { open, runThrough, testFolder } from './support.ts'
import { ana } from './support-data.ts'

const fact = (subject: string, details = {}) => ({
  at: '2026-03-02T08:00:00.000Z',
  actor: ana,
  action: 'execution.started',
  subject,
  details,
})

describe('the audit log', () => {
  it('keeps facts in order, chained, over restarts, and lists them newest first', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await Promise.all(['a', 'b', 'c'].map((subject) => store.audit.append(fact(subject))))
    await store.close()
    const again = await open(folder)
    await again.audit.append(fact('d', { __proto__: null, text: 'ü\ud800\n"' }))
    const entries = await again.audit.recent(10)
    expect(entries.map(({ number, subject }) => [number, subject])).toEqual([
      [4, 'd'],
      [3, 'c'],
      [2, 'b'],
      [1, 'a'],
    ])
    expect(entries[0]?.previous).toBe(entries[1]?.hash)
    expect(entries[0]).toMatchObject({ ...fact('d'), details: { text: 'ü\ud800\n"' } })
    expect((await again.audit.recent(2)).map(({ subject }) => subject)).toEqual(['d', 'c'])
    expect(await again.audit.recent(0)).toEqual([])
    expect(await again.audit.verify()).toEqual({ ok: true, entries: 4 })
  })

  it('finds entries however far back they are', async () => {
    const store = await open(testFolder())
    for (const subject of ['a', 'b', 'a', 'c']) await store.audit.append(fact(subject))
    const found = await store.audit.recent(2, ({ subject }) => subject === 'a')
    expect(found.map(({ number }) => number)).toEqual([3, 1])
    expect(await store.audit.recent(1, ({ subject }) => subject === 'a')).toHaveLength(1)
  })

  it('verifies and lists when it is longer than what is read at once', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const subjects = Array.from({ length: 1500 }, (_, index) => `s${index}`)
    await Promise.all(subjects.map((subject) => store.audit.append(fact(subject, { note: 'ü'.repeat(200) }))))
    expect(await store.audit.verify()).toEqual({ ok: true, entries: 1500 })
    expect((await store.audit.recent(2000)).map(({ subject }) => subject)).toEqual([...subjects].reverse())
  })

  const tampering: { what: string; tamper: (lines: string[]) => string[]; line: number }[] = [
    {
      what: 'an entry was changed',
      tamper: (lines) => lines.map((line, index) => (index === 1 ? line.replace('"b"', '"x"') : line)),
      line: 2,
    },
    { what: 'an entry was removed', tamper: (lines) => lines.filter((_, index) => index !== 1), line: 2 },
    { what: 'two entries were exchanged', tamper: ([a = '', b = '', ...rest]) => [b, a, ...rest], line: 1 },
    { what: 'the end was removed', tamper: (lines) => lines.slice(0, 2), line: 3 },
    { what: 'all of it was removed', tamper: () => [], line: 1 },
    {
      what: 'the last entry was changed',
      tamper: (lines) => lines.map((line, index) => (index === 3 ? line.replace('"d"', '"x"') : line)),
      line: 4,
    },
  ]
  it.each(tampering)('does not verify when $what, and says from where on', async ({ tamper, line }) => {
    const folder = testFolder()
    const store = await open(folder)
    for (const subject of ['a', 'b', 'c', 'd']) await store.audit.append(fact(subject))
    await store.close()
    // The anchor in db.json is what remembers an end that is gone.
    const later = await open(folder)
    await runThrough(later, 'x1')
    await later.close()
    const path = join(folder, 'db.audit.jsonl')
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    writeFileSync(
      path,
      tamper(lines)
        .map((text) => `${text}\n`)
        .join(''),
    )
    const again = await open(folder)
    expect(await again.audit.verify()).toMatchObject({ ok: false, line })
    // Nor ever again: what follows does not heal it.
    for (const subject of ['e', 'f', 'g', 'h']) await again.audit.append(fact(subject))
    await runThrough(again, 'x2')
    await again.close()
    expect(await (await open(folder)).audit.verify()).toMatchObject({ ok: false })
  })

  it('drops a line that a crash has cut off, and goes on', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await store.audit.append(fact('a'))
    await store.close()
    const path = join(folder, 'db.audit.jsonl')
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"number":2,"at":"2026`)
    const again = await open(folder)
    await again.audit.append(fact('b'))
    expect((await again.audit.recent(10)).map(({ subject }) => subject)).toEqual(['b', 'a'])
    expect(await again.audit.verify()).toEqual({ ok: true, entries: 2 })
  })

  it('replaces details that are too long by a note', async () => {
    const store = await open(testFolder())
    await store.audit.append(fact('a', { text: 'x'.repeat(20_000) }))
    expect((await store.audit.recent(1))[0]?.details).toEqual({
      cut: expect.stringContaining('20011 characters'),
    })
  })
})
