// The Slack surface of the bot, as main.ts needs it: clients first, then the messenger, then the app.
export { createSlackApp } from './app.ts'
export { createApprovalDesk, type SlackApprovalDesk } from './approval-desk.ts'
export { createSlackClients, type SlackClients } from './clients.ts'
export { createMessenger } from './messenger.ts'
export { createPeople } from './people.ts'
export type { Log, SlackApp, SlackAppOptions, SlackConfig, SurfaceLinks } from './ports.ts'
