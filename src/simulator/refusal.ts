// The two ways to say no: to the app, with Slack's own error strings; and to whoever uses the control API.
import type { Payload } from './payload.ts'

/** Becomes `{ok: false, error, …details}` with status 200, or with the status that Slack uses for it (429). */
export class SlackRefusal extends Error {
  override readonly name = 'SlackRefusal'
  readonly error: string
  readonly details: Payload
  readonly status: number
  readonly headers: Record<string, string>

  constructor(
    error: string,
    details: Payload = {},
    http: { status?: number; headers?: Record<string, string> } = {},
  ) {
    super(error)
    this.error = error
    this.details = details
    this.status = http.status ?? 200
    this.headers = http.headers ?? {}
  }
}

/** Becomes a 4xx answer of the control API: `{error, message, errors?}`. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal'
  readonly error: string
  readonly status: 400 | 403 | 404 | 409 | 413 | 415 | 422
  /** By block_id, when Slack's client itself refuses what was typed into a modal. */
  readonly errors: Record<string, string> | undefined

  constructor(
    error: string,
    message: string,
    status: 400 | 403 | 404 | 409 | 413 | 415 | 422 = 400,
    errors?: Record<string, string>,
  ) {
    super(message)
    this.error = error
    this.status = status
    this.errors = errors
  }
}
