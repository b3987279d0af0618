// JUnit XML, held against the schema of Jenkins' xUnit plugin (junit-10.xsd) and against hostile names and values.
import { describe, expect, it } from 'vitest'
import { junit } from '../../src/cli/text/junit.ts'
import type { TestReport } from '../../src/scenarios/index.ts'

interface Element {
  tag: string
  attributes: { [name: string]: string }
  children: Element[]
  text: string
}

/** What junit-10.xsd allows: by element, its attributes (`!`: required) and the elements inside. */
const SCHEMA: { [tag: string]: { attributes: string[]; children: string[] } } = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    attributes: [
      ...[
        'name!',
        'tests!',
        'failures!',
        'errors!',
        'group',
        'time',
        'skipped',
        'timestamp',
        'hostname',
        'id',
      ],
      ...['package', 'file', 'log', 'url'],
    ],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    attributes: ['name!', 'time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { attributes: ['type', 'message'], children: [] },
  'system-out': { attributes: [], children: [] },
}

/** The type of `time` there. */
const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/
/** Every character that an XML 1.0 document may hold. */
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u

/** Reads what `junit` writes, and throws for what is not well-formed. */
function parse(xml: string): Element {
  if (!CHARACTERS.test(xml)) throw new Error('a character that XML cannot hold')
  const root: Element = { tag: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  const pattern = /<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>|([^<]+)|</g
  for (const [whole, closing, tag, inside, empty, text] of body.matchAll(pattern)) {
    const here = open.at(-1) as Element
    if (text !== undefined) {
      here.text += decoded(text)
      continue
    }
    if (tag === undefined) throw new Error(`not a tag: ${whole}`)
    if (closing) {
      if (here.tag !== tag) throw new Error(`</${tag}> closes <${here.tag}>`)
      open.pop()
      continue
    }
    const attributes: Element['attributes'] = {}
    for (const [, name = '', value = ''] of (inside ?? '').matchAll(/([a-z]+)="([^"]*)"/g)) {
      if (name in attributes) throw new Error(`${name} stands twice`)
      // A raw one would be read as a blank.
      if (/[\t\n\r]/.test(value)) throw new Error(`a line break in ${name}`)
      attributes[name] = decoded(value)
    }
    const element: Element = { tag, attributes, children: [], text: '' }
    here.children.push(element)
    if (!empty) open.push(element)
  }
  const [document] = root.children
  if (open.length !== 1 || !document || root.children.length !== 1) throw new Error('not one document')
  return document
}

