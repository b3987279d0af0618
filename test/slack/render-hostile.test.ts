// Whatever stands in a report, a workflow or a message: what we send is accepted, wakes nobody up and says what it cut.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detailTabs, renderDetails } from '../../src/slack/render/details.ts'
import { renderError } from '../../src/slack/render/error.ts'
import { renderHistory } from '../../src/slack/render/history.ts'
import {
  type HomeContent,
  homeLists,
  newHomeState,
  renderClosedHome,
  renderHome,
  showMore,
} from '../../src/slack/render/home.ts'
import type { Message } from '../../src/slack/render/limits.ts'
import { renderNotification } from '../../src/slack/render/notification.ts'
import { renderProgress } from '../../src/slack/render/progress.ts'
import { renderReport } from '../../src/slack/render/report.ts'
import { renderWorkflow } from '../../src/slack/render/workflow.ts'
import { renderWorkflows } from '../../src/slack/render/workflows.ts'
import { judge, judged, messageFaults, viewFaults } from './acceptance.ts'
import { entry } from './fakes.ts'
import * as hostile from './hostile.ts'
import { lock, question } from './hostile-answers.ts'
import { waitingVersion } from './hostile-trials.ts'

const now = Date.parse('2026-03-02T10:00:00Z')
const runs = { numRuns: 150 }

const messages: { [what: string]: fc.Arbitrary<Message> } = {
  'the report': hostile.report.map((report) => renderReport(report)),
  'the report without its values': hostile.report.map((report) => renderReport(report, { hidden: true })),
  'the progress of an execution': hostile.report.map((report) => renderProgress(report)),
  'the list of workflows': fc
    .record({
      workflows: hostile.summaries,
      broken: fc.array(fc.record({ file: hostile.text, faults: fc.array(hostile.fault, { maxLength: 3 }) }), {
        maxLength: 8,
      }),
      search: hostile.text,
    })
    .map((result) => renderWorkflows({ kind: 'workflows', ...result }, now)),
  'a workflow in detail': fc
    .record({
      name: hostile.text,
      description: hostile.text,
      steps: fc.array(fc.record({ name: hostile.text, type: hostile.text, description: hostile.text }), {
        maxLength: 60,
      }),
      when: hostile.text,
      faults: fc.array(hostile.fault, { maxLength: 12 }),
      last: fc.option(hostile.historyItem, { nil: undefined }),
    })
    .map(({ name, description, steps, when, faults, last }) => {
      const one = entry('w', name, { faults })
      const definition = one.version?.definition
      if (definition) {
        definition.metadata = { id: 'w', name: name || 'w', description, tags: [name], owner: name }
        definition.nodes = steps
        definition.edges = steps.flatMap(({ name: from }, index) => [
          { from, to: steps[index + 1]?.name ?? from, on: 'success', when },
          { from, to: from, on: 'failure' },
        ])
      }
      const standing = { active: null, draft: null }
      return renderWorkflow(
        { kind: 'workflow', entry: one, last, deactivation: null, testing: false, standing },
        now,
      )
    }),
  'the history': fc
    .array(hostile.historyItem, { maxLength: 40 })
    .map((items) => renderHistory({ kind: 'history', items }, now)),
  'a notification': hostile.outgoing.map((message) => renderNotification(message)),
  // It is private: a group that its hint names hears nothing of it.
  'an error': fc
    .record({ code: hostile.text, message: hostile.text, hint: hostile.text })
    .map((error) => JSON.parse(JSON.stringify(renderError(error)).replace(/<!subteam\^S\w+>/g, '@group'))),
}

const views = {
  'the details of an execution': fc
    .record({ report: hostile.report, tab: fc.constantFrom(...detailTabs), hidden: fc.boolean() })
    .map(({ report, tab, hidden }) => renderDetails(report, { channel: 'C1', ts: '1.2', tab }, { hidden })),
  'the home tab': fc
    .record({
      workflows: hostile.summaries.map((all) => all.map((one, n) => ({ ...one, favourite: n % 3 === 0 }))),
      total: fc.nat(120),
      pending: fc.array(question, { maxLength: 12 }),
      versions: fc.array(waitingVersion, { maxLength: 9 }),
      running: fc.array(hostile.report, { maxLength: 9 }),
      recent: fc.array(hostile.historyItem, { maxLength: 20 }),
      failing: fc.array(hostile.historyItem, { maxLength: 20 }),
      locks: fc.array(lock, { maxLength: 12 }),
      upcoming: fc.array(fc.record({ name: hostile.text, at: hostile.time }), { maxLength: 12 }),
      search: hostile.text.map((words) => words.slice(0, 100)),
      clicks: fc.array(fc.constantFrom(...homeLists), { maxLength: 12 }),
    })
    .map(({ search, clicks, ...content }) => {
      const state = clicks.reduce(showMore, { ...newHomeState(), search })
      return renderHome(content as unknown as HomeContent, state, now)
    }),
  'the home tab of a stranger': fc
    .record({ code: hostile.text, message: hostile.text, hint: hostile.text })
    .map(renderClosedHome),
}

describe('whatever people, data and Python come up with', () => {
  it('the generated reports are real reports', () => {
    fc.assert(
      fc.property(hostile.report, (report) => hostile.isReport(report)),
      { numRuns: 40 },
    )
  })

  for (const [what, arbitrary] of Object.entries(messages)) {
    it(`${what} is a message that Slack accepts`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          expect(messageFaults(message)).toEqual([])
        }),
        runs,
      )
    })
  }

  for (const [what, arbitrary] of Object.entries(views)) {
    it(`${what} is a view that Slack accepts`, () => {
      fc.assert(
        fc.property(arbitrary as fc.Arbitrary<{ type: string; blocks: unknown[] }>, (view) => {
          expect(viewFaults(view)).toEqual([])
        }),
        { numRuns: 80 },
      )
    })
  }

  it.skipIf(!judge)(
    'an independent judge finds nothing either (skipped where none is kept beside the project)',
    () => {
      const samples = Object.values({ ...messages, ...views }).flatMap((arbitrary) =>
        fc.sample(arbitrary as fc.Arbitrary<unknown>, { numRuns: 25, seed: 7 }),
      )
      expect(judged(samples)).toBe('')
    },
  )
})
