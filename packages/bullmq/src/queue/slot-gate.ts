/** Lets so many pass at a time; the others wait in line, each for a while. */
export class SlotGate {
  private free: number
  private readonly line: Set<() => void> = new Set()

  constructor(slots: number) {
    this.free = slots
  }

  /** Takes a slot, at once or within so many milliseconds. Whoever was answered `true` must `leave`. */
  async enter(patienceMs: number): Promise<boolean> {
    if (this.free > 0) {
      this.free--
      return true
    }
    return new Promise((resolve) => {
      const wait: { timer?: ReturnType<typeof setTimeout> } = {}
      const pass = (): void => {
        clearTimeout(wait.timer)
        resolve(true)
      }
      wait.timer = setTimeout(() => {
        if (this.line.delete(pass)) resolve(false)
      }, patienceMs)
      this.line.add(pass)
    })
  }

  /** Gives a slot back: to the first in line, if there is one. */
  leave(): void {
    const [first] = this.line
    if (first === undefined) {
      this.free++
      return
    }
    this.line.delete(first)
    first()
  }
}
