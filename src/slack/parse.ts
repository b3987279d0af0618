// Turns what a person typed into a command and its input. The same for the slash command and for a mention; which
// words are right is for the command to decide.
import { nearest } from '../definition/nearest.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

export interface Parsed {
  command: string
  input: JsonObject
}

export interface Vocabulary {
  commands: string[]
  workflows: { id: string; name: string }[]
}

/** A word, or `key=value`. `quoted` words are taken as they are. */
interface Word {
  text: string
  quoted: boolean
  key?: string
}

/** How the words after a command become its input. A command that is not here takes none. */
const shapes: Record<string, (words: Word[], vocabulary: Vocabulary) => JsonObject> = {
  list: (words) => optional('search', joined(words)),
  help: (words) => optional('topic', joined(words)),
  show: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  history: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  report: (words) => optional('executionId', words[0]?.text),
  save: ([execution, ...rest]) => ({
    ...optional('executionId', execution?.text),
    ...(rest.some(({ key, text }) => key === 'write' && text === 'true') ? { write: true } : {}),
  }),
  cancel: ([execution, ...rest]) => ({
    ...optional('executionId', execution?.text),
    ...optional('reason', joined(rest)),
  }),
  retry: ([execution, ...rest]) => ({ ...keyed(rest), ...optional('executionId', execution?.text) }),
  why: ([execution, ...rest]) => ({
    ...optional('executionId', execution?.text),
    ...optional('node', joined(rest)),
  }),
  diff: (words) => optional('executionId', words[0]?.text),
  stats: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  handover: (words) => optional('duration', words[0]?.text),
  post: (words, vocabulary) => {
    const found = workflowIn(words, vocabulary)
    return {
      ...optional('workflowId', found?.id),
      ...optional('to', joined(words.slice(found?.words ?? 0))),
    }
  },
  audit: (words) =>
    words.length === 1 && words[0]?.text.toLowerCase() === 'verify'
      ? { verify: true }
      : optional('search', joined(words)),
  rollback: (words) => optional('executionId', words[0]?.text),
  approve: decision,
  reject: decision,
  lock: (words, vocabulary) => {
    const found = workflowIn(words, vocabulary)
    const [first, ...rest] = words.slice(found?.words ?? 0)
    // A word that begins like a duration is one: a slip in it is answered, not taken for the reason.
    const timed = first !== undefined && /^\d/.test(first.text)
    const reason = joined(timed ? rest : first ? [first, ...rest] : [])
    return {
      ...optional('workflowId', found?.id),
      ...(timed ? { duration: first.text } : {}),
      ...optional('reason', reason),
    }
  },
  unlock: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  test: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  tests: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  replays: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  versions: (words, vocabulary) => optional('workflowId', workflowIn(words, vocabulary)?.id),
  replay: (words, vocabulary) => {
    const found = workflowIn(words, vocabulary)
    const plain = words.filter((word) => word.key === undefined).slice(found?.words ?? 0)
    return {
      ...optional('workflowId', found?.id),
      ...optional('last', plain[0]?.text),
      ...keyed(words),
    }
  },
  activate: (words, vocabulary) => ({
    ...keyed(words),
    ...optional('workflowId', workflowIn(words, vocabulary)?.id),
  }),
  'dry-run': started,
  run: started,
}

/** `<workflow> [input=value …]` */
function started(words: Word[], vocabulary: Vocabulary): JsonObject {
  const plain = words.filter((word) => word.key === undefined)
  const found = workflowIn(plain, vocabulary)
  const rest = plain.slice(found?.words ?? 0)
  const extra = rest[0]
  if (extra) {
    throw new WorkflowError('command.bad_input', `I do not know what to do with “${extra.text}”.`, {
      hint: 'Inputs are written as key=value. Put quotes around a value with blanks: note="two words".',
    })
  }
  const inputs: JsonObject = {}
  for (const word of words) if (word.key !== undefined) inputs[word.key] = word.text
  return { ...optional('workflowId', found?.id), inputs }
}

/** Keyboards like to make one long dash of two short ones. */
const dryRun = /^(--|–|—)dry-run$/

/**
 * `text` as Slack delivers it, without the slash command or the mention in front. An empty text is `help`.
 *
 * Throws `command.unknown` with the nearest command as hint, and `command.bad_input`.
 */
export function parse(text: string, vocabulary: Vocabulary): Parsed {
  const [first, ...rest] = split(text)
  if (!first) return { command: 'help', input: {} }
  const name = first.text.toLowerCase()
  const command = vocabulary.commands.find((known) => known.toLowerCase() === name)
  if (command === undefined) throw unknown(first, rest, vocabulary)
  const words = command === 'run' ? rest.filter((word) => !dryRun.test(word.text)) : rest
  const dry = words.length < rest.length
  return { command: dry ? 'dry-run' : command, input: shapes[command]?.(words, vocabulary) ?? {} }
}

