// A bot's workflows without files or Python: versions are edited in by hand, tests answer what the test wants, and what
// was decided is kept in records that outlive the process.
import type { RecordStore } from '../../src/actions/ports.ts'
import { type Activation, createActivation } from '../../src/commands/activation.ts'
import { createFirstVersions, type Waiting } from '../../src/commands/first-versions.ts'
import type { CatalogEntry, Versions } from '../../src/commands/types.ts'
import type { Version, WorkflowDefinition } from '../../src/definition/schema.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { Json } from '../../src/json.ts'
import type { TestReport, Tests } from '../../src/scenarios/index.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { noTests } from '../support/no-tests.ts'
import { openOffice, versionOf } from './office.ts'

const criterion = { name: 'All right', why: 'It matters', kind: 'scenarios', at_least: 1 } as const

/** A version of `orders`; its letter is its content. */
export function versionNamed(
  letter: string,
  more: { gated?: boolean; two?: boolean; owner?: string; channel?: string } = {},
): Omit<Version, 'number'> {
  const { definition } = versionOf('orders', more.owner === undefined ? {} : { owner: more.owner })
  const own: WorkflowDefinition = {
    ...definition,
    ...(more.gated === false ? {} : { criteria: [criterion] }),
    settings: {
      ...definition.settings,
      ...(more.two ? { activation: 'two_people' as const } : {}),
      ...(more.channel === undefined ? {} : { failure_channel: more.channel }),
    },
  }
  return { hash: letter.repeat(64), definition: own }
}

/** What outlives a process. */
export interface Disk {
  records: RecordStore
  versions: Version[]
  /** Oldest first. */
  reports: TestReport[]
  claims: Map<string, Json>
}

export const emptyDisk = (): Disk => ({
  records: new MemoryRecords(),
  versions: [],
  reports: [],
  claims: new Map(),
})

export interface LabOptions {
  disk?: Disk
  firstVersions?: 'tested' | 'trusted'
  /** Whether versions pass, by their letter. */
  passes?: (letter: string) => boolean | Promise<boolean>
  python?: Promise<void>
  /** What is not as expected where a version does not pass. */
  differences?: { at: string }[]
  post?: () => Promise<never>
}

export function openLab(options: LabOptions = {}) {
  const disk = options.disk ?? emptyDisk()
  const state = {
    scenarios: 'as they were',
    count: 1,
    file: undefined as Version | undefined,
    tested: [] as string[],
  }
  const versions: Versions = {
    get: async (_id, which) => disk.versions.find((one) => one.number === which || one.hash === which),
    list: async () =>
      disk.versions.map(({ number, hash }) => ({ number, hash, at: '2026-03-02T07:00:00.000Z' })),
  }
  const tests: Tests = {
    ...noTests,
    scenarios: async () => ({ count: state.count, hash: state.scenarios }),
    list: (_id, hash) =>
      disk.reports.filter(({ version }) => (hash ?? version.hash) === version.hash).reverse(),
    async run(version, { startedBy, answering, signal }) {
      const letter = version.hash.slice(0, 1)
      const scenariosHash = state.scenarios
      const passed = (await options.passes?.(letter)) ?? true
      signal?.throwIfAborted()
      state.tested.push(letter)
      const report = {
        id: `test-${disk.reports.length + 1}`,
        workflow: { id: 'orders', name: 'The orders' },
        version: { number: version.number, hash: version.hash },
        scenariosHash,
        startedBy,
        passed,
        scenarios: [{ name: 'Ten percent', passed, differences: options.differences ?? [{ at: 'output' }] }],
        criteria: [{ name: criterion.name, kind: criterion.kind, met: passed }],
        compared: answering?.hash ?? null,
      } as unknown as TestReport
      disk.reports.push(report)
      return report
    },
  }
  const entry = (): CatalogEntry[] =>
    state.file
      ? [{ id: 'orders', version: state.file, faults: [], file: 'workflows/orders/workflow.yaml' }]
      : []
  const files = {
    list: entry,
    get: (id: string) => entry().find((one) => one.id === id),
    faults: () => [],
  }
  const base = openOffice()
  const activation: Activation = createActivation({
    records: disk.records,
    versions,
    clock: base.services.clock,
    firstVersions: options.firstVersions ?? 'trusted',
  })
  const office = openOffice({
    services: {
      records: disk.records,
      catalog: activation.over(files),
      versions,
      tests,
      activation,
      clock: base.services.clock,
      claims: {
        async claim(key, value) {
          const claimed = !disk.claims.has(key)
          if (claimed) disk.claims.set(key, value)
          return { claimed, value: disk.claims.get(key) as typeof value }
        },
        get: (key) => disk.claims.get(key),
      },
      ...(options.post ? { messenger: { post: options.post } } : {}),
    },
  })
  const said = { activated: [] as number[], waiting: [] as Waiting[], untold: [] as Waiting[] }
  const first = createFirstVersions(office.services, options.python ?? Promise.resolve(), {
    activated: ({ version }) => said.activated.push(version),
    waiting: (about) => said.waiting.push(about),
    untold: (about) => said.untold.push(about),
    unexpected: (thrown) => {
      throw thrown
    },
  })
  const register = (content: Omit<Version, 'number'>): Version => {
    const known = disk.versions.find(({ hash }) => hash === content.hash)
    const version = known ?? { number: disk.versions.length + 1, ...content }
    if (!known) disk.versions.push(version)
    return version
  }
  return {
    ...office,
    disk,
    state,
    activation,
    first,
    said,
    /** The file says this now, and the bot has read it. */
    async edit(content: Omit<Version, 'number'>): Promise<Version> {
      const version = register(content)
      await activation.consider(version)
      state.file = version
      first.look()
      return version
    },
    /** Numbers of the version that answers and of the draft. */
    stands(): [number | undefined, number | undefined] {
      const { version, draft } = office.services.catalog.get('orders') ?? {}
      return [version?.number, draft?.number]
    },
    async code(promise: Promise<unknown>): Promise<string> {
      const thrown = await promise.then(
        () => undefined,
        (error: unknown) => error,
      )
      if (thrown instanceof WorkflowError) return thrown.code
      if (thrown === undefined) return 'done'
      throw thrown
    },
  }
}
