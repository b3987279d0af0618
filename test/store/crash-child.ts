// The process that the crash test kills: it works on a store as a busy bot does and tells an outside observer (its
// standard output, written at once) each fact that was acknowledged. Arguments: path of db.json, prefix of its ids.
import { writeSync } from 'node:fs'
import { openStore } from '../../src/store/index.ts'
import { ana, report, start, version } from './support-data.ts'

const [path = '', prefix = ''] = process.argv.slice(2)
const tell = (fact: string) => writeSync(1, `${fact}\n`)

const store = await openStore({
  path,
  clock: { now: () => Date.now() },
  log: () => undefined,
  foldBytes: 8000,
})
await store.versions.register('sample', version.hash, version.definition)
await store.records.seed('counters', 'id', [{ id: 'all', total: 0 }])
tell('open')

async function work(worker: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const id = `${prefix}-${worker}-${turn}`
    await store.executions.create(start(id))
    tell(`created ${id}`)
    await store.executions.append(id, { name: 'count', kind: 'step', value: id.repeat(20) })
    tell(`stepped ${id}`)
    await store.records.apply(`${id}/insert`, [
      { kind: 'insert', collection: 'orders', key: id, value: { from: id } },
    ])
    tell(`inserted ${id}`)
    await store.audit.append({
      at: new Date().toISOString(),
      actor: ana,
      action: 'ran',
      subject: id,
      details: {},
    })
    tell(`audited ${id}`)
    // Some executions stay unfinished for ever, as those that wait for people do.
    if (turn % 5 !== 4) {
      await store.executions.finish(id, report(id, { output: 'x'.repeat(3000) }))
      tell(`finished ${id}`)
    }
  }
}

await Promise.all([1, 2, 3, 4].map(work))
