// The process: reads the configuration, starts the bot, says where it can be reached, and stops it in order. A person
// who starts it sees what is up, what is not, and what to do about it; never a stack.
import { fileURLToPath } from 'node:url'
import { startBot } from './bot.ts'
import { builtinErrors, builtinSpecs } from './builtins/index.ts'
import { type Config, describeConfig, loadConfig } from './config.ts'
import { WorkflowError } from './errors.ts'
import { createLogger, type Logger } from './log.ts'
import { createPythonSandbox, guardAgainstInspector, type SandboxDescription } from './python/index.ts'

const manifest = fileURLToPath(new URL('../manifest.yml', import.meta.url))

guardAgainstInspector()
try {
  const config = loadConfig()
  // What people are to read goes to stdout in plain words; the log goes to stderr.
  await run(config, createLogger(config, { stream: process.stderr, readable: process.stderr.isTTY }))
} catch (thrown) {
  process.exitCode = 1
  if (thrown instanceof WorkflowError) {
    console.error(`\n${thrown.message}\n${thrown.hint ? `\n${thrown.hint}\n` : ''}\n(${thrown.code})`)
  } else {
    console.error('The bot could not start because of a mistake of its own:', thrown)
  }
}

async function run(config: Config, log: Logger): Promise<void> {
  for (const line of describeConfig(config)) console.log(line)
  const python = createPythonSandbox({
    builtins: builtinSpecs,
    errors: builtinErrors,
    cacheDir: config.cacheDir,
    poolSize: config.python.poolSize,
    // Interpreters come and go; only what somebody should look at is more than detail.
    log: ({ level, event, ...details }) =>
      log[level === 'info' ? 'debug' : level]({ event, ...details }, event),
    progress: (text) => console.log(text),
  })
  // Whoever runs Python is told when it was refused; at start it is said at once.
  python.ready().then(
    () => console.log(`Python: ready, ${describeSandbox(python.describe())}`),
    (thrown: unknown) => log.error({ err: thrown }, 'Python is refused: code nodes will fail'),
  )
  let bot: Awaited<ReturnType<typeof startBot>>
  try {
    bot = await startBot({ config, log, python, manifest })
  } catch (thrown) {
    await python.close()
    throw thrown
  }
  console.log(
    bot.simulator
      ? `\nOpen ${bot.simulator.url} in a browser and type /workflow list\n`
      : '\nConnected to Slack: type /workflow list there\n',
  )

  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second Ctrl+C means it: whatever is unfinished goes on at the next start.
      if (stopping) process.exit(130)
      stopping = true
      console.log('Stopping; what is unfinished goes on at the next start')
      bot
        .close()
        .then(() => python.close())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        )
    })
  }
}

/** `Node 20.20.2, 12 of 14 layers; missing: …` */
function describeSandbox({ node, layers }: SandboxDescription): string {
  const missing = layers.filter((layer) => !layer.present).map((layer) => layer.name)
  const lacks = missing.length > 0 ? `; this Node lacks: ${missing.join(', ')}` : ''
  return `${layers.length - missing.length} of ${layers.length} protections on Node ${node}${lacks}`
}
