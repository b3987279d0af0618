// Short names for the blocks that are used here. Plain objects of Slack's own types; text that comes in is already
// escaped for its kind.
import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types'
import { plain, plainLine } from './escape.ts'
import { clamp, clampMrkdwn, limits } from './limits.ts'

/** `verbatim` keeps Slack from turning `@channel` or `#name` inside the text into mentions of its own accord. */
export function mrkdwn(text: string, max: number = limits.text) {
  return { type: 'mrkdwn' as const, text: clampMrkdwn(text, max) || ' ', verbatim: true }
}

export function plainText(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: clamp(plainLine(text), max) || ' ', emoji: true }
}

export function section(text: string, options: { accessory?: Button; id?: string } = {}): SectionBlock {
  return {
    type: 'section',
    ...(options.id ? { block_id: clamp(options.id, limits.id) } : {}),
    text: mrkdwn(text),
    ...(options.accessory ? { accessory: options.accessory } : {}),
  }
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(text, limits.header) }
}

export function context(...texts: string[]): ContextBlock {
  return {
    type: 'context',
    elements: texts.slice(0, limits.contextElements).map((text) => mrkdwn(text, 1000)),
  }
}

export function actions(id: string, buttons: Button[]): ActionsBlock {
  return {
    type: 'actions',
    block_id: clamp(id, limits.id),
    elements: buttons.slice(0, limits.actionElements),
  }
}

export const divider: KnownBlock = { type: 'divider' }

export interface ButtonOptions {
  action: string
  value?: string
  style?: 'primary' | 'danger' | undefined
  /** What a screen reader says, where the label alone says too little. */
  label?: string
  url?: string
  /** Asks once more before the click counts. */
  confirm?: { title: string; text: string; yes: string; danger?: boolean }
}

export function button(text: string, options: ButtonOptions): Button {
  return {
    type: 'button',
    text: plainText(text, limits.buttonText),
    action_id: clamp(options.action, limits.id),
    ...(options.value ? { value: clamp(options.value, limits.buttonValue) } : {}),
    ...(options.url ? { url: options.url } : {}),
    ...(options.style ? { style: options.style } : {}),
    ...(options.label ? { accessibility_label: clamp(plainLine(options.label), limits.buttonText) } : {}),
    ...(options.confirm ? { confirm: confirmation(options.confirm) } : {}),
  }
}

function confirmation({
  title,
  text,
  yes,
  danger,
}: NonNullable<ButtonOptions['confirm']>): ConfirmationDialog {
  return {
    title: plainText(title, limits.confirmTitle),
    text: plainText(text, limits.confirmText),
    confirm: plainText(yes, limits.confirmButton),
    deny: plainText('Not now', limits.confirmButton),
    ...(danger ? { style: 'danger' } : {}),
  }
}

/** Text as it is, in a fixed-width box: needs no escaping, backticks cannot end it. */
export function preformatted(text: string, max = 2500): RichTextBlock {
  const body = clamp(plain(text), max)
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: body === '' ? ' ' : body }],
        border: 0,
      },
    ],
  }
}

/** One paragraph of rich text. */
export function paragraph(text: string, max = 300): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_section', elements: [{ type: 'text', text: clamp(plain(text), max) || ' ' }] },
    ],
  }
}
