// What Slack's own client refuses before it sends a modal: empty required fields, texts too short, numbers out of range.
import { elementsOf, isEmpty, type StateValues, valueField } from './controls.ts'
import { isObject, type Payload } from './payload.ts'

/** Faults by block_id; empty when the client would send the view. */
export function refusedByClient(blocks: readonly unknown[], values: StateValues): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { block, block_id, element, action_id } of elementsOf(blocks)) {
    if (block.type !== 'input') continue
    const value = values[block_id]?.[action_id]
    if (isEmpty(value)) {
      if (block.optional !== true) errors[block_id] = 'Please complete this required field.'
      continue
    }
    const held = value?.[valueField(element.type) ?? '']
    const fault = typeof held === 'string' ? faultOf(element, held) : undefined
    if (fault) errors[block_id] = fault
  }
  return errors
}

function faultOf(element: Payload, value: string): string | undefined {
  if (element.type === 'plain_text_input') return lengthFault(element, value)
  if (element.type === 'number_input') return numberFault(element, value)
  if (element.type === 'email_text_input' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
    return 'Please enter a valid email address.'
  if (element.type === 'url_text_input' && !URL.canParse(value)) return 'Please enter a valid URL.'
  return undefined
}

function lengthFault(element: Payload, value: string): string | undefined {
  const length = [...value].length
  const max = typeof element.max_length === 'number' ? element.max_length : 3000
  if (typeof element.min_length === 'number' && length < element.min_length)
    return `Please enter at least ${element.min_length} characters.`
  return length > max ? `Please enter at most ${max} characters.` : undefined
}

function numberFault(element: Payload, value: string): string | undefined {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return 'Please enter a number.'
  if (element.is_decimal_allowed !== true && value.includes('.')) return 'Please enter a whole number.'
  if (element.min_value !== undefined && Number(value) < Number(element.min_value))
    return `Please enter a number of at least ${String(element.min_value)}.`
  if (element.max_value !== undefined && Number(value) > Number(element.max_value))
    return `Please enter a number of at most ${String(element.max_value)}.`
  return undefined
}

/** Whether an ack's `errors` names input blocks of the view, each with a message; answers what is wrong with it. */
export function badErrors(errors: unknown, blocks: readonly unknown[]): string | undefined {
  if (!isObject(errors) || Object.keys(errors).length === 0) return 'errors must name at least one block'
  const inputs = new Set(
    elementsOf(blocks)
      .filter((l) => l.block.type === 'input')
      .map((l) => l.block_id),
  )
  for (const [block, message] of Object.entries(errors)) {
    if (!inputs.has(block)) return `errors names "${block}", which is not an input block of the view`
    if (typeof message !== 'string' || message === '') return `the error of "${block}" is not a text`
  }
  return undefined
}
