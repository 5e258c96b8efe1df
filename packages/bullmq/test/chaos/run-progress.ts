/** How many of the runs have ended, and who waits for how many. */
export class RunProgress {
  ended = 0
  private readonly total: number
  private waiting: { readonly count: number; readonly go: () => void }[] = []

  constructor(total: number) {
    this.total = total
  }

  /** One more has ended. */
  add(): void {
    this.ended++
    const ready = this.waiting.filter(({ count }) => count <= this.ended)
    this.waiting = this.waiting.filter(({ count }) => count > this.ended)
    for (const { go } of ready) go()
  }

  /** Resolves when this share has ended, 0 to 1. */
  untilShare(share: number): Promise<void> {
    const count = Math.floor(share * this.total)
    if (count <= this.ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.waiting.push({ count, go: resolve })
    })
  }
}
