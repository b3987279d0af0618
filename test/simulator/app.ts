// A small real Bolt app connected to a fresh simulator, for tests of the simulator itself.
import { App, LogLevel } from '@slack/bolt'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts'

export const manifest = {
  display_information: { name: 'Workflow Bot' },
  features: {
    bot_user: { display_name: 'Workflow Bot' },
    app_home: { home_tab_enabled: true },
    slash_commands: [
      {
        command: '/workflow',
        description: 'Run workflows',
        usage_hint: 'list | run <id>',
        should_escape: true,
      },
      { command: '/plain', description: 'Nothing is turned into references' },
    ],
    shortcuts: [
      { name: 'Run a workflow', type: 'global', callback_id: 'run_workflow', description: 'Choose and run' },
      { name: 'Run on this', type: 'message', callback_id: 'run_on_message', description: 'Use its text' },
    ],
  },
  oauth_config: {
    scopes: {
      bot: [
        'app_mentions:read',
        'channels:history',
        'channels:join',
        'channels:read',
        'chat:write',
        'commands',
        'files:read',
        'files:write',
        'groups:read',
        'im:history',
        'im:read',
        'im:write',
        'pins:write',
        'reactions:write',
        'team:read',
        'usergroups:read',
        'users:read',
      ],
    },
  },
  settings: {
    event_subscriptions: { bot_events: ['app_home_opened', 'app_mention', 'message.channels'] },
    interactivity: { is_enabled: true },
    socket_mode_enabled: true,
  },
}

export const ana = 'U0ANALIMA'
export const ben = 'U0BENOKAFO'
export const operations = 'C0OPERATNS'

export interface Connected {
  simulator: Simulator
  app: App
  stop(): Promise<void>
}

/** Starts both; `prepare` adds the listeners before the app connects. */
export async function connectedApp(
  prepare: (app: App) => void,
  options: Partial<SimulatorOptions> = {},
): Promise<Connected> {
  const simulator = await startSimulator({ manifest, ...options })
  const app = new App({
    token: simulator.botToken,
    appToken: simulator.appToken,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: simulator.slackApiUrl, retryConfig: { retries: 0 } },
    deferInitialization: true,
  })
  prepare(app)
  await app.init()
  await app.start()
  return {
    simulator,
    app,
    stop: async () => {
      await app.stop()
      await simulator.close()
    },
  }
}
