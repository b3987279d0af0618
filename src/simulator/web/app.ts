// auth.test, api.test and apps.connections.open: who the app is, and how it gets its socket.
import { SlackRefusal } from '../refusal.ts'
import type { Methods } from './method.ts'

export const app: Methods = {
  'api.test': {
    token: 'none',
    rate: 100,
    run: (_, args) => {
      if (typeof args.error === 'string') throw new SlackRefusal(args.error, { args })
      return { args }
    },
  },

  'auth.test': {
    rate: 100,
    run: ({ workspace }) => {
      const { team } = workspace.world
      return {
        url: `https://${team.domain}.slack.com/`,
        team: team.name,
        user: workspace.bot.name,
        team_id: team.id,
        user_id: workspace.bot.user_id,
        bot_id: workspace.bot.bot_id,
        is_enterprise_install: false,
      }
    },
  },

  'apps.connections.open': {
    token: 'app',
    rate: 20,
    run: ({ socket, workspace, url }) => {
      const address = url().replace(/^http/, 'ws')
      return { url: `${address}/link/?ticket=${socket.ticket()}&app_id=${workspace.bot.app_id}` }
    },
  },
}
