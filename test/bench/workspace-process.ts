// The simulated workspace as a process of its own, as Slack is: measuring the bot must not measure both. Driven over
// Node's IPC by slack.bench.ts.
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { ControlRequests, Delivery } from '../../src/simulator/control.ts'
import { startSimulator } from '../../src/simulator/index.ts'

export type Ask =
  /** Types all commands at once; answers when all were acked or given up. */
  | { ask: 'type'; commands: ControlRequests['command'][] }
  /** How many messages of a channel match. */
  | { ask: 'count'; channel: string; user: string; look: string }
export type Answer =
  | { url: string; botToken: string; appToken: string }
  | { deliveries: Delivery[] }
  | { count: number }

// Slack lets one message a second into a channel; here the bot is measured, not that.
const simulator = await startSimulator({
  manifest: parse(await readFile('manifest.yml', 'utf8')),
  rateLimits: false,
})
const { control } = simulator
const answer = (value: Answer) => void process.send?.(value)

process.on('message', async (asked: Ask) => {
  if (asked.ask === 'type') {
    answer({ deliveries: await Promise.all(asked.commands.map((command) => control.command(command))) })
  } else {
    const look = new RegExp(asked.look)
    const { channel, user } = asked
    answer({ count: control.messages({ channel, user }).filter(({ text }) => look.test(text)).length })
  }
})
process.on('disconnect', () => process.exit(0))
answer({ url: simulator.slackApiUrl, botToken: simulator.botToken, appToken: simulator.appToken })
