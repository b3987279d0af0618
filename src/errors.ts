// The one error type of the project: a code for machines, a message for people, a hint for what to do next.

/** What every surface shows of an error. It is plain JSON, so it can be stored, sent and rendered. */
export interface ErrorInfo {
  /** Dotted and stable, for example `workflow.unknown_node`. Code branches on this, never on the text. */
  code: string
  message: string
  hint?: string
}

export class WorkflowError extends Error {
  override readonly name = 'WorkflowError'
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/**
 * Turns anything that was thrown into an ErrorInfo. A WorkflowError keeps its code, message and hint; anything else
 * is our own mistake and becomes `internal.unexpected` without its stack, which belongs in the log alone.
 */
export function errorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof WorkflowError) {
    return { code: thrown.code, message: thrown.message, ...(thrown.hint ? { hint: thrown.hint } : {}) }
  }
  return {
    code: 'internal.unexpected',
    message: 'Something unexpected went wrong inside the bot.',
    hint: 'The log of the bot has the details; please pass them on to whoever runs it.',
  }
}
