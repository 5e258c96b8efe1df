/** How many comparisons one validation spends on suggestions: beyond some thousands of problems nobody reads them. */
const maxComparisons = 100_000

/** Finds the name that somebody probably meant. */
export class Suggester {
  #comparisons = 0

  /** ` Did you mean "x"?` with the closest of the candidates, or ` ` and `otherwise` if none is close. */
  suggest(name: string, candidates: Iterable<string>, otherwise = ''): string {
    let best: string | undefined
    let bestDistance = Math.min(3, Math.ceil(name.length / 3)) + 1
    for (const candidate of candidates) {
      if (Math.abs(candidate.length - name.length) >= bestDistance) continue
      if (++this.#comparisons > maxComparisons) break
      const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
      if (distance >= bestDistance) continue
      best = candidate
      bestDistance = distance
    }
    if (best !== undefined) return ` Did you mean "${best}"?`
    return otherwise === '' ? '' : ` ${otherwise}`
  }
}

/** Insertions, deletions, replacements and swaps of neighbours (Damerau–Levenshtein, optimal string alignment). */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1
      const edit = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + cost,
      )
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(isSwap ? Math.min(edit, (beforeLast[column - 2] as number) + 1) : edit)
    }
    beforeLast = last
    last = current
  }
  return last[to.length] as number
}
