// `lock` and `unlock`: refuses starts of a workflow for a while, and ends that.
import { commands } from '../../commands/index.ts'
import type { Locked, Unlocked } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { line, time } from '../text/table.ts'

const path = (workflowId = '') => `/api/workflows/${encodeURIComponent(workflowId)}/lock`

export const lock: CliCommand = {
  name: commands.lock.name,
  summary: commands.lock.summary,
  usage: commands.lock.usage,
  examples: ['lock reorder-check', 'lock reorder-check 2h stocktake'],
  async run([id, ...rest], _values, { client }) {
    expectWords(id === undefined ? [] : [id], 1, 1, commands.lock.usage)
    // As in Slack: a word that begins like a duration is one, so that a slip in it is no reason.
    const [first = ''] = rest
    const timed = /^\d/.test(first)
    const reason = (timed ? rest.slice(1) : rest).join(' ')
    const answer = await client().put<Locked>(path(id), {
      ...(timed ? { duration: first } : {}),
      ...(reason === '' ? {} : { reason }),
    })
    const { workflowId, until } = answer.lock
    const why = answer.lock.reason === '' ? '' : `: ${line(answer.lock.reason, 300)}`
    return { json: answer, text: `${workflowId} is locked until ${time(until)}${why}`, ok: true }
  },
}

export const unlock: CliCommand = {
  name: commands.unlock.name,
  summary: commands.unlock.summary,
  usage: commands.unlock.usage,
  examples: ['unlock reorder-check'],
  async run(words, _values, { client }) {
    expectWords(words, 1, 1, commands.unlock.usage)
    const answer = await client().delete<Unlocked>(path(words[0]))
    const { workflowId, by } = answer.lock
    return {
      json: answer,
      text: `${workflowId} can be run again; ${line(by.name, 60)} had locked it.`,
      ok: true,
    }
  },
}
