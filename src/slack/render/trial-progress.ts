// How far a test or a replay is, while it runs: a bar, the figures, and what was found so far.
import type { CommandContext } from '../../commands/types.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, type Message } from './limits.ts'
import { note } from './notes.ts'
import { count } from './words.ts'

type Progress = Parameters<NonNullable<CommandContext['progress']>>[0]

/** What is under way: the workflow by its name. */
export interface Trial {
  kind: 'test' | 'replay'
  name: string
}

const barWidth = 16

export function renderTrialProgress({ kind, name }: Trial, progress: Progress): Message {
  const { done, total } = progress
  const what = kind === 'test' ? count(total, 'scenario') : count(total, 'execution')
  const found = 'failed' in progress ? failedWords(progress.failed) : differentWords(progress.different)
  const verb = kind === 'test' ? 'Testing' : 'Replaying'
  const words = `${verb} *${escapeLine(clamp(name, 100))}*: ${done} of ${what} done${found}`
  const { blocks } = note(`:hourglass_flowing_sand: ${words}\n${bar(done, total)}`)
  return { text: `:hourglass_flowing_sand: ${words.replace(/\*/g, '')}`, blocks }
}

function bar(done: number, total: number): string {
  const filled = total > 0 ? Math.round((Math.min(done, total) / total) * barWidth) : 0
  return '\u2588'.repeat(filled) + '\u2591'.repeat(barWidth - filled)
}

/** Before it is known how far it is: others may be before it. `alone`: the answer comes to one person alone. */
export function renderTrialBegun({ kind, name }: Trial, { alone }: { alone: boolean }): Message {
  const verb = kind === 'test' ? 'Testing' : 'Replaying'
  const rest = alone ? '. The result comes to you alone.' : ' as soon as it is its turn.'
  return note(`:hourglass_flowing_sand: ${verb} ${code(clamp(name, 100))}${rest}`)
}

export function renderTrialGivenUp({ kind, name }: Trial): Message {
  return note(
    `:x: The ${kind} of *${escapeLine(clamp(name, 100))}* did not come to its end. Why is told to the one who asked.`,
  )
}

const failedWords = (n: number) => (n > 0 ? `, ${n} ${n === 1 ? 'does' : 'do'} not pass` : '')
const differentWords = (n: number) => (n > 0 ? `, ${n} ${n === 1 ? 'differs' : 'differ'}` : '')
