// The app manifest asks for what the code uses, no more and no less.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { actionIds } from '../../src/slack/render/buttons.ts'
import { scopesByEvent, scopesByMethod, scopesOfCommands } from '../../src/slack/scopes.ts'
import { shortcutIds } from '../../src/slack/shortcuts.ts'
import { judge, judged } from './acceptance.ts'

const text = readFileSync('manifest.yml', 'utf8')
const manifest = parse(text)
const code = readdirSync('src/slack', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'scopes.ts')
  .map((file) => readFileSync(`src/slack/${file}`, 'utf8'))
  .join('\n')

/** `answers.chat.postMessage(` and the like. */
const called = new Set(
  [
    ...code.matchAll(
      /\b(chat|conversations|users|views|files|reactions|pins|bookmarks|usergroups\.users)\.(?!has\b|includes\b|slice\b)(\w+)\(/g,
    ),
  ]
    .map(([, family, method]) => `${family}.${method}`)
    .concat([...code.matchAll(/\.(filesUploadV2)\(/g)].map(([, method]) => method ?? '')),
)
/** Called by the libraries: Bolt at start, and Socket Mode. */
const byLibraries = ['auth.test', 'apps.connections.open']
const heard = [...code.matchAll(/app\.event\('(\w+)'/g)].map(([, name]) => name)

describe('the manifest', () => {
  it('every method that the code calls is in the table of scopes, and nothing else is', () => {
    expect([...called, ...byLibraries].sort()).toEqual(Object.keys(scopesByMethod).sort())
  })

  it('has exactly the scopes of those methods, events and commands', () => {
    const needed = new Set([
      ...Object.values(scopesByMethod).flat(),
      ...Object.values(scopesByEvent).flat(),
      ...scopesOfCommands,
    ])
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...needed].sort())
  })

  it('subscribes to exactly the events that the code listens to', () => {
    expect([...manifest.settings.event_subscriptions.bot_events].sort()).toEqual(heard.sort())
    expect(Object.keys(scopesByEvent).sort()).toEqual(heard.sort())
  })

  it('has exactly the commands that the code answers, with mentions as ids', () => {
    const commands = [...code.matchAll(/app\.command\('([^']+)'/g)].map(([, name]) => name)
    expect(manifest.features.slash_commands.map(({ command }: { command: string }) => command)).toEqual(
      commands,
    )
    expect(manifest.features.slash_commands[0].should_escape).toBe(true)
  })

  it('has exactly the shortcuts that the code answers', () => {
    const { shortcuts } = manifest.features
    expect(
      shortcuts.map(({ callback_id, type }: Record<string, string>) => [type, callback_id]).sort(),
    ).toEqual(Object.entries(shortcutIds).sort())
  })

  it('switches on what the code relies on', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true)
    expect(manifest.settings.interactivity.is_enabled).toBe(true)
    expect(manifest.features.app_home.home_tab_enabled).toBe(true)
  })

  it('every button that is rendered has a listener', () => {
    for (const name of Object.keys(actionIds)) expect(code).toContain(`onClick(actionIds.${name},`)
  })

  it.skipIf(!judge)('passes an independent schema (skipped where none is kept beside the project)', () => {
    expect(judged(text, 'manifest.yml')).toBe('')
  })
})
