// Which Web API methods the bot calls and which scope each needs. manifest.yml is tested against this, and this against
// the calls in the code.

/** Scopes by method; an empty list needs none. https://docs.slack.dev/reference/methods */
export const scopesByMethod: Record<string, string[]> = {
  'auth.test': [],
  'apps.connections.open': [],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.getPermalink': [],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.join': ['channels:join'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'users.list': ['users:read'],
  'users.info': ['users:read'],
  'usergroups.users.list': ['usergroups:read'],
  'views.open': [],
  'views.update': [],
  'views.publish': [],
  filesUploadV2: ['files:write'],
}

/** Scopes by what the bot listens to. */
export const scopesByEvent: Record<string, string[]> = {
  app_mention: ['app_mentions:read'],
  app_home_opened: [],
}

/** Needed for the slash command. */
export const scopesOfCommands = ['commands']
