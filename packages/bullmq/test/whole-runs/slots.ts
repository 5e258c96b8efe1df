/** Lets so much work be under way at a time; the rest waits for its turn, in order. */
export function slotsOf(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = count
  return async (work) => {
    if (free > 0) free--
    else {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    }
    try {
      return await work()
    } finally {
      const take = waiting.shift()
      if (take === undefined) free++
      take?.()
    }
  }
}
