interface Entry {
  readonly id: string
  readonly at: number
}

/** By time, and by id where times are the same: so that every store comes to the same order. */
function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id)
}

/** Times by id, with the earliest at hand: a binary heap whose outdated entries are dropped when they come up. */
export class DueTimes {
  private readonly times: Map<string, number> = new Map()
  private readonly heap: Entry[] = []

  /** Sets the time of an id, in any unit that counts up. */
  set(id: string, at: number): void {
    if (this.times.get(id) === at) return
    this.times.set(id, at)
    this.push({ id, at })
  }

  /** Whether the time of an id has come. */
  isDue(id: string, now: number): boolean {
    return (this.times.get(id) ?? Infinity) <= now
  }

  delete(id: string): void {
    this.times.delete(id)
  }

  clear(): void {
    this.times.clear()
    this.heap.length = 0
  }

  /** The earliest time, if there is any. */
  next(): number | undefined {
    return this.peek()?.at
  }

  /** Takes out the ids whose time is not after `now`, earliest first, at most `limit`. */
  take(now: number, limit: number): string[] {
    const ids: string[] = []
    for (let entry = this.peek(); entry !== undefined && entry.at <= now && ids.length < limit; entry = this.peek()) {
      ids.push(entry.id)
      this.pop()
      this.times.delete(entry.id)
    }
    return ids
  }

  private peek(): Entry | undefined {
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (this.times.get(top.id) === top.at) return top
      this.pop()
    }
    return undefined
  }

  private push(entry: Entry): void {
    const { heap } = this
    let at = heap.push(entry) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = heap[above] as Entry
      if (!isBefore(entry, other)) break
      heap[at] = other
      at = above
    }
    heap[at] = entry
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Entry, heap[below] as Entry)) below++
      if (!isBefore(heap[below] as Entry, last)) break
      heap[at] = heap[below] as Entry
      at = below
    }
    heap[at] = last
  }
}
