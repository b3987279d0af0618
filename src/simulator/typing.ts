// Turns what a person types into what Slack stores: &, < and > escaped, @names and #channels as references.
import type { Workspace } from './workspace.ts'

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * Escapes typed text and turns `@ana`, `@Ana Lima`, `@buyers`, `@here` and `#operations` into references.
 * Commands carry the name beside the id (`<@U…|ana>`), messages do not. Unknown names stay as they are.
 */
export function typedText(workspace: Workspace, text: string, where: 'message' | 'command'): string {
  const references = new Map<string, string>()
  for (const user of workspace.users.values()) {
    const reference = where === 'command' ? `<@${user.id}|${user.name}>` : `<@${user.id}>`
    references.set(`@${user.name}`.toLowerCase(), reference)
    references.set(`@${escapeText(user.real_name)}`.toLowerCase(), reference)
  }
  for (const group of workspace.world.usergroups) {
    const reference =
      where === 'command' ? `<!subteam^${group.id}|@${group.handle}>` : `<!subteam^${group.id}>`
    const key = `@${group.handle}`.toLowerCase()
    if (!references.has(key)) references.set(key, reference)
  }
  for (const range of ['here', 'channel', 'everyone']) references.set(`@${range}`, `<!${range}>`)
  for (const channel of workspace.channels.values()) {
    if (channel.kind !== 'im') references.set(`#${channel.name}`, `<#${channel.id}|${channel.name}>`)
  }
  const names = [...references.keys()].sort((a, b) => b.length - a.length).map(escapePattern)
  const pattern = new RegExp(`(?<![\\w@#&;])(?:${names.join('|')})(?![\\w-])`, 'gi')
  return escapeText(text).replace(pattern, (name) => references.get(name.toLowerCase()) ?? name)
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
