// The child's end of the pipe: blocking reads and writes of whole frames on one descriptor. When the bot is gone, or
// says something unexpected, there is nobody left to work for and the process ends.
import { readSync, writeSync } from 'node:fs'
import { HEADER_BYTES, header, MAX_FRAME_BYTES } from '../frames.ts'
import { EXIT } from './pipe-codes.ts'

const PIPE = 3

export { EXIT }

const exit = (process as unknown as { reallyExit(code: number): never }).reallyExit

export function leave(code: number): never {
  return exit(code)
}

function readFully(bytes: Buffer): void {
  let at = 0
  while (at < bytes.length) {
    let count = 0
    try {
      count = readSync(PIPE, bytes, at, bytes.length - at, null)
    } catch {
      leave(EXIT.parentGone)
    }
    if (count === 0) leave(EXIT.parentGone)
    at += count
  }
}

/** The next frame, which must be of one of `kinds`. */
export function receive(kinds: readonly string[]): { kind: string; body: Buffer } {
  const head = Buffer.allocUnsafe(HEADER_BYTES)
  readFully(head)
  const kind = String.fromCharCode(head[0] as number)
  const length = head.readUInt32BE(1)
  if (!kinds.includes(kind) || length > MAX_FRAME_BYTES) leave(EXIT.badFrame)
  const body = Buffer.allocUnsafe(length)
  readFully(body)
  return { kind, body }
}

export function send(kind: string, body: Uint8Array): void {
  writeFully(Buffer.concat([header(kind, body.length), body]))
}

export function sendJson(kind: string, value: unknown): void {
  send(kind, Buffer.from(JSON.stringify(value), 'utf8'))
}

function writeFully(bytes: Buffer): void {
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(PIPE, bytes, at, bytes.length - at)
    } catch {
      leave(EXIT.parentGone)
    }
  }
}
