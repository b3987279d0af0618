// A piece of stored JSON that is text and value at once, each made from the other when first asked for.
// Folding writes the text again and again without a JSON.stringify; reading parses only what somebody looks at.

/** The value belongs to the store: it shares nothing with what the caller passed in. */
export class Fragment<T> {
  #json: string | undefined
  #value: T | undefined

  private constructor(json: string | undefined, value: T | undefined) {
    this.#json = json
    this.#value = value
  }

  /** Takes a copy of the value as it is now. */
  static of<T>(value: T): Fragment<T> {
    return new Fragment<T>(JSON.stringify(value), undefined)
  }

  /** For a value that nobody else holds, such as one that was just parsed. */
  static parsed<T>(value: T): Fragment<T> {
    return new Fragment<T>(undefined, value)
  }

  static text<T>(json: string): Fragment<T> {
    return new Fragment<T>(json, undefined)
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.#value)
    return this.#json
  }

  /** Do not change it: the next reader gets the same object. */
  get value(): T {
    if (this.#value === undefined) this.#value = JSON.parse(this.json) as T
    return this.#value
  }

  /** A value of one's own. */
  copy(): T {
    return JSON.parse(this.json) as T
  }
}
