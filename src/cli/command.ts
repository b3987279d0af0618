// What a command of the terminal is: words and options in, a JSON answer and its text for people out.
import type { parseArgs } from 'node:util'
import type { DataFiles } from '../data-files.ts'
import type { Fault } from '../definition/fault.ts'
import { WorkflowError } from '../errors.ts'
import type { TestReport } from '../scenarios/index.ts'
import type { ApiClient } from './client.ts'

export interface CliContext {
  /** Talks to the running bot; throws a `config.…` error when the settings are wrong. */
  client(): ApiClient
  /** Loads the workflows of a folder (the configured one, when left out) without a running bot. */
  validate(dir: string | undefined): Promise<Validation>
  /** Tests a workflow from its files, without a running bot. */
  test(workflowId: string): Promise<TestReport>
  /** Writes a file; the path is taken as people type it. */
  write(path: string, text: string): Promise<void>
  /** The data of a bot that does not run; throws a `config.…` error when the settings are wrong. */
  data(): DataFiles
  /** The path that people mean, seen from where they are. */
  absolute(path: string): string
  /** Tells the person something on the way; it is no part of the answer. */
  tell(text: string): void
}

export interface Validation {
  /** Ids of the workflows without a fault. */
  valid: string[]
  faults: Fault[]
}

export interface CliAnswer {
  /** What `--json` prints. */
  json: unknown
  text: string
  /** False ends the process with status 1: a failed execution, a faulty file. */
  ok: boolean
}

export type CliOptions = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>
export type CliValues = { [option: string]: string | boolean | (string | boolean)[] | undefined }

export interface CliCommand {
  name: string
  summary: string
  usage: string
  examples: string[]
  options?: CliOptions
  run(words: string[], values: CliValues, context: CliContext): Promise<CliAnswer>
}

/** Throws `cli.usage` unless there are as many words as the command takes. */
export function expectWords(words: string[], min: number, max: number, usage: string): void {
  if (words.length >= min && words.length <= max) return
  const message = words.length < min ? 'Something is missing.' : `"${words[max]}" is one word too many.`
  throw new WorkflowError('cli.usage', message, { hint: `Usage: ${usage}` })
}

/** Words of the form `name=value`, and the others, in their order. Values stay texts. */
export function splitPairs(words: string[]): { pairs: { [name: string]: string }; plain: string[] } {
  const pairs: [string, string][] = []
  const plain: string[] = []
  for (const word of words) {
    const at = word.search(/(?<=^[\p{L}_][\p{L}\p{N}_.-]*)=/u)
    if (at > 0) pairs.push([word.slice(0, at), word.slice(at + 1)])
    else plain.push(word)
  }
  return { pairs: Object.fromEntries(pairs), plain }
}

/**
 * As `splitPairs`, for commands that take only these names: as hints and people in Slack write them, beside options of the
 * same names. Throws `cli.usage` for others.
 */
export function takePairs(words: string[], names: string[], usage: string): ReturnType<typeof splitPairs> {
  const split = splitPairs(words)
  const strange = Object.keys(split.pairs).find((name) => !names.includes(name))
  if (strange === undefined) return split
  throw new WorkflowError('cli.usage', `There is nothing to say about "${strange}".`, {
    hint: `Usage: ${usage}`,
  })
}
