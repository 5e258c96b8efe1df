import type { Frame } from './frame.ts'

/**
 * The joins that got a mark and are not resolved yet, in order. Two lists and two counters, used over and over: no pair is allocated
 * for a mark, and emptying costs nothing.
 */
export class MarkedJoins {
  private readonly frames: Frame[] = []
  private readonly nodes: number[] = []
  private count = 0
  private next = 0

  add(frame: Frame, node: number): void {
    this.frames[this.count] = frame
    this.nodes[this.count] = node
    this.count++
  }

  /** Goes to the next join; false, and empty again, after the last one. */
  advance(): boolean {
    if (this.next < this.count) {
      this.next++
      return true
    }
    this.clear()
    return false
  }

  get frame(): Frame {
    return this.frames[this.next - 1] as Frame
  }

  get node(): number {
    return this.nodes[this.next - 1] as number
  }

  clear(): void {
    this.count = 0
    this.next = 0
  }
}
