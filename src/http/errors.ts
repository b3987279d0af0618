// Which HTTP status an error deserves, and the one shape in which every error leaves the API.
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type ErrorInfo, errorInfo } from '../errors.ts'

/** What the API itself refuses. Codes of other parts are judged by their last word. */
const STATUS: { [code: string]: ContentfulStatusCode } = {
  'api.bad_request': 400,
  'api.bad_json': 400,
  'api.too_deep': 400,
  'api.token_missing': 401,
  'api.token_wrong': 401,
  'hook.refused': 401,
  'access.refused': 403,
  'access.cannot_check': 503,
  'approval.not_yours': 403,
  'approval.own_request': 403,
  'api.only_loopback': 403,
  'api.wrong_host': 403,
  'api.wrong_origin': 403,
  'api.no_such_address': 404,
  'api.wrong_method': 405,
  'api.too_large': 413,
  'api.not_json': 415,
  'api.stopping': 503,
  'execution.unknown_node': 404,
  'engine.closed': 503,
  'engine.closing': 503,
  'internal.unexpected': 500,
  'store.backup_exists': 409,
}

/** 404 what is unknown, 400 what was asked wrongly, 503 what may work later; every other refusal is 409. */
export function statusOf(code: string): ContentfulStatusCode {
  const known = STATUS[code]
  if (known) return known
  const [area, ...words] = code.split('.')
  const reason = words.join('.')
  if (area === 'internal') return 500
  if (area === 'store') return 503
  if (/^(not_found|unknown)$/.test(reason) || /^unknown_(workflow|execution|task)$/.test(reason)) return 404
  if (area === 'input' || area === 'inputs' || /^(bad|invalid|missing|unknown)(_|$)/.test(reason)) return 400
  return 409
}

/** The status and the body for anything that was thrown. */
export function refusal(thrown: unknown): { status: ContentfulStatusCode; body: { error: ErrorInfo } } {
  const error = errorInfo(thrown)
  return { status: statusOf(error.code), body: { error } }
}
