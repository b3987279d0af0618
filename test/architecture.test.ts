// Reads the imports of src and keeps the architecture true: they point inward, and each vendor has its place.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

interface Import {
  /** `src/engine/local.ts` */
  from: string
  /** `src/definition/graph.ts`, or a package: `zod`, `node:fs`. */
  to: string
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((file) => posix.join('src', file.split('\\').join('/')))
  .filter((file) => /\.(ts|tsx|py)$/.test(file))
  .sort()
const modules = files.filter((file) => /\.tsx?$/.test(file))

/**
 * Which folder may import which. Transports stand outside, the language of workflows inside. `actions` holds the ports
 * through which engine, Python, records and messages meet; `commands` holds those of the services that people use.
 */
const MAY_IMPORT: { [folder: string]: string[] } = {
  definition: [],
  engine: ['definition'],
  triggers: ['definition', 'engine'],
  builtins: ['actions', 'definition', 'engine'],
  actions: ['builtins', 'definition', 'engine'],
  python: ['actions', 'builtins', 'definition', 'engine'],
  // Plays workflows with the outside captured; what real Python is, it is told.
  scenarios: ['actions', 'builtins', 'definition', 'engine', 'triggers'],
  commands: ['actions', 'builtins', 'definition', 'engine', 'scenarios', 'triggers'],
  store: ['actions', 'commands', 'definition', 'engine'],
  slack: ['actions', 'commands', 'definition', 'engine', 'pictures', 'scenarios'],
  http: ['commands', 'definition', 'engine', 'scenarios'],
  // Draws what it is given; nothing of Slack in it.
  pictures: ['definition', 'engine'],
  // The terminal talks to the API and takes the types of its answers from there.
  cli: ['commands', 'definition', 'engine', 'scenarios', 'http'],
  // A workspace of its own; like Slack, it knows nothing of the bot.
  simulator: [],
}

/** Files beside the folders that any folder may use, and those that only some may. */
const SHARED = ['errors.ts', 'json.ts', 'log.ts', 'clock.ts']
const SHARED_BY: { [file: string]: string[] } = {
  'loopback.ts': ['http', 'simulator'],
  'config.ts': ['cli', 'simulator'],
  'data-files.ts': ['cli'],
  'test-from-files.ts': ['cli'],
  'validate-files.ts': ['cli'],
  'kinds.ts': ['definition/write-schema.ts'],
}

/** Where each package may be imported. A package that is missing here has no place yet: give it one. */
const PLACES: { [packageName: string]: string[] } = {
  '@dagrejs/dagre': ['pictures'],
  '@hono/node-server': ['http', 'simulator'],
  '@marcbachmann/cel-js': ['definition'],
  '@resvg/resvg-wasm': ['pictures'],
  '@slack/bolt': ['slack'],
  '@slack/socket-mode': ['slack'],
  '@slack/types': ['slack', 'simulator'],
  '@slack/web-api': ['slack'],
  chokidar: ['definition'],
  croner: ['triggers'],
  'csv-parse': ['definition', 'store'],
  esbuild: ['pictures', 'python', 'simulator'],
  graphology: ['definition'],
  'graphology-dag': ['definition'],
  'graphology-types': ['definition'],
  hono: ['http', 'simulator'],
  lowdb: ['store'],
  pino: ['log.ts'],
  'pino-pretty': ['log.ts'],
  pyodide: ['python'],
  undici: ['slack', 'actions'],
  ws: ['simulator'],
  // The app's manifest is YAML as well.
  yaml: ['definition', 'scenarios', 'simulator', 'bot.ts'],
  zod: [''],
}

/** Imports and re-exports as a formatter leaves them, types too; then those that are made while running. */
function scan(file: string): Import[] {
  const text = read(file)
  const patterns = [
    /^(?:import|export)\s(?:type\s)?[\w$*{},\s]*?from\s*['"]([^'"\n]+)['"]/gm,
    /^import\s*['"]([^'"\n]+)['"]/gm,
    /\b(?:import|require|import\.meta\.resolve)\(\s*['"]([^'"\n]+)['"]/g,
  ]
  return patterns
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map((match) => ({ from: file, to: resolveFrom(file, match[1] ?? '') }))
}

function resolveFrom(file: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier
}

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** `engine` for src/engine/local.ts, undefined for src/main.ts. */
const folderOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1]

const inPlace = (file: string, place: string) =>
  place === '' || file === `src/${place}` || file.startsWith(`src/${place}/`)

const arrow = ({ from, to }: Import) => `${from} → ${to}`

const imports = modules.flatMap(scan)
const internal = imports.filter(({ to }) => to.startsWith('src/'))
const packages = imports.filter(({ to }) => !to.startsWith('src/') && !to.startsWith('node:'))

describe('the imports of src', () => {
  let parsed: Import[]

  beforeAll(async () => {
    parsed = []
    await build({
      entryPoints: modules.map((file) => join(root, file)),
      bundle: true,
      write: false,
      outdir: 'unused',
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      plugins: [
        {
          name: 'listen',
          setup(builder) {
            builder.onResolve({ filter: /.*/ }, ({ kind, importer, path }) => {
              if (kind === 'entry-point') return undefined
              const from = posix.join('src', importer.slice(join(root, 'src').length))
              parsed.push({ from, to: resolveFrom(from, path) })
              return { path, external: true }
            })
          },
        },
      ],
    })
  })

  it('are all seen by this test: it finds whatever a real parser finds', () => {
    const seen = new Set(imports.map(arrow))
    expect(parsed.length).toBeGreaterThan(50)
    expect(parsed.map(arrow).filter((one) => !seen.has(one))).toEqual([])
  })

  it('point inward: transports to commands to engine to definition', () => {
    const wrong = internal.filter(({ from, to }) => {
      const folder = folderOf(from)
      const target = folderOf(to)
      // Files beside the folders wire them together.
      if (folder === undefined || folder === target) return false
      if (target !== undefined) return !MAY_IMPORT[folder]?.includes(target)
      const file = to.slice('src/'.length)
      return !SHARED.includes(file) && !SHARED_BY[file]?.some((place) => inPlace(from, place))
    })
    expect(wrong.map(arrow)).toEqual([])
  })

  it('know every folder of src', () => {
    const folders = [...new Set(files.map(folderOf))].filter((folder) => folder !== undefined)
    expect(folders.filter((folder) => !(folder in MAY_IMPORT))).toEqual([])
  })

  it('leave each vendor in its place: Bolt in slack, lowdb in store, Pyodide in python, hono in servers', () => {
    const wrong = packages.filter(({ from, to }) => {
      // The page of the simulator is bundled for browsers.
      if (from.startsWith('src/simulator/page/')) return false
      return !PLACES[packageOf(to)]?.some((place) => inPlace(from, place))
    })
    expect(wrong.map(arrow)).toEqual([])
  })

  it('bring no network, file system or process into engine', () => {
    const pure = imports.filter(({ from }) => inPlace(from, 'engine'))
    const forbidden = /^node:(fs|net|http|https|child_process|worker_threads|dgram|process)/
    expect(pure.filter(({ to }) => forbidden.test(to)).map(arrow)).toEqual([])
  })

  it('of packages are all declared as dependencies, not as development dependencies', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: object }
    const names = new Set(packages.map(({ to }) => packageOf(to)))
    expect([...names].filter((name) => !(name in dependencies))).toEqual([])
  })
})

describe('every file of src', () => {
  it('opens with a comment that introduces it', () => {
    const opening = /^(#!.*\n)?(\/\/|\/\*|#|""")/
    expect(files.filter((file) => !opening.test(read(file)))).toEqual([])
  })

  it('has at most 400 lines', () => {
    const long = files.map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
    expect(long.filter(({ lines }) => lines > 400)).toEqual([])
  })

  it('leaves the environment to config.ts', () => {
    const readers = modules.filter((file) =>
      /process\s*(\?\.|\.)\s*env\b|process\[['"]env/.test(withoutComments(file)),
    )
    expect(readers).toEqual(['src/config.ts'])
  })

  it('behaves the same whatever NODE_ENV says', () => {
    expect(modules.filter((file) => withoutComments(file).includes('NODE_ENV'))).toEqual([])
  })
})

/** Without lines that are comments; comments behind code stay, which is the stricter side. */
function withoutComments(file: string): string {
  return read(file).replace(/^\s*(\/\/|\/?\*).*$/gm, '')
}
