// Holds the block validator against an independent JSON Schema of Block Kit: good blocks of every type are spoilt in
// thousands of ways, and both must give the same verdict. Skips, and says so, where the schema is not at hand.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { checkBlocks, checkView } from '../../src/simulator/blocks/index.ts'
import { isObject } from '../../src/simulator/payload.ts'
import { goodBlocks, goodHome, goodModal, plain } from './samples.ts'

/** The schema, in whatever folder beside the project keeps it. */
const file = readdirSync(resolve('..'))
  .map((folder) => resolve('..', folder, 'slack', 'slack-block-kit.schema.json'))
  .find((path) => existsSync(path))
const present = file !== undefined
if (!present) console.warn('Skipped: the independent Block Kit schema is not beside the project.')

/** Rules that the schema does not know: ours may refuse more for these reasons, never less. */
const ownRules = new Set([
  'duplicate_id',
  'unsupported_type',
  'invalid_initial',
  'invalid_range',
  'invalid_combination',
  'too_many_tables',
])

const lengths = [
  0, 1, 2, 3, 5, 6, 10, 11, 20, 21, 24, 25, 26, 30, 31, 49, 50, 51, 75, 76, 100, 101, 102, 150, 151,
]
const longer = [199, 200, 201, 255, 256, 300, 301, 2000, 2001, 3000, 3001, 12_000, 12_001]
const oddities = [
  null,
  true,
  0,
  -1,
  1.5,
  101,
  [],
  {},
  'zzz',
  'https://a b',
  'ftp://example.com/x',
  'mailto:a@example.com',
  '/relative',
  'https://example.com/%zz',
  'http://example.com/ok?q=1#f',
  'https://',
  '2026-13-01',
  '24:00',
  'U0',
  'u0',
  '🙂',
]

/** Every way in which one place of a value is spoilt: dropped, added to, replaced, stretched. */
function* spoilt(value: unknown): Iterable<unknown> {
  for (const odd of oddities) yield odd
  if (typeof value === 'string') {
    for (const length of [...lengths, ...longer]) yield 'x'.repeat(length)
  } else if (typeof value === 'number') {
    for (const number of [0, 1, 2, 4, 5, 6, 7, 10, 11, 19, 20, 100, 3000, 3001, 1e10]) yield number
  } else if (Array.isArray(value)) {
    for (const length of lengths) yield Array.from({ length }, (_, i) => value[i % Math.max(1, value.length)])
    for (const [i, entry] of value.entries()) {
      for (const worse of spoilt(entry)) yield value.with(i, worse)
    }
  } else if (isObject(value)) {
    yield { ...value, unknown: 1 }
    for (const [name, entry] of Object.entries(value)) {
      const { [name]: _, ...rest } = value
      yield rest
      for (const worse of spoilt(entry)) yield { ...value, [name]: worse }
    }
  }
}

describe.skipIf(!present)('the validator and an independent schema of Block Kit', () => {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const schema: { $id: string; $defs: Record<string, unknown> } = file
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { $id: 'none', $defs: {} }
  if (present) ajv.addSchema(schema)
  const definition = (name: string) =>
    schema.$defs[name] ? ajv.getSchema(`${schema.$id}#/$defs/${name}`) : undefined

  const disagreements = (values: Iterable<unknown>, ours: (v: unknown) => ReturnType<typeof checkBlocks>) => {
    const found: unknown[] = []
    let compared = 0
    for (const value of values) {
      const type = isObject(value) && typeof value.type === 'string' ? value.type : ''
      const check = definition(`${type}_block`) ?? definition(`${type}_view`)
      const taken = check?.(value) === true
      const faults = ours(value)
      compared += 1
      const surelyRefused = faults.some((f) => !ownRules.has(f.code))
      if (taken ? surelyRefused : faults.length === 0)
        found.push({
          ours: faults.map((f) => `${f.pointer} ${f.message}`),
          theirs: check?.errors?.slice(-2).map((e) => `${e.instancePath} ${e.message}`),
          value: JSON.stringify(value).slice(0, 500),
        })
    }
    return { found, compared }
  }

  it.each(goodBlocks.map((block, i) => [`${block.type} (${i})`, block] as const))(
    'agree about %s, good and spoilt',
    (_, block) => {
      expect(disagreements([block], (v) => checkBlocks([v], '/blocks', 'modal')).found).toEqual([])
      const all = disagreements(spoilt(block), (v) => checkBlocks([v]))
      expect(all.found.slice(0, 3)).toEqual([])
      expect(all.compared).toBeGreaterThan(20)
    },
  )

  it.each([goodModal, goodHome])('agree about the frame of a $type view, good and spoilt', (view) => {
    const frames = [...spoilt({ ...view, blocks: undefined })].filter(isObject)
    const whole = frames.map((frame) => ({ blocks: view.blocks, ...JSON.parse(JSON.stringify(frame)) }))
    const all = disagreements(whole, (v) => checkView(v))
    expect(all.found.slice(0, 3)).toEqual([])
    expect(all.compared).toBeGreaterThan(100)
  })

  it('agree that input blocks need a submit', () => {
    const input = { type: 'input', label: plain('L'), element: { type: 'plain_text_input', action_id: 'a' } }
    const { submit: _, ...without } = { ...goodModal, blocks: [input] }
    const views = [without, { ...goodModal, blocks: [input] }, { ...goodHome, blocks: [] }]
    expect(disagreements(views, (v) => checkView(v)).found).toEqual([])
    expect(checkView(without).map((f) => f.message)).toEqual([
      'missing required field: submit (a view with input blocks needs it)',
    ])
  })
})
