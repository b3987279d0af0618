// The frames on the pipe between the bot and an interpreter's process: one byte of kind, four of length, then the body.
// Shared by both sides, which trust nothing that arrives: lengths are capped before a byte is kept.

/** From the bot to the child. */
export const TO_CHILD = {
  /** JSON: how to start; the first frame of all. */
  start: 'I',
  /** Four bytes of length, the limits as JSON, then the request as JSON for Python. */
  run: 'X',
  /** The same, for code to compile without running it. */
  check: 'K',
  /** JSON: the answer to a host call. */
  answer: 'A',
  /** Empty: write the pristine memory back. */
  reset: 'Z',
} as const

/** From the child to the bot. */
export const FROM_CHILD = {
  /** JSON: the interpreter is at rest and clean; after start and after a reset. */
  ready: 'Y',
  /** JSON: how the start went wrong. */
  refused: 'N',
  /** A piece of the memory snapshot, before `ready`. */
  snapshot: 'S',
  /** One byte of stream, then UTF-8 text. */
  print: 'P',
  /** Four bytes: the line that is about to run for the first time. */
  line: 'L',
  /** JSON: a host call. One at a time. */
  call: 'C',
  /** JSON that Python wrote: result, error or the answer to a check. */
  result: 'R',
  /** JSON that the child wrote: how the run ended as seen from outside Python. Always follows a run or a check. */
  done: 'D',
} as const

export const HEADER_BYTES = 5
/** No frame is larger, whatever limits say: requests, answers, results and pieces of a snapshot. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024
/** JSON from the other side may not be nested deeper; the limit of results is lower and speaks better. */
export const MAX_FRAME_DEPTH = 512

export class FrameError extends Error {
  override readonly name = 'FrameError'
}

export interface Frame {
  kind: string
  body: Buffer
}

export function header(kind: string, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES)
  bytes[0] = kind.charCodeAt(0)
  bytes.writeUInt32BE(length, 1)
  return bytes
}

export function encodeFrame(kind: string, body: Uint8Array | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  if (bytes.length > MAX_FRAME_BYTES) throw new FrameError('a frame is too long to be sent')
  return Buffer.concat([header(kind, bytes.length), bytes])
}

/**
 * Cuts a byte stream into frames. `limitOf` gives the longest body that is acceptable for a kind right now, or
 * undefined when the kind is unexpected. Throws FrameError on the first byte that does not belong; it cannot be used
 * after that.
 */
export class FrameReader {
  #chunks: Buffer[] = []
  #size = 0
  #broken = false
  readonly #limitOf: (kind: string) => number | undefined

  constructor(limitOf: (kind: string) => number | undefined) {
    this.#limitOf = limitOf
  }

  /** Bytes held back because their frame is not complete. */
  get pendingBytes(): number {
    return this.#size
  }

  push(chunk: Buffer): void {
    if (this.#broken) throw new FrameError('the pipe is broken')
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  /** The next whole frame, or null. Called again after each frame, because limits may change with what it said. */
  next(): Frame | null {
    if (this.#broken) throw new FrameError('the pipe is broken')
    if (this.#size < HEADER_BYTES) return null
    const head = this.#peek(HEADER_BYTES)
    const kind = String.fromCharCode(head[0] as number)
    const length = head.readUInt32BE(1)
    const limit = this.#limitOf(kind)
    if (limit === undefined) return this.#fail(`unexpected frame 0x${(head[0] as number).toString(16)}`)
    if (length > Math.min(limit, MAX_FRAME_BYTES)) return this.#fail(`frame ${kind} is ${length} bytes long`)
    if (this.#size < HEADER_BYTES + length) return null
    this.#take(HEADER_BYTES)
    return { kind, body: this.#take(length) }
  }

  #fail(why: string): never {
    this.#broken = true
    this.#chunks = []
    this.#size = 0
    throw new FrameError(why)
  }

  #peek(count: number): Buffer {
    const first = this.#chunks[0] as Buffer
    if (first.length >= count) return first
    this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] as Buffer
  }

  #take(count: number): Buffer {
    const parts: Buffer[] = []
    let missing = count
    while (missing > 0) {
      const first = this.#chunks[0] as Buffer
      if (first.length <= missing) {
        parts.push(first)
        missing -= first.length
        this.#chunks.shift()
      } else {
        parts.push(first.subarray(0, missing))
        this.#chunks[0] = first.subarray(missing)
        missing = 0
      }
    }
    this.#size -= count
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** How deep the JSON text in `bytes` is nested, without parsing it; stops counting past `limit`. */
export function jsonDepth(bytes: Uint8Array, limit: number): number {
  let depth = 0
  let deepest = 0
  let inText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (inText) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    else if (byte === 0x7b || byte === 0x5b) {
      depth++
      if (depth > deepest) deepest = depth
      if (deepest > limit) return deepest
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return deepest
}

/**
 * Parses JSON that arrived on the pipe. Throws FrameError for what is not UTF-8, not JSON or nested too deep. A key
 * `__proto__` is dropped: it would be an ordinary key here, but a trap for whoever copies the object later.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (jsonDepth(bytes, MAX_FRAME_DEPTH) > MAX_FRAME_DEPTH) throw new FrameError('JSON is nested too deep')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FrameError('not UTF-8')
  }
  try {
    return text.includes('__proto__') || text.includes('\\u00')
      ? JSON.parse(text, dropProto)
      : JSON.parse(text)
  } catch {
    throw new FrameError('not JSON')
  }
}

function dropProto(this: unknown, _key: string, value: unknown): unknown {
  if (value !== null && typeof value === 'object' && Object.hasOwn(value, '__proto__')) {
    Reflect.deleteProperty(value, '__proto__')
  }
  return value
}
