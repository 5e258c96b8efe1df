/** Lets at most so many pieces of work run at once; the others wait in order. */
export class ParallelLimit {
  private readonly limit: number
  private active = 0
  private readonly waiting: (() => void)[] = []

  constructor(limit: number) {
    this.limit = limit
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.active >= this.limit) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve)
      })
    } else {
      this.active++
    }
    try {
      return await work()
    } finally {
      const begin = this.waiting.shift()
      if (begin === undefined) this.active--
      else begin()
    }
  }
}
