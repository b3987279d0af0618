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
  let stopping = false
  const python = createPythonSandbox({
    builtins: builtinSpecs,
    errors: builtinErrors,
    cacheDir: config.cacheDir,
    poolSize: config.python.poolSize,
    log({ level, event, ...details }) {
      // Interpreters come and go, and all go when the bot stops; only what somebody should look at is more than detail.
      const shown = level === 'info' || stopping ? 'debug' : level
      log[shown]({ event, ...details }, event)
    },
    progress: (text) => stopping || console.log(text),
  })
  // Whoever runs Python is told when it was refused; at start it is said at once.
  python.ready().then(
    () => console.log(`Python: ready, ${describeSandbox(python.describe())}`),
    (thrown: unknown) => stopping || log.error({ err: thrown }, 'Python is refused: code nodes will fail'),
  )
  let bot: Awaited<ReturnType<typeof startBot>>
  try {
    bot = await startBot({ config, log, python, manifest })
  } catch (thrown) {
    stopping = true
    await python.close()
    throw thrown
  }
  console.log(
    bot.simulator
      ? `\nOpen ${bot.simulator.url} in a browser and type /workflow list\n`
      : '\nConnected to Slack: type /workflow list there\n',
  )

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

/** Which of the layers around the interpreters this Node has. The gate itself is there on every one. */
function describeSandbox({ node, layers }: SandboxDescription): string {
  const missing = layers.filter((layer) => !layer.present).map((layer) => layer.name)
  if (missing.length === 0) return `behind the gate and every layer that Node can add (${node})`
  return `behind the gate (a newer Node than ${node} would add: ${missing.join(', ')})`
}
