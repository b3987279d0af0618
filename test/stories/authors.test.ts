import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { buttonsOf, type Office, openOffice, operations, storySandbox, textOf } from './office.ts'

let python: PythonSandbox
let office: Office

beforeAll(async () => {
  python = storySandbox()
  await python.ready()
  office = await openOffice(python)
})
afterAll(async () => {
  await office.close()
  await python.close()
})

const code = (id: string, python: string, more = '') => `metadata:
  id: ${id}
  name: ${id} workflow
nodes:
  - name: start
    type: manual
  - name: work
    type: code
${more}    code: |
${python.replace(/^/gm, '      ')}
edges:
  - {from: start, to: work}
`

describe('the engineer who writes workflows', () => {
  test('sees the exception, the line of the file and the source line, and what was printed', async () => {
    await office.writeWorkflow(
      'broken-sum',
      code('broken-sum', 'items = [1, 2, "three"]\nprint("adding")\nreturn sum(items)'),
    )
    await office.ana.types('/workflow run broken-sum')
    const report = textOf(await office.ana.sees(/broken-sum workflow.*failed/is))
    expect(report).toContain('TypeError')
    expect(report).toMatch(/workflows\/broken-sum\/workflow\.yaml`, line 12/)
    expect(report).toContain('return sum(items)')
    expect(report).not.toMatch(/pyodide|node_modules|\.ts:\d/)
  })

  test('sees a syntax error when the file is loaded, with its line, and cannot run it', async () => {
    await office.writeWorkflow('typo', code('typo', 'x = 1\nif x = 2:\n    pass'))
    await office.ana.types('/workflow run typo')
    const answer = await office.ana.sees(/typo.*cannot run/s)
    expect(textOf(answer)).toMatch(/workflows\/typo\/workflow\.yaml:11/)
  })

  test('runs a node for each entry of a list, with item and index in the code', async () => {
    const more = '    for_each: {items: "[4, 2, 3]", at_once: 2}\n'
    await office.writeWorkflow('each', code('each', 'return {"index": index, "double": item * 2}', more))
    await office.ana.types('/workflow run each')
    await office.ana.sees(/each workflow.* is done/s)
    const { body } = await office.api('/api/executions?workflow=each')
    const { executions } = body as { executions: { id: string }[] }
    const report = await office.api(`/api/executions/${executions[0]?.id}`)
    expect(report.body).toMatchObject({
      nodes: [
        {},
        {
          output: [
            { index: 0, double: 8 },
            { index: 1, double: 4 },
            { index: 2, double: 6 },
          ],
        },
      ],
    })
  })

  test('limits all code nodes of a workflow at once', async () => {
    const yaml = code('limited', 'for n in range(10): records.count("x")')
    await office.writeWorkflow('limited', `${yaml}settings: {limits: {calls: 3}}\n`)
    await office.ana.types('/workflow run limited')
    expect(textOf(await office.ana.sees(/limited workflow.*failed/is))).toMatch(/line 10/)
  })

  test('sees at once which value is not JSON', async () => {
    await office.writeWorkflow('odd-value', code('odd-value', 'return {"items": [1, {"when": lambda: 1}]}'))
    await office.ana.types('/workflow run odd-value')
    expect(textOf(await office.ana.sees(/odd-value workflow.*failed/is))).toContain('output.items[1].when')
  })

  test('edits a file while the bot runs, and the next run is the new version', async () => {
    await office.writeWorkflow('greeting', code('greeting', 'return "one"'))
    await office.writeWorkflow('greeting', code('greeting', 'return "two"'))
    const { body } = await office.api('/api/workflows/greeting')
    expect(body).toMatchObject({ version: { number: 2 } })
  })

  test('a broken edit leaves the last good version in service, and the list says so with file and line', async () => {
    await office.writeWorkflow('greeting', code('greeting', 'return "three"').replace('to: work', 'to: wrok'))
    await office.ana.types('/workflow list')
    const list = textOf(await office.ana.sees(/greeting workflow/))
    expect(list).toContain('wrok')
    expect(list).toMatch(/workflow\.yaml:\d+/)
    await office.ana.types('/workflow run greeting')
    expect(textOf(await office.ana.sees(/greeting workflow.* is done/s))).toContain('version 2')
  })

  test('a runaway loop is stopped in time, and the next run meets a clean interpreter', async () => {
    await office.writeWorkflow(
      'runaway',
      code('runaway', 'import json\njson.marker = 1\nwhile True:\n    pass', '    limits: {time: 1s}\n'),
    )
    await office.ana.types('/workflow run runaway')
    expect(textOf(await office.ana.sees(/runaway workflow.*failed/is))).toMatch(/workflow\.yaml`, line 1[34]/)
    await office.writeWorkflow('after', code('after', 'import json\nreturn hasattr(json, "marker")'))
    await office.ana.types('/workflow run after')
    await office.ana.sees(/after workflow.* is done/s)
    const { body } = await office.api('/api/executions?workflow=after')
    const { executions } = body as { executions: { id: string }[] }
    const report = await office.api(`/api/executions/${executions[0]?.id}`)
    expect(report.body).toMatchObject({ nodes: [{}, { output: false }] })
  })
})

