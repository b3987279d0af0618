// Reads a request's body as JSON, and refuses what would hurt whoever works with it: wrong types, wrong bytes, extreme
// depth, keys that reach into prototypes.
import { WorkflowError } from '../errors.ts'
import type { Json } from '../json.ts'

/** Bytes; larger bodies are answered 413. */
export const MAX_BODY_BYTES = 1024 * 1024
/** Deeper nesting would overflow the stack of code that walks values recursively. */
const MAX_DEPTH = 64

/** Throws `api.not_json` (415), `api.bad_json` or `api.too_deep` (400). */
export async function readJson(request: Request): Promise<Json> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/(json|[\w.-]+\+json)\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    const message =
      type === '' ? 'The request has no content type.' : 'The content type is not JSON in UTF-8.'
    throw new WorkflowError('api.not_json', message, { hint: 'Send Content-Type: application/json.' })
  }
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') {
    throw new WorkflowError('api.not_json', 'Compressed bodies are not accepted.')
  }
  const value = parse(await request.arrayBuffer())
  refuseTraps(value)
  return value
}

function parse(bytes: ArrayBuffer): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json
  } catch (cause) {
    const message = bytes.byteLength === 0 ? 'The body is empty.' : 'The body is not valid JSON.'
    throw new WorkflowError('api.bad_json', message, { hint: 'For example {"inputs": {}}.', cause })
  }
}

/** Walks level by level, without recursion. */
function refuseTraps(value: Json): void {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw new WorkflowError('api.too_deep', `The body is nested more than ${MAX_DEPTH} levels deep.`)
    }
    const next: Json[] = []
    for (const item of level) {
      if (item === null || typeof item !== 'object') continue
      if (Object.hasOwn(item, '__proto__')) {
        throw new WorkflowError('api.bad_json', 'The body has a key "__proto__", which is not accepted.')
      }
      for (const child of Object.values(item)) if (typeof child === 'object') next.push(child)
    }
    level = next
  }
}
