import type { AttemptRef } from '../ports/run-records.ts'
import type { ClaimedAttempt } from './claimed-attempt.ts'

/** The attempts that one actor is making, by incarnation of their run and key of their visit. */
export class AttemptsUnderWay {
  private readonly byRun: Map<string, Map<string, ClaimedAttempt>> = new Map()

  add(attempt: ClaimedAttempt): void {
    const { incarnation, visitKey } = attempt.ref
    const ofRun = this.byRun.get(incarnation) ?? new Map<string, ClaimedAttempt>()
    this.byRun.set(incarnation, ofRun.set(visitKey, attempt))
  }

  /** Forgets an attempt, but not one that has taken its place. */
  remove(attempt: ClaimedAttempt): void {
    const { incarnation, visitKey } = attempt.ref
    const ofRun = this.byRun.get(incarnation)
    if (ofRun?.get(visitKey) === attempt) ofRun.delete(visitKey)
    if (ofRun?.size === 0) this.byRun.delete(incarnation)
  }

  /** Aborts what is attempted here of a run, all of it or some visits. */
  abort({ incarnation }: Pick<AttemptRef, 'incarnation'>, visitKeys: readonly string[] | 'all'): void {
    const ofRun = this.byRun.get(incarnation)
    if (ofRun === undefined) return
    if (visitKeys === 'all') for (const attempt of ofRun.values()) attempt.abort()
    else for (const key of visitKeys) ofRun.get(key)?.abort()
  }

  /** All of them, of all runs. */
  all(): ClaimedAttempt[] {
    return [...this.byRun.values()].flatMap((ofRun) => [...ofRun.values()])
  }
}
