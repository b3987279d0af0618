// Lets pieces of work run one after the other, so that they leave interpreters to real executions.

/** In the order in which they were asked for, whatever becomes of the one before. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}
