// How typed words become a command and its input.
import { describe, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { parse } from '../../src/slack/parse.ts'

const vocabulary = {
  commands: ['list', 'run', 'show', 'history', 'report', 'help', 'versions', 'tests', 'replay', 'replays'],
  workflows: [
    { id: 'reorder-check', name: 'Reorder check' },
    { id: 'month-end', name: 'Close the month' },
  ],
}
const read = (text: string) => parse(text, vocabulary)
const run = (text: string) => read(`run reorder-check ${text}`).input.inputs

function refusal(text: string): WorkflowError {
  try {
    read(text)
  } catch (thrown) {
    if (thrown instanceof WorkflowError) return thrown
    throw thrown
  }
  throw new Error(`"${text}" was understood`)
}

describe('commands', () => {
  it('nothing at all asks for help', () => {
    expect(read('')).toEqual({ command: 'help', input: {} })
    expect(read('   ')).toEqual({ command: 'help', input: {} })
  })

  it('capitals do not matter', () => {
    expect(read('LIST')).toEqual({ command: 'list', input: {} })
  })

  it('words after list are what to look for, words after help the topic', () => {
    expect(read('list low stock').input).toEqual({ search: 'low stock' })
    expect(read('help run').input).toEqual({ topic: 'run' })
  })

  it('history takes a workflow or none, report an execution', () => {
    expect(read('history').input).toEqual({})
    expect(read('history month-end').input).toEqual({ workflowId: 'month-end' })
    expect(read('report 1f3k9ab-x7q2m').input).toEqual({ executionId: '1f3k9ab-x7q2m' })
  })

  it('a replay takes how many executions, plain or by name, and a version', () => {
    expect(read('replay reorder check').input).toEqual({ workflowId: 'reorder-check' })
    expect(read('replay reorder-check 50').input).toEqual({ workflowId: 'reorder-check', last: '50' })
    expect(read('replay reorder-check last=10 version=3').input).toEqual({
      workflowId: 'reorder-check',
      last: '10',
      version: '3',
    })
    // What is no number is for the command to refuse.
    expect(read('replay reorder-check many').input).toMatchObject({ last: 'many' })
  })

  it('versions, tests and replays take a workflow by its id or its name', () => {
    for (const command of ['versions', 'tests', 'replays'])
      expect(read(`${command} close the month`)).toEqual({ command, input: { workflowId: 'month-end' } })
  })

  it('a mistyped command suggests the nearest one, with the rest of what was typed', () => {
    expect(refusal('rnu reorder-check')).toMatchObject({
      code: 'command.unknown',
      hint: 'Did you mean /workflow run reorder-check?',
    })
  })

  it('a workflow without a command suggests to run it', () => {
    expect(refusal('reorder check').hint).toBe('Did you mean /workflow run reorder-check?')
  })

  it('something quite different points to help', () => {
    expect(refusal('make coffee').hint).toBe('/workflow help shows what I can do.')
  })

  it('words of the language itself are no commands', () => {
    for (const word of ['constructor', '__proto__', 'toString'])
      expect(refusal(word).code).toBe('command.unknown')
  })
})

describe('workflows by name', () => {
  it('are found by their id before the name of another', () => {
    const alike = [
      { id: 'orders-of-the-day', name: 'Orders' },
      { id: 'orders', name: 'Something else' },
    ]
    expect(parse('run orders', { ...vocabulary, workflows: alike }).input).toMatchObject({
      workflowId: 'orders',
    })
  })

  it.each(['reorder-check', 'reorder check', 'Reorder Check', 'REORDER_CHECK', '"Reorder check"'])(
    '%s is reorder-check',
    (typed) => {
      expect(read(`run ${typed}`).input).toEqual({ workflowId: 'reorder-check', inputs: {} })
    },
  )

  it('a name with blanks ends where the inputs begin', () => {
    expect(read('run close the month day=31').input).toEqual({
      workflowId: 'month-end',
      inputs: { day: '31' },
    })
  })

  it('what matches nothing is passed on as typed, for the command to answer', () => {
    expect(read('show nonsense').input).toEqual({ workflowId: 'nonsense' })
  })

  it('words that are neither workflow nor input are refused with the way to write them', () => {
    const error = refusal('run reorder-check now')
    expect(error.code).toBe('command.bad_input')
    expect(error.message).toContain('now')
    expect(error.hint).toContain('key=value')
  })
})

describe('inputs', () => {
  it('values are texts, as typed', () => {
    expect(run('day=31 note=low code=007')).toEqual({ day: '31', note: 'low', code: '007' })
  })

  it('quotes keep blanks together', () => {
    expect(run('note="two words" other=\'and more\'')).toEqual({ note: 'two words', other: 'and more' })
  })

  it.each(['“two words”', '”two words”', '„two words“', '«two words»', '‘two words’', '“two words"'])(
    'the quotes of phones and other languages count: note=%s',
    (quoted) => {
      expect(run(`note=${quoted} next=1`)).toEqual({ note: 'two words', next: '1' })
    },
  )

  it('a quote that is never closed and an apostrophe are plain characters', () => {
    expect(run('note="half who=o’Brien')).toEqual({ note: '"half', who: 'o’Brien' })
  })

  it('a backslash takes the next quote as it is', () => {
    expect(run('note="say \\"hi\\" twice"')).toEqual({ note: 'say "hi" twice' })
  })

  it('a value may hold an equals sign, and may be empty', () => {
    expect(run('filter=a=b empty=')).toEqual({ filter: 'a=b', empty: '' })
  })

  it('mentions become ids, links become addresses, entities become characters', () => {
    expect(
      run('who=<@U0ANALIMA|ana> where=<#C0OPERATNS|operations> team=<!subteam^S0BUYERS|@buyers>'),
    ).toEqual({
      who: 'U0ANALIMA',
      where: 'C0OPERATNS',
      team: 'S0BUYERS',
    })
    expect(run('site=<https://harbour.example/a?b=1&amp;c=2> what=&lt;b&gt;')).toEqual({
      site: 'https://harbour.example/a?b=1&c=2',
      what: '<b>',
    })
    expect(run('mail=<mailto:ana@harbour.example|ana@harbour.example>')).toEqual({
      mail: 'ana@harbour.example',
    })
    expect(run('site=<http://harbour.example|harbour.example>')).toEqual({ site: 'harbour.example' })
  })

  it('an input called __proto__ changes nothing else', () => {
    run('__proto__=x')
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})
