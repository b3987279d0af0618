// Takes what is secret or about a person out of values that are to be kept in a file. The same value becomes the same
// placeholder everywhere, so that what belongs together still does. Pure.
import type { Json, JsonObject } from '../json.ts'

export interface Masker {
  /** The same structure with placeholders: `masked-1`, `masked-2@example.com`, `U0MASKED3`, or a number for a number. */
  value(value: Json): Json
  object(value: JsonObject): JsonObject
  text(text: string): string
  /** How many different values were replaced so far. */
  readonly masked: number
}

const sensitiveWords =
  /^(password|passwd|passphrase|pwd|pin|token|secret|credential|apikey|authorization|cookie|session|email|mail|phone|mobile|telephone|fax|address|street|postcode|zip|iban|bic|swift|ssn|passport|birthday|birthdate|dob|firstname|lastname|surname|fullname)s?$/
const sensitivePairs =
  /(^| )(api key|access key|private key|first name|last name|full name|birth date|date of birth|credit card|card number|account number|tax id)s?( |$)/

const email = String.raw`[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}`
// In a mention, or as long as Slack makes them: "W3C" is none.
const person = String.raw`(?<=<@)[UW][A-Z0-9]+|(?<![A-Za-z0-9])[UW](?=[A-Z0-9]*\d)[A-Z0-9]{7,20}(?![A-Za-z0-9])`
// Written with a plus, or in groups behind a zero or brackets: "2026-03-02" and "PO-20260302-001" are none.
const phone = String.raw`(?<![\p{L}\p{N}])(?:\+|00)\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)|(?<![\p{L}\p{N}-])(?:\(\d{2,5}\)|0\d{1,5})[ /-]{1,2}\d(?:[ /-]?\d){4,10}(?!\d)|(?<![\p{L}\p{N}-])\d{3}[-. ]\d{3}[-. ]\d{4}(?!\d)`
/** However short, where somebody has written it down on purpose. */
const userId = /(?<![\p{L}\p{N}])[UW][A-Z0-9]+(?![\p{L}\p{N}])/gu
const personal = new RegExp(`(?<email>${email})|(?<person>${person})|(?<phone>${phone})`, 'gu')

/**
 * `people` are those who took part: their ids and names are taken out of texts wherever they stand. `written` is the
 * workflow's own file: the addresses and ids in it are no secret beside it, and it would not work without them.
 */
export function createMasker(options: {
  people: readonly { id: string; name: string }[]
  written: string
}): Masker {
  const numbers = new Map<string, number>()
  const ids = new Set(options.people.map(({ id }) => id).filter((id) => !isWrittenIn(options.written, id)))
  const names = [...new Set(options.people.map(({ name }) => name))].filter((name) => name.length >= 3)
  const shown = new Set(
    [...options.written.matchAll(personal), ...options.written.matchAll(userId)].map(([one]) => one),
  )
  const numberOf = (value: string) => {
    const number = numbers.get(value) ?? numbers.size + 1
    numbers.set(value, number)
    return number
  }

  function text(given: string): string {
    if (ids.has(given)) return `U0MASKED${numberOf(given)}`
    let masked = given
    for (const name of names) masked = masked.replaceAll(name, () => `masked-${numberOf(name)}`)
    return masked.replace(personal, (found, ...rest) => {
      if (shown.has(found)) return found
      const groups = rest.at(-1) as { email?: string; person?: string }
      if (groups.person) return `U0MASKED${numberOf(found)}`
      return `masked-${numberOf(found)}${groups.email ? '@example.com' : ''}`
    })
  }

  function value(given: Json, hidden = false): Json {
    if (Array.isArray(given)) return given.map((entry) => value(entry, hidden))
    if (typeof given === 'object' && given !== null) {
      return Object.fromEntries(
        Object.entries(given).map(([key, entry]) => [text(key), value(entry, hidden || isSensitive(key))]),
      )
    }
    if (typeof given === 'string') return hidden ? whole(given) : text(given)
    return hidden && typeof given === 'number' ? numberOf(String(given)) : given
  }

  /** Under a sensitive key nothing stays beside what was found in a text. */
  function whole(given: string): string {
    const masked = text(given)
    const isWhole = /^(U0MASKED\d+|masked-\d+(@example\.com)?)$/.test(masked)
    return given === '' || isWhole ? masked : `masked-${numberOf(given)}`
  }

  return {
    value: (given) => value(given),
    object: (given) => value(given) as JsonObject,
    text,
    get masked() {
      return numbers.size
    },
  }
}

/** `userEmail`, `api_key`, `IBAN`: whether what stands under this name is secret or about a person. */
function isSensitive(key: string): boolean {
  const words = key
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  return words.some((word) => sensitiveWords.test(word)) || sensitivePairs.test(words.join(' '))
}

/** As a whole, not as a part of something longer. */
function isWrittenIn(file: string, value: string): boolean {
  const parts = file.split(value)
  return parts.some(
    (part, index) =>
      index > 0 && !/[\p{L}\p{N}]$/u.test(parts[index - 1] ?? '') && !/^[\p{L}\p{N}]/u.test(part),
  )
}
