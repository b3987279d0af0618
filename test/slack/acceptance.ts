// What Slack would say to a payload: our own limits, the simulator's validator, and an independent judge where one is
// kept beside the project.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { checkBlocks, checkView } from '../../src/simulator/blocks/index.ts'
import { type Message, textLength } from '../../src/slack/render/limits.ts'

/** Everything that speaks against sending this message. */
export function messageFaults({ text, blocks }: Message): string[] {
  const json = JSON.stringify(blocks)
  const faults = checkBlocks(blocks).map(({ pointer, message }) => `${pointer}: ${message}`)
  if (text.trim() === '') faults.push('no top-level text')
  if (text.length > 4000) faults.push(`top-level text of ${text.length}`)
  if (json.length > 15_000) faults.push(`${json.length} characters of JSON`)
  if (textLength(blocks) > 9500) faults.push(`${textLength(blocks)} characters of text`)
  if (blocks.filter((block) => block.type === 'table').length > 1) faults.push('two tables')
  return [...faults, ...alarms(text, blocks)]
}

export function viewFaults(view: { type: string; blocks: unknown[] }): string[] {
  const faults = checkView(view).map(({ pointer, message }) => `${pointer}: ${message}`)
  const json = JSON.stringify(view)
  if (json.length > 250_000) faults.push(`${json.length} characters of JSON`)
  return [...faults, ...alarms('', view)]
}

/**
 * What would wake people up, or turn the words around it, or break the form body. Values of buttons are never shown, and
 * what stands in a text field is plain letters.
 */
function alarms(text: string, shown: unknown): string[] {
  const unseen = new Set(['value', 'initial_value', 'private_metadata'])
  const all = text + JSON.stringify(shown, (key, value) => (unseen.has(key) ? undefined : value))
  return [
    ...(/<!(channel|here|everyone|subteam)/.test(all) ? ['a mention of everybody'] : []),
    ...(/[\u202a-\u202e]/.test(all) ? ['a direction override'] : []),
    ...(/[\ud800-\udfff]/u.test(text) ? ['half a character'] : []),
  ]
}

/** `slack/judge.mjs` in a folder beside the project. */
export const judge = readdirSync(resolve('..'))
  .map((folder) => resolve('..', folder, 'slack', 'judge.mjs'))
  .find((path) => existsSync(path))

/** What the judge finds in payloads, or in a file (with an ending of its own). Empty when it is content. */
export function judged(content: unknown, name = 'payloads.json'): string {
  if (!judge) throw new Error('there is no judge')
  const folder = mkdtempSync(join(tmpdir(), 'judge-'))
  try {
    const file = join(folder, name)
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    execFileSync(process.execPath, [judge, file], { encoding: 'utf8', stdio: 'pipe' })
    return ''
  } catch (thrown) {
    return String((thrown as { stdout?: string }).stdout ?? thrown).slice(0, 3000)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