function unknown(first: Word, rest: Word[], { commands, workflows }: Vocabulary): WorkflowError {
  const typedWord = first.text
  const workflow = workflowIn([first, ...rest], { commands, workflows })
  const known = workflows.some(({ id }) => id === workflow?.id)
  const near = nearest(typedWord.toLowerCase(), commands)
  const hint = known
    ? `Did you mean /workflow run ${workflow?.id}?`
    : near
      ? `Did you mean /workflow ${[near, ...rest.map((word) => word.text)].join(' ')}?`
      : '/workflow help shows what I can do.'
  return new WorkflowError('command.unknown', `I do not know the command “${typedWord}”.`, { hint })
}

/** `approve <execution> [words of the reason | reason=…] [node=…] [field=value …]` */
function decision([execution, ...rest]: Word[]): JsonObject {
  const { reason, node, ...form } = keyed(rest)
  const words = joined(rest.filter((word) => word.key === undefined))
  return {
    ...optional('executionId', execution?.text),
    ...optional('reason', typeof reason === 'string' ? reason : words),
    ...(node === undefined ? {} : { node }),
    form,
  }
}

/** `key=value` words; values stay texts, as typed. */
function keyed(words: Word[]): JsonObject {
  const values: JsonObject = {}
  for (const word of words) if (word.key !== undefined) values[word.key] = word.text
  return values
}

function optional(key: string, value: string | undefined): JsonObject {
  return value === undefined || value === '' ? {} : { [key]: value }
}

function joined(words: Word[]): string {
  return words.map((word) => (word.key === undefined ? word.text : `${word.key}=${word.text}`)).join(' ')
}

/**
 * The workflow that the words begin with: an id, or an id or name that was typed with blanks. What matches nothing is
 * passed on as it is, so that the command can say what it thinks of it.
 */
function workflowIn(words: Word[], { workflows }: Vocabulary): { id: string; words: number } | undefined {
  const plain = words.filter((word) => word.key === undefined).map((word) => word.text)
  if (plain.length === 0) return undefined
  for (let length = plain.length; length > 0; length -= 1) {
    const wanted = normal(plain.slice(0, length).join(' '))
    // An id belongs to one workflow alone, a name need not.
    const found =
      workflows.find(({ id }) => normal(id) === wanted) ??
      workflows.find(({ name }) => normal(name) === wanted)
    if (found) return { id: found.id, words: length }
  }
  return { id: plain[0] ?? '', words: 1 }
}

/** `Reorder check`, `reorder_check` and `reorder-check` are the same to a person. */
function normal(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\s_-]+/g, ' ')
    .trim()
}

const quotes: Record<string, string> = {
  '"': '"',
  "'": "'",
  '“': '”',
  '”': '”',
  '„': '“',
  '«': '»',
  '‘': '’',
  '’': '’',
}
/** Phones turn a closing quote into any of these. */
const alike: Record<string, string> = {
  '"': '"“”',
  '”': '”"“',
  '“': '“"”',
  '»': '»"',
  "'": "'’‘",
  '’': "’'‘",
}

/** Words at blanks; quotes of any make keep blanks together; `\` takes the next quote or backslash as it is. */
function split(source: string): Word[] {
  const text = [...decode(source)]
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1
      continue
    }
    const word: Word = { text: '', quoted: false }
    while (at < text.length && !/\s/.test(text[at] ?? '')) {
      const char = text[at] ?? ''
      const next = text[at + 1]
      const close = quotes[char]
      const opens = close !== undefined && word.text === '' && !word.quoted
      const end = opens
        ? text.findIndex(
            (other, index) =>
              index > at && (alike[close] ?? close).includes(other) && text[index - 1] !== '\\',
          )
        : -1
      if (opens && end > at) {
        word.text += text
          .slice(at + 1, end)
          .join('')
          .replace(/\\(["'\\])/g, '$1')
        word.quoted = true
        at = end + 1
      } else if (char === '\\' && next !== undefined && (next === '\\' || next in quotes)) {
        word.text += next
        at += 2
      } else if (
        char === '=' &&
        word.key === undefined &&
        !word.quoted &&
        /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(word.text)
      ) {
        word.key = word.text
        word.text = ''
        at += 1
      } else {
        word.text += char
        at += 1
      }
    }
    words.push(word)
  }
  return words
}

/** Slack's markup back to what was meant: mentions become ids, links their address, entities their character. */
function decode(text: string): string {
  return text
    .replace(/<[@#]([A-Z0-9]+)(?:\|[^>]*)?>/g, '$1')
    .replace(/<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>/g, '$1')
    .replace(/<(?:mailto:)?([^>|\s]+)\|([^>]*)>/g, (_all, link: string, label: string) =>
      link.endsWith(label) ? label : link,
    )
    .replace(/<(https?:\/\/[^>\s]+)>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/[\u00a0\u200b]/g, ' ')
}
