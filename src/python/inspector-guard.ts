// Keeps the bot's own debugger shut: any process of the same user may send SIGUSR1, on which Node opens an inspector
// that reads every secret in memory.

/** Call once, first thing in the bot's process. Node opens no inspector on SIGUSR1 while somebody listens to it. */
export function guardAgainstInspector(): void {
  if (process.platform !== 'win32') process.on('SIGUSR1', () => {})
}
