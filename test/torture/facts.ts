// What the killed process and its outside observer say to one another, one JSON line each.

export type Request =
  | { ask: 'start'; workflow: string; token: string }
  | { ask: 'decide'; id: string; signal: string; decision: 'approve' | 'reject'; token: string }
  | { ask: 'cancel'; id: string }
  /** Whether it has ended, for one whose end may not have been told any more. */
  | { ask: 'end'; id: string }
  | { ask: 'close' }

export type Fact =
  | { fact: 'ready' }
  /** A step begins to act outside, under this key. */
  | { fact: 'effect'; key: string }
  /** The step is durable. */
  | { fact: 'recorded'; key: string }
  /** Promises to whoever asked. */
  | { fact: 'started'; token: string; id: string }
  | { fact: 'decided'; id: string; token: string }
  | { fact: 'cancelled'; id: string }
  /** A question is open under this name. */
  | { fact: 'asks'; id: string; signal: string }
  | { fact: 'ended'; id: string; workflow: string; status: string }
  | { fact: 'unexpected'; what: string }
