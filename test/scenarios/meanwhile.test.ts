// What the shipped workflows do when somebody else works on the same records at the same moment: a scenario has nobody
// else, so this is where it is shown.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PythonSandbox, RecordWrite } from '../../src/actions/ports.ts'
import type { JsonObject } from '../../src/json.ts'
import { capturingMessenger } from '../../src/scenarios/capture.ts'
import { play } from '../../src/scenarios/play.ts'
import { CopiedRecords } from '../../src/scenarios/records.ts'
import { triggerOf } from '../../src/scenarios/run.ts'
import { subjectOf } from '../bench/mutation/trial.ts'
import { ana } from '../support/workflow.ts'
import { startPython } from './support.ts'

let python: PythonSandbox

beforeAll(async () => {
  python = await startPython()
})

afterAll(() => python?.close())

/** Writes to the records like another execution. */
type SomebodyElse = (write: RecordWrite) => Promise<void>

/** Plays the first scenario of the workflow on its records, with somebody else at work, and every question turned down. */
async function playMeanwhile(
  id: string,
  meanwhile: {
    /** Before the workflow's own changes are written. */
    written?: (writes: SomebodyElse) => Promise<void>
    /** When it asks somebody for a decision. */
    asked?: (writes: SomebodyElse, records: CopiedRecords) => Promise<void>
  },
) {
  const { definition, scenarios } = await subjectOf(id)
  const [first] = scenarios
  if (!first) throw new Error(`${id} has no scenario`)
  const records = new CopiedRecords(first.collections)
  const apply = records.apply.bind(records)
  let others = 0
  const somebodyElse: SomebodyElse = (write) => apply(`somebody else ${++others}`, [write])
  records.apply = async (key, writes) => {
    await meanwhile.written?.(somebodyElse)
    await apply(key, writes)
  }
  const version = { number: 1, hash: 'f'.repeat(64), definition }
  const { report } = await play({
    version,
    python,
    playId: `meanwhile ${id}`,
    records,
    trigger: triggerOf(version, undefined),
    inputs: first.scenario.inputs as JsonObject,
    startedBy: ana,
    startAt: Date.parse('2026-03-02T08:00:00Z'),
    answers: {
      ...first.scenario,
      approvals: {
        'find a lead': [{ decide: 'reject', reason: 'A drill', after: '1m', groups: [], form: {} }],
        'ask two people': [{ decide: 'reject', reason: 'No', after: '1m', groups: [], form: {} }],
      },
    },
    outside: ({ messages }) => {
      const messenger = capturingMessenger(messages)
      return {
        messenger: {
          async post(message, key) {
            if (message.origin?.node === 'find a lead') await meanwhile.asked?.(somebodyElse, records)
            return messenger.post(message, key)
          },
        },
      }
    },
    stopwatch: () => 0,
  })
  return { report, rows: (collection: string) => [...records.all(collection)].map(({ value }) => value) }
}

describe.each([
  { id: 'access-request', node: 'note request', collection: 'access_requests', prefix: 'AR-2026-' },
  { id: 'incident-opener', node: 'open incident', collection: 'incidents', prefix: 'INC-2026-' },
])('a number of the $id', ({ id, node, collection, prefix }) => {
  /** Somebody else takes the next number just before it would be written, so many times. */
  const overtaken = (times: number) => {
    let taken = 0
    return playMeanwhile(id, {
      async written(writes) {
        if (taken >= times) return
        const key = `${prefix}00${++taken}`
        await writes({ kind: 'insert', collection, key, value: { id: key } })
      },
    })
  }

  it('that somebody else takes at the same moment is given up for the next, two times in a row', async () => {
    const { report, rows } = await overtaken(2)
    expect(report.errors).toEqual([])
    expect(rows(collection).map((row) => row.id)).toEqual([`${prefix}001`, `${prefix}002`, `${prefix}003`])
    const taken = report.nodes.find(({ name }) => name === node)
    expect(taken).toMatchObject({ status: 'succeeded', attempts: 3 })
  })

  it('that somebody else takes three times ends the execution, and nothing is half written', async () => {
    const { report, rows } = await overtaken(3)
    expect(report.errors).toMatchObject([{ code: 'records.exists' }])
    expect(rows(collection)).toHaveLength(3)
  })
})

it('a task that somebody finishes before its incident turns out to be none stays done', async () => {
  const { rows } = await playMeanwhile('incident-opener', {
    async asked(writes, records) {
      const [task] = [...records.all('tasks')]
      if (!task) throw new Error('no task was handed out')
      const { key, rev, value } = task
      await writes({ kind: 'update', collection: 'tasks', key, rev, value: { ...value, status: 'done' } })
    },
  })
  expect(rows('tasks').map((task) => task.status)).toEqual(['done', 'cancelled', 'cancelled', 'cancelled'])
})
