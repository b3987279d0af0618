// Options whose value is a JSON object, such as `--inputs '{"name": "Ana"}'`.
import { WorkflowError } from '../errors.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'

/** Empty when the option is left out. Throws `cli.usage`. */
export function readJson(option: string, text: unknown): JsonObject {
  if (typeof text !== 'string') return {}
  try {
    return jsonObjectSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new WorkflowError('cli.usage', `What follows --${option} is not a JSON object.`, {
      hint: `For example --${option} '{"name": "Ana"}'.`,
      cause,
    })
  }
}
