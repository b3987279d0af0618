// Decides whether Slack would take blocks or a view. Beyond the table of kinds it knows the rules of a payload as a
// whole: how many, unique ids, which blocks a message, a modal or a home tab may show.
import { isObject, type Payload } from '../payload.ts'
import { blockKinds } from './kinds.ts'
import { plainText } from './objects.ts'
import { type BlockFault, byType, type Check, choice, type Found, flag, list, record, text } from './shape.ts'

export type { BlockFault } from './shape.ts'
export type Surface = 'message' | 'modal' | 'home'

const someBlock = byType(blockKinds, 'block type')
/** What Slack shows in messages alone. */
const onlyInMessages = new Set([
  'plan',
  'task_card',
  'markdown',
  'table',
  'data_table',
  'context_actions',
  'file',
])
const MESSAGE_BLOCKS = 50
const VIEW_BLOCKS = 100
const MARKDOWN_CHARACTERS = 12_000
const VIEW_BYTES = 250_000

/** The faults of a message's blocks; pointers start at `/blocks`. An empty list is a message without blocks. */
export function checkBlocks(blocks: unknown, at = '/blocks', surface: Surface = 'message'): BlockFault[] {
  const found: Found = { faults: [] }
  const limits = surface === 'message' ? { max: MESSAGE_BLOCKS } : { min: 1, max: VIEW_BLOCKS }
  list(someBlock, limits)(blocks, at, found)
  if (Array.isArray(blocks)) checkTogether(blocks, at, surface, found)
  return found.faults
}

const title = plainText(24)
const frame: Record<string, Check> = {
  'type!': text(),
  'blocks!': () => {},
  private_metadata: text({ min: 0, max: 3000 }),
  callback_id: text({ min: 0, max: 255 }),
  external_id: text({ min: 0, max: 255 }),
}
const viewKinds = byType(
  {
    modal: record({
      ...frame,
      'title!': title,
      close: title,
      submit: title,
      clear_on_close: flag,
      notify_on_close: flag,
      submit_disabled: flag,
    }),
    home: record(frame),
  },
  'view type',
)

/** The faults of a view; pointers start at `/view`. `type` limits it to what the method takes. */
export function checkView(view: unknown, type?: 'modal' | 'home', at = '/view'): BlockFault[] {
  const found: Found = { faults: [] }
  viewKinds(view, at, found)
  if (!isObject(view)) return found.faults
  if (type) choice(type)(view.type, `${at}/type`, found)
  if (view.blocks !== undefined)
    found.faults.push(...checkBlocks(view.blocks, `${at}/blocks`, view.type === 'home' ? 'home' : 'modal'))
  const inputs = Array.isArray(view.blocks) && view.blocks.some((b) => isObject(b) && b.type === 'input')
  if (view.type === 'modal' && inputs && view.submit === undefined)
    found.faults.push({
      pointer: at,
      code: 'missing_field',
      message: 'missing required field: submit (a view with input blocks needs it)',
    })
  return found.faults
}

export function viewTooLarge(view: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES
}

/** A fault in the words of Slack's `errors` and `response_metadata.messages`. */
export function sayFault(fault: BlockFault): string {
  return `${fault.message} [json-pointer:${fault.pointer}]`
}

/** Blocks with an id on each block and each interactive element, as Slack gives them when the app did not. */
export function withIds(blocks: unknown[], newId: () => string): Payload[] {
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill)
    if (!isObject(value)) return value
    const copy: Payload = {}
    for (const [key, entry] of Object.entries(value)) if (entry !== undefined) copy[key] = fill(entry)
    if (typeof copy.type === 'string' && interactive.has(copy.type) && copy.action_id === undefined)
      copy.action_id = newId()
    return copy
  }
  const named = (block: Payload): Payload => {
    const nested = Array.isArray(block.child_blocks)
      ? 'child_blocks'
      : block.type === 'carousel'
        ? 'elements'
        : undefined
    return {
      ...block,
      ...(nested ? { [nested]: (block[nested] as Payload[]).map(named) } : {}),
      block_id: block.block_id ?? newId(),
    }
  }
  return blocks.map((block) => named(fill(block) as Payload))
}

const interactive = new Set([
  'button',
  'icon_button',
  'feedback_buttons',
  'workflow_button',
  'checkboxes',
  'radio_buttons',
  'datepicker',
  'datetimepicker',
  'timepicker',
  'overflow',
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
  'file_input',
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'multi_static_select',
  'multi_external_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
])

function checkTogether(blocks: unknown[], at: string, surface: Surface, found: Found): void {
  const note = (pointer: string, code: string, message: string) => {
    found.faults.push({ pointer, code, message })
  }
  const seen = new Set<string>()
  let markdown = 0
  let tables = 0
  let focused = 0
  const types = new Set<unknown>()
  for (const [i, block] of blocks.slice(0, 200).entries()) {
    if (!isObject(block)) continue
    const here = `${at}/${i}`
    types.add(block.type)
    if (typeof block.block_id === 'string') {
      if (seen.has(block.block_id)) note(`${here}/block_id`, 'duplicate_id', 'block_id must be unique')
      seen.add(block.block_id)
    }
    if (surface !== 'message' && onlyInMessages.has(String(block.type)))
      note(`${here}/type`, 'unsupported_type', `${String(block.type)} is not supported in a ${surface} view`)
    if (isObject(block.element) && block.element.type === 'file_input' && surface !== 'modal')
      note(`${here}/element/type`, 'unsupported_type', 'file_input is only supported in modals')
    if (block.type === 'file')
      note(`${here}/type`, 'unsupported_type', 'file blocks cannot be added by an app')
    if (block.type === 'markdown' && typeof block.text === 'string') markdown += [...block.text].length
    if (block.type === 'table' && ++tables > 1)
      note(here, 'too_many_tables', 'only one table allowed per message')
    const actions = actionIds(block)
    if (new Set(actions).size !== actions.length)
      note(here, 'duplicate_id', 'action_id must be unique within a block')
    focused += JSON.stringify(block).split('"focus_on_load":true').length - 1
  }
  if (markdown > MARKDOWN_CHARACTERS)
    note(at, 'too_long', `markdown blocks must be less than ${MARKDOWN_CHARACTERS + 1} characters in all`)
  if (types.has('plan') && types.has('task_card'))
    note(at, 'invalid_combination', 'plan and task_card are not allowed in one message')
  if (focused > 1) note(at, 'invalid_combination', 'only one element may have focus_on_load')
}

function actionIds(block: Payload): string[] {
  const elements = Array.isArray(block.elements) ? block.elements : []
  return [...elements, block.accessory, block.element]
    .map((e) => (isObject(e) ? e.action_id : undefined))
    .filter((id): id is string => typeof id === 'string')
}
