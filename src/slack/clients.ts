// The Web API clients. Two of them, so that a rate limit on progress updates never delays an answer. Neither queues
// behind a rate limit nor repeats by itself: call.ts decides what may be repeated.
import { type Logger, LogLevel, WebClient } from '@slack/web-api'
import type { Log, SlackConfig } from './ports.ts'

export interface SlackClients {
  config: SlackConfig
  /** Answers to people: posts, views, final reports. */
  answers: WebClient
  /** Progress: may be late, may be dropped. */
  progress: WebClient
}

/** A call that hangs longer than this is given up. Slack answers within a second or two. */
const callTimeoutMs = 15_000

/**
 * Options of every client. Built anew each time, because the library writes into the object; and without `headers`,
 * which it would share between clients with different tokens.
 */
export function clientOptions(config: SlackConfig, log: Log) {
  return {
    ...(config.apiUrl ? { slackApiUrl: config.apiUrl } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: callTimeoutMs,
    logger: libraryLogger(log),
  }
}

/** Creates the clients without calling Slack, so that the messenger can exist before anything else does. */
export function createSlackClients(config: SlackConfig, log: Log): SlackClients {
  return {
    config,
    answers: new WebClient(config.botToken, clientOptions(config, log)),
    progress: new WebClient(config.botToken, clientOptions(config, log)),
  }
}

/**
 * The library's log, two levels quieter than it thinks: what it calls an error is mostly a refusal that we handle and
 * report ourselves. Debug lines are dropped, because they hold whole payloads.
 */
export function libraryLogger(log: Log): Logger {
  const write =
    (level: 'debug' | 'info') =>
    (...parts: unknown[]) =>
      log[level]({ from: 'slack' }, parts.map(String).join(' '))
  return {
    debug() {},
    info: write('debug'),
    warn: write('debug'),
    error: write('info'),
    setLevel() {},
    setName() {},
    getLevel: () => LogLevel.INFO,
  }
}
