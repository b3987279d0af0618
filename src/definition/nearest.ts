// The nearest right word for a mistyped one, for hints: "did you mean …?". Pure.

/**
 * Damerau–Levenshtein distance (optimal string alignment): insertions, deletions, replacements and swaps of
 * neighbours, counted in characters. Words longer than 64 characters are compared by their beginning.
 */
export function editDistance(left: string, right: string): number {
  const a = [...left].slice(0, 64)
  const b = [...right].slice(0, 64)
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}

/**
 * The candidate that was probably meant, or undefined when none is close: at most one slip in three characters.
 * Upper and lower case count as the same; among equals the first candidate wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.trim().toLowerCase()
  if (wanted === '') return undefined
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    const allowed = Math.max(1, Math.floor(Math.max([...wanted].length, candidate.length) / 3))
    if (distance <= allowed && (best === undefined || distance < best.distance))
      best = { candidate, distance }
  }
  return best?.candidate
}

/** `did you mean "notify"?`, or the candidates when none is close, or undefined when there are too many to list. */
export function suggestion(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates]
  const meant = nearest(word, all)
  if (meant !== undefined) return `did you mean "${meant}"?`
  if (all.length === 0 || all.length > 12) return undefined
  return `there ${all.length === 1 ? 'is only' : 'are'} ${all.map((name) => `"${name}"`).join(', ')}`
}
