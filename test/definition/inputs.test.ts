// Values for typed inputs: what is understood, what is refused and in which words.
import { describe, expect, it } from 'vitest'
import { checkInputs, inputsSchema, requireInputs } from '../../src/definition/inputs.ts'
import type { JsonObject } from '../../src/json.ts'

const records = {
  get: (collection: string, key: string) => (collection === 'items' && key === '7' ? {} : undefined),
}
const check = (input: object, value: unknown) =>
  checkInputs(inputsSchema.parse({ it: input }), { it: value } as JsonObject, records)
const good = (input: object, value: unknown) => {
  const checked = check(input, value)
  return checked.ok ? checked.values.it : checked.faults
}
const fault = (input: object, value: unknown) => {
  const checked = check(input, value)
  return checked.ok ? `understood as ${JSON.stringify(checked.values.it)}` : checked.faults[0]?.message
}

describe('typed inputs', () => {
  it.each([
    [{ type: 'number' }, '12.5', 12.5],
    [{ type: 'integer' }, '12', 12],
    [{ type: 'boolean' }, 'Yes', true],
    [{ type: 'boolean' }, 'off', false],
    [{ type: 'enum', options: ['North', 'South'] }, 'north', 'North'],
    [{ type: 'date' }, '2026-03-31', '2026-03-31'],
    [{ type: 'user' }, '<@U0ANALIMA|ana>', 'U0ANALIMA'],
    [{ type: 'channel' }, '<#C0OPERATNS>', 'C0OPERATNS'],
    [{ type: 'string' }, 7, '7'],
    [{ type: 'record', collection: 'items' }, '7', '7'],
    [{ type: 'record', collection: 'items' }, 7, '7'],
    [{ type: 'record', collection: 'items' }, null, null],
  ])('%j understands %j', (input, value, expected) => {
    expect(good(input, value)).toEqual(expected)
  })

  it.each([
    [{ type: 'number' }, 'many', 'must be a number'],
    [{ type: 'integer', max: 5 }, 6, 'must be at most 5'],
    [{ type: 'integer' }, 1.5, 'must be a whole number'],
    [{ type: 'enum', options: ['North', 'South'] }, 'East', 'must be one of: North, South'],
    [{ type: 'date' }, '31.3.2026', 'must be a date'],
    [{ type: 'user' }, 'ana', 'must be a person'],
    [{ type: 'string', max_length: 3 }, 'long', 'at most 3 characters'],
    [{ type: 'string', pattern: '[a-z]+' }, 'A', 'must match'],
    [{ type: 'string', required: true }, '', 'is needed'],
    [{ type: 'record', collection: 'items' }, '8', 'must be a record of "items"; there is no "8"'],
    [{ type: 'record', collection: 'items' }, { key: '7' }, 'must be the key of a record in "items"'],
    [{ type: 'record', collection: 'items' }, 'x'.repeat(5000), 'there is no "xxx'],
  ])('%j refuses %j', (input, value, words) => {
    expect(fault(input, value)).toContain(words)
    expect(fault(input, value)?.length).toBeLessThan(200)
  })

  it('a record can only be chosen from a collection of the workflows', () => {
    const declared = { it: { type: 'record', collection: '_locks' } }
    expect(inputsSchema.safeParse(declared).success).toBe(false)
  })

  it('an unknown name is refused with the nearest right one', () => {
    const declared = inputsSchema.parse({ quantity: { type: 'number' } })
    expect(() => requireInputs(declared, { quantty: 1 }, records)).toThrow('Did you mean "quantity"?')
  })
})
