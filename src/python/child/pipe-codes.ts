// The exit codes by which the child tells why it ended itself; shared with the bot.
export const EXIT = {
  parentGone: 80,
  badFrame: 81,
  forbiddenImport: 82,
  timedOut: 83,
  outOfMemory: 84,
  unfit: 85,
  outputLimit: 86,
  exited: 87,
} as const
