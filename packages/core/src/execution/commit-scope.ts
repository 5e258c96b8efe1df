import { HeddleError } from '../errors/heddle-error.ts'
import type { Publisher } from './publisher.ts'

/** What a scope tells its run. */
export interface CommitHost {
  readonly runId: string
  readonly publisher: Publisher
  /** Whether nothing more happens to the run here. */
  readonly isSettled: boolean
  /** Visits may have become ready by themselves. */
  workDue(): void
  /** The run has settled, or only waits for something external. */
  restDue(): void
  /** The run cannot go on in this process. */
  breakOff(error: HeddleError): void
}

/**
 * Makes one decision of the calls that belong together, one inside the other: after the outermost one its events are written as one
 * group, and only then whoever drives the run is told what follows.
 */
export class CommitScope {
  isWorkDue = false
  isRestDue = false
  /** Why the run cannot go on in this process, if its events could not be written. */
  broken: HeddleError | undefined
  /** Nothing more happens to the run here. */
  tellSettled: () => void = () => undefined
  private readonly host: CommitHost
  private readonly sync: (() => Promise<void>) | undefined
  private depth = 0
  private over: Promise<void> | undefined

  /** @param sync resolves when everything that was written outlives what the store promises to outlive */
  constructor(host: CommitHost, sync: (() => Promise<void>) | undefined) {
    this.host = host
    this.sync = sync
  }

  /** Resolves when nothing more happens to the run here. */
  whenSettled(): Promise<void> {
    this.over ??= new Promise((resolve) => {
      this.tellSettled = resolve
      if (this.host.isSettled) resolve()
    })
    return this.over
  }

  /** Whether there is nothing to wait for: events are not written at all. */
  get isSynced(): boolean {
    return this.sync === undefined && this.broken === undefined
  }

  /** Resolves when everything so far was synced, where events are written. @throws HeddleError `STORE_UNAVAILABLE` */
  async synced(): Promise<void> {
    if (this.broken !== undefined) throw this.broken
    await this.sync?.()
  }

  enter(): void {
    this.depth++
  }

  leave(): void {
    if (--this.depth > 0) return
    if (!this.commit()) return
    if (this.isRestDue) {
      this.isRestDue = false
      if (this.host.isSettled) this.tellSettled()
      this.host.restDue()
    } else if (this.isWorkDue) {
      this.isWorkDue = false
      this.host.workDue()
    }
  }

  /** Whether the events so far were written. If not, the run is left as the store knows it: nothing more of it happens here. */
  private commit(): boolean {
    const { host } = this
    try {
      host.publisher.commit()
      return true
    } catch (error) {
      if (this.broken !== undefined) return false
      const { runId } = host
      const message = `the events of run "${runId}" could not be written; open the run again once the store can be written to`
      this.break(new HeddleError('STORE_UNAVAILABLE', message, { details: { runId }, retryable: true, cause: error }))
      return false
    }
  }

  /** Ends the run in this process, without an end of its own. */
  break(error: HeddleError): void {
    this.broken = error
    this.host.breakOff(error)
    this.tellSettled()
  }
}
