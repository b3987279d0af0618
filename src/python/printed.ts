// Cuts what an interpreter prints into lines: one entry per line and stream, in order, as it arrives.
import { StringDecoder } from 'node:string_decoder'
import type { Printed } from '../engine/report.ts'

const MAX_LINE = 64 * 1024

export class PrintedLines {
  readonly all: Printed[] = []
  readonly #tell: (printed: Printed) => void
  readonly #open = new Map<'stdout' | 'stderr', { decoder: StringDecoder; text: string }>()

  constructor(tell: (printed: Printed) => void) {
    this.#tell = tell
  }

  push(stream: number, bytes: Buffer): void {
    const name = stream === 2 ? 'stderr' : 'stdout'
    const open = this.#open.get(name) ?? { decoder: new StringDecoder('utf8'), text: '' }
    this.#open.set(name, open)
    const lines = (open.text + open.decoder.write(bytes)).split('\n')
    open.text = lines.pop() as string
    for (const line of lines) this.#add(name, line)
    if (open.text.length > MAX_LINE) {
      this.#add(name, open.text)
      open.text = ''
    }
  }

  dropped(bytes: number): void {
    this.end()
    this.#add('stderr', `(${bytes} more bytes of output were dropped)`)
  }

  /** What has no line end yet is a line too. */
  end(): void {
    for (const [name, open] of this.#open) {
      const rest = open.text + open.decoder.end()
      open.text = ''
      if (rest) this.#add(name, rest)
    }
  }

  #add(stream: Printed['stream'], text: string): void {
    const printed = { stream, text }
    this.all.push(printed)
    this.#tell(printed)
  }
}
