// Cutting and escaping: within the limits, and said.
import type { KnownBlock } from '@slack/types'
import { describe, expect, it } from 'vitest'
import { section } from '../../src/slack/render/blocks.ts'
import { authored, code, escapeText, plain, plainWords } from '../../src/slack/render/escape.ts'
import { clamp, clampMrkdwn, fitMessage } from '../../src/slack/render/limits.ts'
import { messageFaults } from './acceptance.ts'

describe('escaping', () => {
  it('markup in data is shown, not obeyed', () => {
    expect(escapeText('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;')
  })

  it('a direction override is removed and right-to-left text is kept apart', () => {
    expect(escapeText('a\u202eb')).toBe('ab')
    expect(escapeText('שלום')).toBe('\u2068שלום\u2069')
  })

  it('control characters and halves of characters go', () => {
    expect(escapeText('a\u0000b\ud800c')).toBe('ab\ufffdc')
  })

  it('a backtick cannot end an inline code', () => {
    expect(code('a`b')).toBe('`aˋb`')
  })

  it('an author may mention one person, but not wake up everybody', () => {
    expect(authored('<@U0ANALIMA> <#C1|ops> <https://x.example|x>')).toBe(
      '<@U0ANALIMA> <#C1|ops> <https://x.example|x>',
    )
    expect(authored('<!channel> <!here|here> <!subteam^S1|@buyers>')).toBe(
      '@\u2060channel @\u2060here @buyers',
    )
  })

  it('plain text cannot spell a mention of everybody', () => {
    expect(plain('<!channel>')).not.toContain('<!')
  })

  it('a preview shows words instead of markup', () => {
    expect(plainWords('see <https://x.example|the list> &amp; <!date^1^{time}|10:00 UTC>')).toBe(
      'see the list & 10:00 UTC',
    )
  })
})

describe('cutting', () => {
  it('a cut text ends in an ellipsis and never in half a character', () => {
    expect(clamp('abcdef', 4)).toBe('abc…')
    expect(clamp('ab👍cd', 4)).toBe('ab…')
  })

  it('cut mrkdwn has no half entity, half link or open code block', () => {
    expect(clampMrkdwn('abcd &amp; efgh', 14)).toBe('abcd …')
    expect(clampMrkdwn('see <https://x.example|there> now', 20)).toBe('see …')
    expect(clampMrkdwn(`\`\`\`\n${'x'.repeat(50)}\n\`\`\``, 30)).toMatch(/…\n```$/)
  })

  it('a message that fits is left alone', () => {
    const message = { text: 'hello', blocks: [section('hello')] as KnownBlock[] }
    expect(fitMessage(message)).toEqual(message)
  })

  it('a message that is too long keeps its first line and its buttons, and says where the rest is', () => {
    const blocks: KnownBlock[] = [
      section('What happened'),
      ...Array.from({ length: 80 }, (_, index) => section(`line ${index} ${'x'.repeat(500)}`)),
      { type: 'actions', block_id: 'buttons', elements: [] },
    ]
    const fitted = fitMessage({ text: 'What happened', blocks }, 'Look there.')
    expect(
      messageFaults({ ...fitted, blocks: fitted.blocks.filter(({ type }) => type !== 'actions') }),
    ).toEqual([])
    expect(fitted.blocks[0]).toEqual(section('What happened'))
    expect(fitted.blocks.at(-1)).toMatchObject({ block_id: 'buttons' })
    expect(fitted.blocks.at(-2)).toMatchObject({
      elements: [{ text: expect.stringContaining('Look there.') }],
    })
  })

  it('there is always a text for notifications', () => {
    expect(fitMessage({ text: '  ', blocks: [section('x')] }).text).not.toBe('')
  })

  it('a second table is left out', () => {
    const table: KnownBlock = { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] }
    expect(fitMessage({ text: 'x', blocks: [table, table] }).blocks).toHaveLength(1)
  })
})
