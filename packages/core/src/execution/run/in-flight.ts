import type { Visit } from '../../kernel/visit.ts'

/** The attempts of one run that are under way in this process, and those that were cut off and whose handlers have not ended yet. */
export class InFlight {
  /** Each visit knows its place: a set would cost a tenth of what an attempt costs. */
  private readonly current: Visit[] = []
  private cutOff: Set<Visit> | undefined

  add(visit: Visit): void {
    visit.slot = this.current.length
    this.current.push(visit)
  }

  /** Whether an attempt of the visit is under way that counts. */
  has(visit: Visit): boolean {
    return visit.slot !== -1 && this.current[visit.slot] === visit
  }

  /** An attempt has ended. @returns whether it counted: it was not cut off before */
  end(visit: Visit): boolean {
    if (this.cutOff?.delete(visit) === true) return false
    this.remove(visit)
    return true
  }

  /** The last one takes the place of the one that goes. */
  private remove(visit: Visit): void {
    const { current } = this
    const { slot } = visit
    if (slot === -1) return
    const last = current.pop() as Visit
    if (last !== visit) {
      current[slot] = last
      last.slot = slot
    }
    visit.slot = -1
  }

  /** Takes out the attempts of visits that were cut off: whatever their handlers do, nobody waits for them. */
  takeOut(isCutOff: (visit: Visit) => boolean): Visit[] {
    const taken = this.current.filter(isCutOff)
    if (taken.length > 0) this.cutOff ??= new Set()
    for (const visit of taken) {
      this.remove(visit)
      this.cutOff?.add(visit)
    }
    return taken
  }

  isCutOff(visit: Visit): boolean {
    return this.cutOff?.has(visit) === true
  }

  /** The attempts that count. */
  visits(): readonly Visit[] {
    return [...this.current]
  }
}