describe('the operations person', () => {
  test('gets the nearest command for a typing error, privately', async () => {
    await office.ben.types('/workflow lst')
    const answer = await office.ben.sees(/list/)
    expect(answer.ephemeral_for).toBe(office.ben.id)
  })

  test('gets the nearest workflow for a typing error', async () => {
    await office.ben.types('/workflow run greting')
    expect(textOf(await office.ben.sees(/greting/))).toContain('greeting')
  })

  test('two clicks at the same moment, each delivered twice, start one execution', async () => {
    await office.writeWorkflow('slow', code('slow', 'import time\ntime.sleep(0.3)\nreturn 1'))
    await office.ana.types('/workflow show slow')
    const card = await office.ana.sees(/slow workflow/)
    const run = buttonsOf(card).find((button) => /^Run/.test(button.text?.text ?? ''))?.text?.text as string
    await Promise.all([office.ana.presses(run, card, 2), office.ben.presses(run, card, 2)])
    await office.ana.sees(/slow workflow.* is done/s)
    const { body } = await office.api('/api/executions?workflow=slow')
    expect((body as { executions: unknown[] }).executions).toHaveLength(1)
  })

  test('finishes a task with its Done button, and the record says who did', async () => {
    await office.writeWorkflow(
      'follow-up',
      code(
        'follow-up',
        'import datetime\ntasks.create("Call <the> supplier", assignee="@ben", due=datetime.date(2026, 3, 5), channel="#operations")',
      ),
    )
    await office.ana.types('/workflow run follow-up')
    const task = await office.ben.sees(/Call &lt;the&gt; supplier|Call <the> supplier/)
    await office.ben.presses('Done', task)
    await office.simulator.control.until(
      () => buttonsOf(office.ben.messages(/supplier/)[0] ?? task).length === 0,
    )
    const [record] = [...office.bot.services.records.all('tasks')]
    expect(record?.value).toMatchObject({ status: 'done', assignee: '@ben', due: '2026-03-05' })
  })

  test('hostile content neither mentions a channel nor breaks the message', async () => {
    await office.writeWorkflow(
      'hostile',
      code(
        'hostile',
        'text = "<!channel> ``` \\u202e <@U0BENOKAFO> " * 400\nprint(text)\nnotify("#operations", "hostile says " + text[:2000])\nreturn {"text": text * 10}',
      ),
    )
    await office.ana.types('/workflow run hostile')
    await office.ana.sees(/hostile workflow.* is done/s)
    const said = JSON.stringify(office.ana.messages(/hostile/, operations))
    expect(said).not.toContain('<!channel>')
    expect(office.simulator.control.problems()).toEqual([])
  })

  test('a message that was in progress at a restart is brought up to date, and posted only once', async () => {
    await office.writeWorkflow(
      'long',
      code('long', 'import time\ntime.sleep(1.5)\nreturn 1', '    limits: {time: 20s}\n'),
    )
    await office.ana.types('/workflow run long')
    await office.ana.sees(/long workflow/)
    await office.restart()
    await office.ana.sees(/long workflow.* is done/s)
    expect(office.ana.messages(/long workflow/)).toHaveLength(1)
  })
})