function decoded(text: string): string {
  if (/&(?!(amp|lt|gt|quot|#10|#9);)/.test(text)) throw new Error(`a bare &: ${text}`)
  const meant: { [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', '#10': '\n', '#9': '\t' }
  return text.replace(/&([^;]+);/g, (_, name: string) => meant[name] ?? '')
}

function faults({ tag, attributes, children }: Element): string[] {
  const schema = SCHEMA[tag]
  if (!schema) return [`<${tag}> is unknown`]
  const known = schema.attributes.map((name) => name.replace('!', ''))
  const required = schema.attributes.filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1))
  return [
    ...Object.keys(attributes)
      .filter((name) => !known.includes(name))
      .map((name) => `${tag} ${name}`),
    ...required.filter((name) => attributes[name] === undefined).map((name) => `${tag} lacks ${name}`),
    ...(TIME.test(attributes.time ?? '') ? [] : [`${tag} time`]),
    ...children.flatMap((child) =>
      schema.children.includes(child.tag) ? faults(child) : [`<${child.tag}> in <${tag}>`],
    ),
  ]
}

const hostile = [
  'Bad <one> & "two" \'three\'',
  'ends ]]> a section',
  '<!-- comment --><failure message="x"/>',
  '&amp; &#0; &lt;',
  'control \u0000\u0001\u0008\u000b\u000c\u001b[31m\u007f\u0085',
  'half a pair \ud800 and \udc00, and \ufffe\uffff',
  'turned \u202egnp.exe\u2066',
  'two\nlines\r\nand a\ttab',
  '😀 Größe ≥ 5',
  '',
]

function reportOf(names: string[]): TestReport {
  return {
    id: 't1',
    workflow: { id: 'sample', name: 'Sample' },
    version: { number: 2, hash: 'a'.repeat(64) },
    startedBy: { kind: 'cli', id: 'ana', name: 'ana' },
    startedAt: '2026-03-02T08:00:00.000Z',
    durationMs: 12_345_678,
    passed: false,
    totals: { scenarios: names.length + 1, passed: 1, executions: names.length + 1 },
    scenarios: [
      {
        name: 'Good',
        file: 'workflows/sample/scenarios.yaml',
        line: 3,
        passed: true,
        status: 'succeeded',
        durationMs: 12,
        differences: [],
        errors: [],
        printed: [],
      },
      ...names.map((name, index) => ({
        name,
        file: 'workflows/sample/scenarios.yaml',
        line: 10 + index,
        passed: false,
        status: 'failed',
        durationMs: 1500,
        differences: [{ at: `outputs[${JSON.stringify(name)}]`, expected: name, actual: name }],
        errors: [
          {
            code: 'python.exception',
            message: name,
            file: 'workflows/sample/work.py',
            line: 7,
            source: name,
          },
        ],
        printed: [name, name],
      })),
    ],
    criteria: [
      { name: 'Kept', why: 'Because.', kind: 'coverage', met: true, measures: [], details: [] },
      ...names.map((name) => ({
        name,
        why: name,
        kind: 'accuracy',
        met: false,
        measures: [
          {
            what: name,
            value: null,
            threshold: 1,
            better: 'higher' as const,
            unit: 'share' as const,
            met: false,
          },
        ],
        details: [name],
      })),
    ],
    coverage: { nodes: { total: 1, reached: 1, missing: [] }, edges: { total: 0, reached: 0, missing: [] } },
    compared: null,
  }
}

describe('JUnit XML', () => {
  it('keeps to the schema of Jenkins, whatever is in names and values', () => {
    const document = parse(junit(reportOf(hostile)))
    expect(faults(document)).toEqual([])
    expect(document.attributes).toMatchObject({ name: 'sample', tests: '22', failures: '20', errors: '0' })
    expect(document.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: 'sample scenarios', tests: '11', failures: '10', errors: '0', skipped: '0', time: '15.012' },
      { name: 'sample criteria', tests: '11', failures: '10', errors: '0', skipped: '0' },
    ])
  })

  it('holds a test that nothing is in, too', () => {
    const empty = { ...reportOf([]), scenarios: [], criteria: [] }
    expect(faults(parse(junit(empty)))).toEqual([])
  })

  it('gives names back as they were, but for what cannot be shown', () => {
    const [scenarios] = parse(junit(reportOf(hostile))).children
    const names = scenarios?.children.map(({ attributes }) => attributes.name)
    expect(names).toEqual([
      'Good',
      'Bad <one> & "two" \'three\'',
      'ends ]]> a section',
      '<!-- comment --><failure message="x"/>',
      '&amp; &#0; &lt;',
      'control ······[31m··',
      'half a pair · and ·, and ··',
      'turned ·gnp.exe·',
      'two\nlines·\nand a\ttab',
      '😀 Größe ≥ 5',
      '',
    ])
  })

  it('tells in the text of a failure where it stands, what differs and what went wrong', () => {
    const [scenarios] = parse(junit(reportOf(['Bad']))).children
    expect(scenarios?.attributes.file).toBe('workflows/sample/scenarios.yaml')
    const [failure, printed] = scenarios?.children[1]?.children ?? []
    expect(failure).toMatchObject({
      attributes: { type: 'scenario', message: 'outputs["Bad"]: expected Bad, but was Bad' },
      text: [
        ' at workflows/sample/scenarios.yaml:10',
        'outputs["Bad"]',
        '  expected Bad',
        '  but was  Bad',
        'python.exception – Bad',
        '  in workflows/sample/work.py:7: Bad',
      ].join('\n'),
    })
    expect(printed).toMatchObject({ tag: 'system-out', text: 'Bad\nBad' })
    // As reporters look for the line: the name of the file after a blank, then a colon.
    expect(/ [^ ]*workflows\/sample\/scenarios\.yaml.*?:(\d+)/.exec(failure?.text ?? '')?.[1]).toBe('10')
  })

  it('has a case for each criterion, which tells its values', () => {
    const [, criteria] = parse(junit(reportOf(['recall']))).children
    const [kept, unmet] = criteria?.children ?? []
    expect(kept).toMatchObject({ attributes: { classname: 'sample.criteria', name: 'Kept' }, children: [] })
    expect(unmet?.children[0]).toMatchObject({
      attributes: { type: 'accuracy' },
      text: expect.stringMatching(/^recall is .+, at least 100 % is needed\nrecall\nrecall$/),
    })
  })
})
