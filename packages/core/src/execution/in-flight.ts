import type { Visit } from '../kernel/visit.ts'

/** The attempts of one run that are under way in this process, and those that were cut off and whose handlers have not ended yet. */
export class InFlight {
  private readonly current: Set<Visit> = new Set()
  private cutOff: Set<Visit> | undefined

  add(visit: Visit): void {
    this.current.add(visit)
  }

  /** Whether an attempt of the visit is under way that counts. */
  has(visit: Visit): boolean {
    return this.current.has(visit)
  }

  /** An attempt has ended. @returns whether it counted: it was not cut off before */
  end(visit: Visit): boolean {
    if (this.cutOff?.delete(visit) === true) return false
    this.current.delete(visit)
    return true
  }

  /** Takes out the attempts of visits that were cut off: whatever their handlers do, nobody waits for them. */
  takeOut(isCutOff: (visit: Visit) => boolean): Visit[] {
    const taken = [...this.current].filter(isCutOff)
    if (taken.length > 0) this.cutOff ??= new Set()
    for (const visit of taken) {
      this.current.delete(visit)
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
