// users.*, usergroups.*, bots.info and team.info: who is here.
import { asFlag, asText, type Payload } from '../payload.ts'
import { SlackRefusal } from '../refusal.ts'
import type { Workspace } from '../workspace.ts'
import { type Methods, page } from './method.ts'

function shownUser(workspace: Workspace, id: unknown): Payload {
  const user = workspace.users.get(String(id))
  if (!user) throw new SlackRefusal('user_not_found')
  const stranger = user.is_stranger === true
  return {
    id: user.id,
    team_id: stranger ? 'T0OTHERTEAM' : workspace.world.team.id,
    name: user.name,
    real_name: user.real_name,
    deleted: false,
    color: user.color.slice(1),
    tz: 'Europe/Lisbon',
    tz_label: 'Western European Time',
    tz_offset: 0,
    is_bot: user.is_bot && user.id === workspace.bot.user_id,
    is_app_user: false,
    is_admin: user.id === 'U0CHIARARO',
    is_owner: false,
    is_restricted: user.is_restricted ?? false,
    is_ultra_restricted: false,
    is_stranger: stranger,
    updated: 0,
    profile: {
      real_name: user.real_name,
      real_name_normalized: user.real_name,
      display_name: user.name,
      display_name_normalized: user.name,
      team: stranger ? 'T0OTHERTEAM' : workspace.world.team.id,
      ...(user.email && workspace.scopes.has('users:read.email') ? { email: user.email } : {}),
      ...(user.id === workspace.bot.user_id
        ? { bot_id: workspace.bot.bot_id, api_app_id: workspace.bot.app_id }
        : {}),
    },
  }
}

export const users: Methods = {
  'users.info': {
    scopes: ['users:read'],
    rate: 100,
    run: ({ workspace }, args) => ({ user: shownUser(workspace, args.user) }),
  },

  'users.list': {
    scopes: ['users:read'],
    rate: 20,
    run: ({ workspace }, args) => {
      const { items, response_metadata } = page([...workspace.users.keys()], args)
      return {
        members: items.map((id) => shownUser(workspace, id)),
        cache_ts: Math.floor(workspace.time() / 1000),
        response_metadata,
      }
    },
  },

  'users.lookupByEmail': {
    scopes: ['users:read.email'],
    rate: 50,
    run: ({ workspace }, args) => {
      const email = asText(args.email)?.toLowerCase()
      const user = [...workspace.users.values()].find((u) => u.email !== undefined && u.email === email)
      if (!user) throw new SlackRefusal('users_not_found')
      return { user: shownUser(workspace, user.id) }
    },
  },

  'usergroups.list': {
    scopes: ['usergroups:read'],
    rate: 20,
    run: ({ workspace }, args) => ({
      usergroups: workspace.world.usergroups.map((group) => ({
        id: group.id,
        team_id: workspace.world.team.id,
        is_usergroup: true,
        name: group.name,
        handle: group.handle,
        description: '',
        date_delete: 0,
        user_count: asFlag(args.include_count) ? group.users.length : undefined,
        users: asFlag(args.include_users) ? group.users : undefined,
      })),
    }),
  },

  'usergroups.users.list': {
    scopes: ['usergroups:read'],
    rate: 20,
    run: ({ workspace }, args) => {
      const group = workspace.world.usergroups.find((g) => g.id === args.usergroup)
      if (!group) throw new SlackRefusal('no_such_subteam')
      return { users: [...group.users] }
    },
  },

  'bots.info': {
    scopes: ['users:read'],
    rate: 50,
    run: ({ workspace }, args) => {
      const { bot } = workspace
      if (args.bot !== undefined && args.bot !== bot.bot_id) throw new SlackRefusal('bot_not_found')
      return {
        bot: {
          id: bot.bot_id,
          deleted: false,
          name: bot.display_name,
          updated: 0,
          app_id: bot.app_id,
          user_id: bot.user_id,
          icons: {},
        },
      }
    },
  },

  'team.info': {
    scopes: ['team:read'],
    rate: 50,
    run: ({ workspace }) => {
      const { team } = workspace.world
      return {
        team: { ...team, url: `https://${team.domain}.slack.com/`, email_domain: '', icon: {} },
      }
    },
  },
}
