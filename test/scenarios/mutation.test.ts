// The check of the scenarios themselves: faults are really made, really seeded, and noticed or told of. The whole of it
// runs as `npm run bench -- --only scenarios` and `--only mutation`; a few of each workflow run here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { mutantsOfDefinition } from '../bench/mutation/definition-mutants.ts'
import { faults } from '../bench/mutation/faults/index.ts'
import { mutate, sampleOf } from '../bench/mutation/mutants.ts'
import { tallyByHand, tallyMutants } from '../bench/mutation/tally.ts'
import { subjectOf, trialOf, withFault } from '../bench/mutation/trial.ts'
import { startPython } from './support.ts'

let python: PythonSandbox

beforeAll(async () => {
  python = await startPython()
})

afterAll(() => python?.close())

/** `1: a < b → a <= b` */
const changes = async (code: string) =>
  (await mutate(python, code)).map(({ line, from, to }) => `${line}: ${from} → ${to}`)

describe('the mutator', () => {
  it('shifts and turns round comparisons', async () => {
    expect(await changes('return a < b')).toEqual([
      '1: return a < b → return',
      '1: a < b → a <= b',
      '1: a < b → a >= b',
    ])
  })

  it('loses filters, entries, arguments and the first of a list, and empties texts', async () => {
    expect(await changes('x = [i for i in items if i != 2]\ny = {"a": 1}\nz = f(p, key=q)')).toEqual([
      '1: items → list(items)[1:]',
      '1: i != 2 → i == 2',
      '1: i != 2 → nothing',
      '1: 2 → 3',
      '1: 2 → 1',
      "2: 'a': 1 → nothing",
      '2: 1 → 2',
      '2: 1 → 0',
      '3: key=q → nothing',
    ])
  })

  it('changes conditions, conjunctions, sums, slices and the parts of texts', async () => {
    const found = await changes('if a and not b:\n    c += d\nreturn f"{e:.2f} of {g}", h[:n], min(i, j)')
    expect(found).toEqual(
      expect.arrayContaining([
        '1: a and (not b) → a or not b',
        '1: a and (not b) → a',
        '1: a and (not b) → True',
        '1: not b → b',
        '2: c += d → c -= d',
        '2: c += d → c = d',
        "3: f'{e:.2f}' → f'{e}'",
        "3: f'{g}' → nothing",
        "3: f' of ' → f''",
        '3: :n → :n + 1',
        '3: :n → 1:n',
        '3: min(i, j) → max(i, j)',
      ]),
    )
  })

  it('reads another field than was meant', async () => {
    expect(await changes('return [a["x"], b["y"]]')).toEqual(
      expect.arrayContaining(["1: 'x' → 'y'", "1: 'y' → 'x'"]),
    )
  })

  it('leaves alone what a workflow does not promise: docstrings, annotations, imports and what it logs', async () => {
    const code =
      '"""What it is."""\nfrom x import y\ndef f(a: "A") -> "B":\n    """Why."""\n    log.info("a" + "b")\n    print(1)'
    expect(await changes(code)).toEqual([])
  })

  it('makes the same faults each time, no two alike, each one in code that can be read', async () => {
    const { files } = await subjectOf('access-request')
    const mutants = await mutate(python, files.get('grant_access.py') ?? '')
    const codes = mutants.map(({ code }) => code)
    expect(mutants.length).toBeGreaterThan(50)
    expect(new Set(codes).size).toBe(mutants.length)
    expect(await mutate(python, files.get('grant_access.py') ?? '')).toEqual(mutants)
    for (const code of codes.filter((_, index) => index % 10 === 0))
      expect(await python.check(code, { file: 'mutant.py', line: 1 })).toBeNull()
  })

  it('draws the same sample each time', async () => {
    const { definition } = await subjectOf('daily-digest')
    const mutants = Array.from({ length: 40 }, (_, index) => ({
      where: 'gather',
      at: 'SHOWN = 3',
      from: '3',
      to: String(index),
      definition,
    }))
    const drawn = sampleOf(mutants, 7)
    expect(drawn).toHaveLength(7)
    expect(sampleOf([...mutants].reverse(), 7).reverse()).toEqual(drawn)
  })

  it('changes edges, rules and texts of a definition, and only to what would be accepted', async () => {
    const subject = await subjectOf('access-request')
    const made = (await mutantsOfDefinition(subject)).map(
      ({ where, at, from, to }) => `${where} ${at}: ${from} → ${to}`,
    )
    const wanted = [
      'ask two people approvers.not_requester: true → false',
      'ask two people needed: 2 → 1',
      'ask two people on_expiry: reject → approve',
      'edges ask two people → grant access: when: outputs["ask two people"].approved → true',
      'edges ask two people → note failure: on: failure → always',
      'edges grant access → tell of own approval: else: true → nothing',
      'tell of failure buttons: [{"label":"Details","does":"open_execution"}] → nothing',
    ]
    expect(wanted.filter((one) => !made.includes(one))).toEqual([])
    // A question needs a channel, and an approval by less than one person is none.
    expect(made.filter((one) => one.startsWith('ask two people to:') && one.endsWith('nothing'))).toEqual([])
    expect(made).not.toContain('ask two people needed: 1 → 0')
  })
})

