// Save as scenario: from a report and from its details, with what is to be said of it, and a button that adds it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SavedScenario } from '../../src/commands/answers.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { MadeScenario } from '../../src/scenarios/index.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { renderScenario } from '../../src/slack/render/scenario.ts'
import { ana, ben, botIn, operations, workspace } from './bot.ts'
import { done, finishedReport } from './fakes.ts'

const saved: SavedScenario = {
  executionId: 'x9',
  workflow: { id: 'reorder-check', name: 'Reorder check' },
  file: 'reorder-check-x9.scenarios.yaml',
  text: 'scenarios:\n  - name: From execution x9\n',
  written: null,
  place: 'workflows/reorder-check/scenarios.yaml',
  addable: 'yes',
  masked: 2,
  records: 'found',
  left: [],
  open: 0,
  tried: { passed: true, differences: [] },
}

const textOf = (more: Partial<SavedScenario> = {}) => JSON.stringify(renderScenario({ ...saved, ...more }))

describe('what is said of a scenario', () => {
  it('is whether it passes, what it starts with, what was masked and where it belongs', () => {
    const text = textOf()
    expect(text).toContain('It passes on the version that ran')
    expect(text).toContain('the records that the execution found')
    expect(text).toContain('2 values were masked; look through it')
    expect(text).toContain('It belongs into `workflows/reorder-check/scenarios.yaml`')
    expect(text).toContain('Add to scenarios.yaml')
  })

  it('is honest where it does not pass, was not tried, or does not hold everything', () => {
    const difference = { at: 'outputs.check.low', expected: '3', actual: '4' }
    expect(textOf({ tried: { passed: false, differences: [difference] } })).toMatch(
      /does not pass.*`outputs\.check\.low` should be `3` and is `4`/,
    )
    expect(textOf({ tried: null })).toContain('It was not tried')
    expect(textOf({ records: 'seed' })).toContain('what the records were then is not known any more')
    expect(textOf({ left: ['inventory', 'orders'] })).toContain('all of `inventory`, `orders`')
    expect(textOf({ open: 1 })).toContain('1 value comes out differently')
    expect(textOf({ masked: 0 })).toContain('Nothing was masked; look through it')
  })

  it('offers to add it only where that can be done', () => {
    expect(textOf({ addable: 'no' })).not.toContain('Add to scenarios.yaml')
    expect(textOf({ addable: 'there' })).toContain(
      'stands in `workflows/reorder-check/scenarios.yaml` already',
    )
    expect(textOf({ addable: 'there' })).not.toContain('Add to scenarios.yaml')
    const written = textOf({ written: saved.place, addable: 'there' })
    expect(written).toContain('It stands in `workflows/reorder-check/scenarios.yaml` now')
    expect(written).toContain('/workflow test reorder-check')
  })

  it('warns before it adds what does not pass', () => {
    const difference = { at: 'status', expected: 'succeeded', actual: 'failed' }
    const text = textOf({ tried: { passed: false, differences: [difference] } })
    expect(text).toContain('It does not pass: until somebody corrects it, no version does.')
    expect(text).not.toContain('"primary"')
    expect(textOf()).toContain('"primary"')
    expect(textOf()).not.toContain('until somebody corrects it')
  })

  it('takes no markup from names, values and places', () => {
    const evil = '*_`<!channel> <https://evil.test|here>\n> `'
    const { blocks } = renderScenario({
      ...saved,
      workflow: { id: evil, name: evil },
      place: evil,
      left: [evil],
      tried: { passed: false, differences: [{ at: evil, expected: evil, actual: evil.repeat(500) }] },
    })
    const texts = blocks.flatMap((block) => (block.type === 'section' ? (block.text?.text ?? '') : []))
    expect(texts.join('\n')).not.toMatch(/<!channel>|<https:/)
    // What is in `code` stays in it; the name is not in any.
    expect(texts.join('\n').match(/`/g)?.length).toBe(2 * 5 + 2)
  })
})

describe('in Slack', () => {
  let simulator: Simulator
  let bot: ReturnType<typeof botIn>
  let made: number
  /** Names of the scenarios that stand in the file. */
  let kept: unknown[]
  /** Scenarios are made when a test lets them. */
  let gate: Promise<void>

  beforeEach(async () => {
    simulator = await workspace()
    bot = botIn(simulator)
    made = 0
    kept = []
    gate = Promise.resolve()
    const { executionId, workflow: _, file: _file, written: _written, place, addable: _a, ...facts } = saved
    bot.services.saving = {
      async make(): Promise<MadeScenario> {
        made += 1
        await gate
        return { ...facts, scenario: { name: `From execution ${executionId}` } }
      },
      place: async (_id, { name }) => ({ file: place, addable: kept.includes(name) ? 'there' : 'yes' }),
    }
    bot.services.tests = {
      ...bot.services.tests,
      async keep(_id, { name }) {
        if (kept.includes(name)) throw new WorkflowError('scenario.duplicate', 'It is in the file already.')
        kept.push(name)
        return place
      },
    }
    await bot.app.start()
  })
  afterEach(async () => {
    await bot.app.stop()
    expect(simulator.control.problems()).toEqual([])
    await simulator.close()
  })

  const see = (user = ana, thread?: string, channel = operations) =>
    simulator.control.messages({ channel, user, ...(thread ? { thread_ts: thread } : {}) })
  const press = (ts: string, action_id: string, user = ana, channel = operations) =>
    simulator.control.action({ user, in: { channel, ts }, action_id })
  const direct = (user = ana) =>
    simulator.control.state(user).channels.find((channel) => channel.kind === 'im')?.id ?? ''
  const seen = (look: RegExp, where: () => ReturnType<typeof see>) =>
    simulator.control.until(() => where().findLast((message) => look.test(JSON.stringify(message))))

  async function reportMessage(more: Parameters<typeof finishedReport>[2] = {}): Promise<string> {
    bot.engine.show(finishedReport('x9', [done('check stock')], more))
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow report x9' })
    return (await seen(/is done/, see)).ts
  }
  const contentOf = ({ files }: ReturnType<typeof see>[number]) =>
    new TextDecoder().decode(simulator.control.file(files?.[0]?.id ?? ''))

  it('the button of a report puts it into the thread: what is to be said of it, and the file', async () => {
    const ts = await reportMessage()
    await press(ts, 'save_scenario:x9', ben)
    const thread = () => see(ana, ts)
    const card = await seen(/A scenario from an execution/, thread)
    expect(JSON.stringify(card.blocks)).not.toContain('rich_text')
    const file = await simulator.control.until(() => thread().find((one) => (one.files?.length ?? 0) > 0))
    expect(file.files?.[0]?.name).toBe('reorder-check-x9.scenarios.yaml')
    expect(contentOf(file)).toBe(saved.text)
  })

  it('so does the one in the details', async () => {
    const ts = await reportMessage()
    await press(ts, 'open_execution:x9')
    const [modal] = await simulator.control.until(() => {
      const { modals } = simulator.control.views(ana)
      return modals.length > 0 && modals
    })
    const inModal = { view_id: modal?.id ?? '' }
    expect(JSON.stringify(modal?.view.blocks).split('Save as scenario')).toHaveLength(2)
    await simulator.control.action({ user: ana, in: inModal, action_id: 'save_scenario:x9' })
    await simulator.control.until(() => see(ben, ts).some((one) => (one.files?.length ?? 0) > 0))
  })

  it('two clicks at once make it once', async () => {
    let open = () => {}
    gate = new Promise<void>((resolve) => (open = resolve))
    const ts = await reportMessage()
    await press(ts, 'save_scenario:x9')
    await simulator.control.until(() => made === 1)
    await press(ts, 'save_scenario:x9')
    open()
    await simulator.control.until(() => see(ana, ts).some((one) => (one.files?.length ?? 0) > 0))
    await bot.app.stop()
    expect(made).toBe(1)
    expect(see(ana, ts).filter((one) => one.text.includes('A scenario from'))).toHaveLength(1)
  })

  it('of a workflow that keeps its values back goes to the one who asked alone, and can be added there', async () => {
    const workflow = bot.services.catalog.get('reorder-check')
    if (workflow?.version) workflow.version.definition.settings.redact = true
    const ts = await reportMessage({ redact: true })
    await press(ts, 'save_scenario:x9')
    const card = await simulator.control.until(() =>
      see(ana, undefined, direct()).find((one) => one.text.includes('A scenario from')),
    )
    await simulator.control.until(() =>
      see(ana, card.ts, direct()).some((one) => (one.files?.length ?? 0) > 0),
    )
    expect(see(ben, ts).filter((one) => one.ts !== ts)).toEqual([])
    await press(card.ts, 'add_scenario:x9', ana, direct())
    await seen(/Added by/, () => see(ana, undefined, direct()))
  })

  it('Add writes it, and who did stands where the button was; whoever comes later is told privately', async () => {
    const ts = await reportMessage()
    await press(ts, 'save_scenario:x9')
    const card = await seen(/Add to scenarios/, () => see(ana, ts))
    await simulator.control.until(() => see(ana, ts).some((one) => (one.files?.length ?? 0) > 0))
    await Promise.all([press(card.ts, 'add_scenario:x9', ana), press(card.ts, 'add_scenario:x9', ben)])
    const settled = await seen(/Added by/, () => see(ana, ts))
    expect(JSON.stringify(settled.blocks)).not.toContain('add_scenario')
    expect(kept).toEqual(['From execution x9'])
    await press(ts, 'save_scenario:x9')
    const again = await seen(/stands in .* already/, () => see(ana, ts))
    expect(JSON.stringify(again.blocks)).not.toContain('add_scenario')
  })

  it('typed, it comes with its text, and can be added from an answer that one person sees', async () => {
    const workflow = bot.services.catalog.get('reorder-check')
    if (workflow?.version) workflow.version.definition.settings.redact = true
    bot.engine.show(finishedReport('x9', [done('check stock')], { redact: true }))
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow save x9' })
    const answer = await seen(/From execution x9/, see)
    expect(answer.ephemeral_for).toBe(ana)
    await press(answer.ts, 'add_scenario:x9')
    expect((await seen(/stands in .* now/, see)).ephemeral_for).toBe(ana)
    expect(JSON.stringify(see(ben))).not.toContain('From execution x9')
  })
})
