// Starts only the simulator, so that the bot can be restarted while the workspace lives on. Reads nothing but its
// arguments: `--port 3900`, `--manifest manifest.yml`.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { WorkflowError } from '../errors.ts'
import { startSimulator } from './index.ts'

const ownManifest = fileURLToPath(new URL('../../manifest.yml', import.meta.url))

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3900' },
      manifest: { type: 'string', default: ownManifest },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new WorkflowError('simulator.bad_port', `"${values.port}" is not a port.`, {
      hint: 'Use a number from 0 (any free port) to 65535.',
    })
  const simulator = await startSimulator({ port, manifest: await manifestAt(values.manifest) })
  console.log(`The simulated workspace is at ${simulator.url}

Start the bot with:
  SLACK_API_URL=${simulator.slackApiUrl}
  SLACK_BOT_TOKEN=${simulator.botToken}
  SLACK_APP_TOKEN=${simulator.appToken}
`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulator.close().then(() => process.exit(0)))
  }
} catch (thrown) {
  const hint = thrown instanceof WorkflowError && thrown.hint ? ` ${thrown.hint}` : ''
  console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}${hint}`)
  process.exitCode = 1
}

async function manifestAt(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new WorkflowError('simulator.bad_manifest', `The app manifest ${path} cannot be read.`, {
      hint: 'Name a manifest with --manifest, for example --manifest manifest.yml.',
      cause,
    })
  }
}
