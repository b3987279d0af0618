// Reads what the simulator needs from an app manifest: commands, shortcuts, scopes, events. Slack reads the same file.
import { z } from 'zod'
import { asObject } from './payload.ts'

const command = z.object({
  command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
  description: z.string().default(''),
  usage_hint: z.string().default(''),
  should_escape: z.boolean().default(false),
})

const shortcut = z.object({
  name: z.string(),
  type: z.enum(['global', 'message']),
  callback_id: z.string(),
  description: z.string().default(''),
})

export interface AppManifest {
  displayName: string
  commands: z.infer<typeof command>[]
  shortcuts: z.infer<typeof shortcut>[]
  scopes: string[]
  events: string[]
  homeTab: boolean
}

/**
 * The relevant part of a parsed `manifest.yml`. Throws a ZodError when a command or shortcut has the wrong shape.
 * An empty manifest gives an app without commands, scopes or events, which can do almost nothing: as in Slack.
 */
export function readManifest(manifest: unknown): AppManifest {
  const root = asObject(manifest)
  const features = asObject(root.features)
  const scopes = asObject(asObject(root.oauth_config).scopes)
  const events = asObject(asObject(root.settings).event_subscriptions)
  return {
    displayName:
      z.string().optional().parse(asObject(features.bot_user).display_name) ??
      z.string().optional().parse(asObject(root.display_information).name) ??
      'Workflow Bot',
    commands: z.array(command).parse(features.slash_commands ?? []),
    shortcuts: z.array(shortcut).parse(features.shortcuts ?? []),
    scopes: z.array(z.string()).parse(scopes.bot ?? []),
    events: z.array(z.string()).parse(events.bot_events ?? []),
    homeTab: asObject(features.app_home).home_tab_enabled === true,
  }
}
