/** Brings changes of many to the disk together, as the names in one folder are: a sync covers every change that was made before it began. */
export class SharedSync {
  private readonly work: () => Promise<void>
  private changes = 0
  private durable = 0
  private running: Promise<void> | undefined

  constructor(work: () => Promise<void>) {
    this.work = work
  }

  /** Something was changed; returns the number of the change. */
  changed(): number {
    return ++this.changes
  }

  /** Resolves when a change is on the disk. */
  async cover(change: number): Promise<void> {
    while (this.durable < change) {
      this.running ??= this.sync()
      await this.running
    }
  }

  private async sync(): Promise<void> {
    const { changes } = this
    try {
      await this.work()
      this.durable = changes
    } finally {
      this.running = undefined
    }
  }
}
