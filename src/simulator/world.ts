// The workspace that the simulator starts with: a small fictional trading house, its people and its channels.
import type { SimulatedChannel, SimulatedUser } from './control.ts'

export interface UserGroup {
  id: string
  handle: string
  name: string
  users: string[]
}

/** What a simulator is filled with at start. Ids follow Slack's patterns: `U…`, `C…`, `D…`, `S…`, `T…`. */
export interface World {
  team: { id: string; name: string; domain: string }
  users: (SimulatedUser & { email?: string })[]
  channels: SimulatedChannel[]
  usergroups: UserGroup[]
  bot: { user_id: string; bot_id: string; app_id: string; name: string; display_name: string }
}

export const SLACKBOT = 'USLACKBOT'

/**
 * Ana, Ben and Chiara work here; Gil is a guest who sees #general alone, Sam belongs to another workspace. The bot is
 * in #operations, #purchasing and #general, and in a direct conversation with each person.
 */
export function defaultWorld(botName = 'Workflow Bot'): World {
  const bot = {
    user_id: 'U0WORKFLOW',
    bot_id: 'B0WORKFLOW',
    app_id: 'A0WORKFLOW',
    name: botName.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    display_name: botName,
  }
  const staff = ['U0ANALIMA', 'U0BENOKAFO', 'U0CHIARARO']
  const person = (id: string, name: string, real_name: string, color: string) => ({
    id,
    name,
    real_name,
    is_bot: false,
    color,
    email: `${name}@harbour-goods.example`,
  })
  const channel = (
    id: string,
    name: string,
    topic: string,
    members: string[],
    kind: SimulatedChannel['kind'] = 'public',
  ) => ({ id, name, kind, is_archived: false, topic, members })
  return {
    team: { id: 'T0HARBOUR', name: 'Harbour Goods', domain: 'harbour-goods' },
    users: [
      person('U0ANALIMA', 'ana', 'Ana Lima', '#8f3f97'),
      person('U0BENOKAFO', 'ben', 'Ben Okafor', '#1f7a5c'),
      person('U0CHIARARO', 'chiara', 'Chiara Rossi', '#b4541a'),
      { ...person('U0GILGUEST', 'gil', 'Gil Tanaka', '#4a5f8f'), is_restricted: true },
      { ...person('U0SAMOTHER', 'sam', 'Sam Novak', '#6b6b6b'), is_stranger: true },
      { id: bot.user_id, name: bot.name, real_name: bot.display_name, is_bot: true, color: '#2d6cdf' },
      { id: SLACKBOT, name: 'slackbot', real_name: 'Slackbot', is_bot: true, color: '#4d394b' },
    ],
    channels: [
      channel('C0GENERAL', 'general', 'Everybody is here', [
        ...staff,
        'U0GILGUEST',
        'U0SAMOTHER',
        bot.user_id,
      ]),
      channel('C0OPERATNS', 'operations', 'Day-to-day running of the warehouse', [...staff, bot.user_id]),
      channel('C0PURCHASE', 'purchasing', 'Orders and suppliers', [...staff, bot.user_id]),
      channel('C0RANDOM', 'random', 'Anything else', staff),
      channel('C0MANAGERS', 'managers', 'Managers only', ['U0BENOKAFO', 'U0CHIARARO'], 'private'),
    ],
    usergroups: [
      { id: 'S0BUYERS', handle: 'buyers', name: 'Buyers', users: ['U0ANALIMA', 'U0BENOKAFO'] },
      { id: 'S0MANAGERS', handle: 'managers', name: 'Managers', users: ['U0BENOKAFO', 'U0CHIARARO'] },
    ],
    bot,
  }
}
