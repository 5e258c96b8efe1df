import fs from 'node:fs'

/** Counts how often this process brings a file to the disk. */
export class CountedSyncs {
  private count = 0
  private elapsedMs = 0

  constructor() {
    const { fdatasync } = fs
    fs.fdatasync = Object.assign((...args: Parameters<typeof fdatasync>) => {
      this.count++
      fdatasync(...args)
    }, fdatasync)
  }

  /** Counts during some work. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.count = 0
    const startedMs = performance.now()
    try {
      return await work()
    } finally {
      this.elapsedMs = performance.now() - startedMs
    }
  }

  /** What was counted during the last work. Throws if it was more than one in `everyMs` and some. */
  told(everyMs: number): string {
    const most = Math.ceil(this.elapsedMs / everyMs) + 5
    const told = `${this.count} syncs in ${Math.round(this.elapsedMs)} ms`
    if (this.count > most) throw new Error(`${told}, where ${most} would do`)
    return told
  }
}
