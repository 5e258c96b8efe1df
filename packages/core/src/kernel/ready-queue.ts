import type { Visit } from './visit.ts'

/** Visits that became ready, first in first out, in constant time. */
export class ReadyQueue {
  private items: (Visit | undefined)[] = []
  private head = 0

  get length(): number {
    return this.items.length - this.head
  }

  push(visit: Visit): void {
    this.items.push(visit)
  }

  shift(): Visit | undefined {
    if (this.head === this.items.length) return undefined
    const visit = this.items[this.head]
    this.items[this.head++] = undefined
    if (this.head === this.items.length) this.clear()
    return visit
  }

  /** Takes back the visit that was pushed last. */
  pop(): Visit | undefined {
    return this.length === 0 ? undefined : this.items.pop()
  }

  clear(): void {
    this.items = []
    this.head = 0
  }

  /** The waiting visits, in order. */
  list(): Visit[] {
    return this.items.slice(this.head) as Visit[]
  }
}
