// What is in flight, so that stopping can wait for it; and what was seen lately, so that a redelivery is dropped.

export interface WorkLog {
  /** Answers how to say that it is done. */
  begin(): () => void
  idle(): Promise<void>
  /** False for an id that was seen before. Starts carry a durable key besides; this spares everything else. */
  first(id: string): boolean
}

/** Slack redelivers within minutes; this many are an hour of a busy workspace. */
const remembered = 5000

export function createWorkLog(): WorkLog {
  let running = 0
  let waiting: (() => void)[] = []
  const seen = new Set<string>()

  return {
    begin() {
      running += 1
      let open = true
      return () => {
        if (!open) return
        open = false
        running -= 1
        if (running > 0) return
        for (const wake of waiting) wake()
        waiting = []
      }
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    first(id) {
      if (seen.has(id)) return false
      seen.add(id)
      if (seen.size > remembered) seen.delete(seen.values().next().value ?? '')
      return true
    },
  }
}
