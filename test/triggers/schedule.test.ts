// What is wrong with a schedule is said when its file is loaded, at its place.
import { expect, it } from 'vitest'
import { z } from 'zod'
import { loadWorkflows } from '../../src/definition/load.ts'
import { manual } from '../../src/triggers/manual.ts'
import { schedule } from '../../src/triggers/schedule.ts'
import { workflowsOf } from '../definition/support.ts'

const work = { type: 'work', role: 'action' as const, summary: 'Works', fields: z.strictObject({}) }

async function load(fields: string, inputs = '') {
  const yaml = `metadata:
  id: sample
  name: Sample
nodes:
  - name: start
    type: manual
${inputs}
  - name: mornings
    type: schedule
${fields}
  - name: work
    type: work
edges:
  - { from: start, to: work }
  - { from: mornings, to: work }
`
  const dir = await workflowsOf({ 'sample/workflow.yaml': yaml })
  const { workflows } = await loadWorkflows(dir, [manual, schedule, work])
  return workflows[0]
}

const faults = async (fields: string, inputs?: string) =>
  (await load(fields, inputs))?.faults.map(({ code, field, message, hint }) => ({
    code,
    field,
    message,
    hint,
  }))

it('a schedule needs a pattern alone; it is in UTC then, and lets missed times go', async () => {
  const loaded = await load('    cron: "0 7 * * 1-5"')
  expect(loaded?.faults).toEqual([])
  expect(loaded?.good?.definition.nodes[1]).toEqual({
    name: 'mornings',
    type: 'schedule',
    cron: '0 7 * * 1-5',
    timezone: 'UTC',
    inputs: {},
    catch_up: 'skip',
  })
})

it('a pattern that cannot be, and a time zone that nobody knows, are faults with the nearest right word', async () => {
  expect(await faults('    cron: "0 25 * * *"')).toMatchObject([
    { code: 'workflow.schedule_cron', field: 'nodes[1].cron' },
  ])
  expect(await faults('    cron: "0 7 * * *"\n    timezone: Europe/Berln')).toEqual([
    {
      code: 'workflow.schedule_timezone',
      field: 'nodes[1].timezone',
      message: 'There is no time zone "Europe/Berln".',
      hint: 'did you mean "Europe/Berlin"?',
    },
  ])
})

it('inputs must fit what the manual trigger asks for, as far as that is known before the start', async () => {
  const declared = `    inputs:
      limit: { type: integer, required: true, max: 10 }
      place: { type: record, collection: places }
`
  const cron = '    cron: "0 7 * * *"\n'
  expect(await faults(cron, declared)).toMatchObject([
    { code: 'workflow.schedule_inputs', message: 'The clock cannot start it: "limit" is needed.' },
  ])
  expect(await faults(`${cron}    inputs: { limit: 11, plase: x }`, declared)).toMatchObject([
    { field: 'nodes[1].inputs.limit', message: 'The clock cannot start it: "limit" must be at most 10.' },
    { message: expect.stringContaining('Did you mean "place"?') },
  ])
  expect(await faults(`${cron}    inputs: { limit: 10, place: any }`, declared)).toEqual([])
})
