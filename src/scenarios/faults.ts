// Collects what is wrong with a scenarios file, each fault at its line, and each said once however many variants have it.
import type { FieldPath, ParsedFile } from '../definition/document.ts'
import type { Fault } from '../definition/fault.ts'
import type { NodeFault } from '../definition/schema.ts'
import type { SchemaFault } from '../definition/schema-faults.ts'
import { fieldText } from './match.ts'

export class ScenarioFaults {
  readonly #file: string
  readonly #document: ParsedFile
  readonly #faults = new Map<string, Fault>()

  constructor(file: string, document: ParsedFile) {
    this.#file = file
    this.#document = document
  }

  add({ code, message, hint, path, atKey }: NodeFault & Pick<SchemaFault, 'atKey'>): void {
    const place = atKey ? this.#document.locateKey(path) : this.#document.locate(path)
    const field = dotted(path)
    const subject = this.#subject(path)
    const fault: Fault = {
      // Fields of both files are checked in the same way; the code says which file it was.
      code: code.replace(/^workflow\./, 'scenario.'),
      message: message.charAt(0).toUpperCase() + message.slice(1),
      ...(hint ? { hint } : {}),
      file: this.#file,
      ...place,
      ...(subject ? { subject } : {}),
      ...(field ? { field } : {}),
    }
    const key = `${fault.code} ${field} ${fault.message}`
    if (!this.#faults.has(key)) this.#faults.set(key, fault)
  }

  addPlaced(fault: Fault): void {
    this.#faults.set(`${fault.file} ${fault.line} ${fault.message}`, fault)
  }

  /** This file's faults, from top to bottom, then those of other files. */
  sorted(): Fault[] {
    const rank = (fault: Fault) => (fault.file === this.#file ? '' : fault.file)
    return [...this.#faults.values()].sort((a, b) =>
      rank(a) === rank(b) ? a.line - b.line || (a.column ?? 1) - (b.column ?? 1) : rank(a) < rank(b) ? -1 : 1,
    )
  }

  #subject([list, index]: FieldPath): string | undefined {
    if (list !== 'scenarios' || typeof index !== 'number') return undefined
    const scenario = (this.#document.data as { scenarios?: unknown[] }).scenarios?.[index]
    const name = (scenario as { name?: unknown } | null | undefined)?.name
    return typeof name === 'string' ? `scenario "${name}"` : `scenario ${index + 1}`
  }
}

/** `scenarios[2].expect.messages[0].text` */
function dotted(path: FieldPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : fieldText(step)))
    .join('')
    .replace(/^\./, '')
}