describe('the trial of a fault', () => {
  const fault = { file: 'workflow.yaml', from: '>= item["threshold"]', to: '> item["threshold"]' }

  it('names the scenario that noticed it', async () => {
    const subject = await subjectOf('reorder-check')
    const noticed = await trialOf(python, subject)(await withFault(subject, fault))
    expect(noticed).toBe('The shipped inventory is checked, ordered and reported, every item as labelled')
  })

  it('finds out scenarios that are too weak to notice it', async () => {
    const subject = await subjectOf('reorder-check')
    const scenarios = subject.scenarios.filter(({ name }) => name === 'An empty inventory is all well')
    const weak = { ...subject, scenarios }
    const { criteria: _, ...definition } = await withFault(subject, fault)
    expect(scenarios).toHaveLength(1)
    expect(await trialOf(python, weak)(definition)).toBeUndefined()
  })

  it('names the criterion that noticed it, when every scenario lets it pass', async () => {
    const subject = await subjectOf('reorder-check')
    const scenarios = subject.scenarios.filter(({ name }) => name === 'An empty inventory is all well')
    const noticed = await trialOf(python, { ...subject, scenarios })(subject.definition)
    expect(noticed).toBe('Correctly flag reorder items when inventory drops below the configured threshold')
  })

  it('is refused when the fault no longer fits the file, or would not be loaded', async () => {
    const subject = await subjectOf('daily-digest')
    await expect(withFault(subject, { file: 'gather.py', from: 'SHOWN = 7', to: '' })).rejects.toThrow(
      'has 0 times',
    )
    await expect(withFault(subject, { file: 'gather.py', from: 'return', to: '' })).rejects.toThrow('times')
    const refused = { file: 'workflow.yaml', from: '  - from: gather\n    to: fetch rates\n', to: '' }
    await expect(withFault(subject, refused)).rejects.toThrow('workflow.unreachable_node')
  })
})

describe('the shipped scenarios', () => {
  it.each(Object.keys(faults))('of %s catch mistakes that people could make', async (id) => {
    // The first, one in the middle and the last: in Python, and in the definition.
    const { seeded, missed } = await tallyByHand(python, id, (all) =>
      [0, 0.5, 1].flatMap((share) => all[Math.round(share * (all.length - 1))] ?? []),
    )
    expect(seeded).toBe(3)
    expect(missed).toEqual([])
  })

  it('catch faults that a program makes', async () => {
    const { seeded, missed } = await tallyMutants(python, 'access-request', 10)
    expect(seeded).toBe(10)
    expect(missed).toEqual([])
  })
})
