import { HeddleError, isHeddleError } from '../../errors/heddle-error.ts'
import type { Publisher } from '../engine/publisher.ts'

/** What a scope tells its run. */
export interface CommitHost {
  readonly runId: string
  readonly publisher: Publisher
  /** Whether nothing more happens to the run here. */
  readonly isSettled: boolean
  /** Whether nothing is ready or under way, or the run has settled. */
  readonly isAtRest: boolean
  /** Visits may have become ready by themselves. */
  workDue(): void
  /** The run has settled, or only waits for something external. */
  restDue(): void
  /** The run cannot go on in this process. */
  breakOff(error: HeddleError): void
}

const nothing = (): void => undefined

/**
 * Makes one decision of the calls that belong together, one inside the other: after the outermost one its events are written as one
 * group, and only then whoever drives the run is told what follows. Where writing takes its time, decisions go on meanwhile: their
 * events are the next group, and until a group is written nobody is told of it, nor of what follows from it.
 */
export class CommitScope {
  isWorkDue = false
  isRestDue = false
  /** Why the run cannot go on in this process, if its events could not be written. */
  broken: HeddleError | undefined
  /** Nothing more happens to the run here. */
  tellSettled: () => void = nothing
  /** Whether what was decided before the run was broken off is still to be written. */
  private isLetGo = false
  private readonly host: CommitHost
  private readonly sync: (() => Promise<void>) | undefined
  /** Whether events are written: where they are not, there is nothing to commit. */
  private readonly isWritten: boolean
  private depth = 0
  private over: Promise<void> | undefined

  /** @param sync resolves when everything that was written outlives what the store promises to outlive */
  constructor(host: CommitHost, sync: (() => Promise<void>) | undefined) {
    this.host = host
    this.sync = sync
    this.isWritten = host.publisher.isWritten
  }

  /** Resolves when nothing more happens to the run here. */
  whenSettled(): Promise<void> {
    this.over ??= new Promise((resolve) => {
      this.tellSettled = resolve
      if (this.host.isSettled && !this.isHeld) resolve()
    })
    return this.over
  }

  /** Whether there is nothing to wait for: events are not written at all. */
  get isSynced(): boolean {
    return this.sync === undefined && this.broken === undefined
  }

  /** Whether events are being written: what was decided since is known to nobody yet. */
  get isHeld(): boolean {
    return this.host.publisher.hold !== undefined
  }

  /** Resolves when everything so far was synced, where events are written. @throws HeddleError `STORE_UNAVAILABLE` */
  async synced(): Promise<void> {
    if (this.isHeld) await this.host.publisher.written()
    if (this.broken !== undefined) throw this.broken
    await this.sync?.()
  }

  enter(): void {
    this.depth++
  }

  leave(): void {
    if (--this.depth > 0) return
    if (!this.isWritten || this.commit()) this.tellDue()
    if (this.isLetGo && !this.isHeld) this.tellSettled()
  }

  private tellDue(): void {
    if (this.isRestDue) {
      this.isRestDue = false
      if (this.host.isSettled) this.tellSettled()
      this.host.restDue()
    } else if (this.isWorkDue) {
      this.isWorkDue = false
      this.host.workDue()
    }
  }

  /** Whether the events so far were written. If they cannot be, the run is left as the store knows it: nothing more of it happens here. */
  private commit(): boolean {
    const { publisher } = this.host
    // What is decided while a group is written is the next group.
    if (publisher.hold !== undefined) return false
    try {
      const writing = publisher.commit()
      if (writing === undefined) return true
      publisher.hold = this.goOnAfter(writing)
    } catch (error) {
      this.fail(error)
    }
    return false
  }

  /** When a group was written: the next one, or, without one, whoever drives the run is told what is due. */
  private async goOnAfter(writing: Promise<void>): Promise<void> {
    const { host } = this
    const { publisher } = host
    try {
      await writing
      publisher.hold = undefined
    } catch (error) {
      publisher.hold = undefined
      this.isLetGo = false
      this.fail(error)
    }
    if (this.isLetGo) {
      this.finish()
      return
    }
    if (this.broken !== undefined) {
      publisher.drop()
      this.tellSettled()
      return
    }
    if (!this.commit()) return
    // Something else may have begun since the run came to rest.
    if (!host.isAtRest) this.isRestDue = false
    this.tellDue()
  }

  /** Writes the rest of what was decided; then nothing more happens to the run here. */
  private finish(): void {
    if (this.commit() || !this.isHeld) this.tellSettled()
  }

  private fail(error: unknown): void {
    if (this.broken !== undefined) return
    // Values are checked where they enter a run; should one have come in by another way, the store is not to blame.
    if (isHeddleError(error, 'NOT_SERIALISABLE') || isHeddleError(error, 'LIMIT_EXCEEDED')) {
      this.break(error)
      return
    }
    const { runId } = this.host
    const message = `the events of run "${runId}" could not be written; open the run again once the store can be written to`
    this.break(new HeddleError('STORE_UNAVAILABLE', message, { details: { runId }, retryable: true, cause: error }))
  }

  /**
   * Something threw where nothing may, so it is not known what the run has become: it does not go on here. What was decided and not
   * written is dropped, so its journal holds nothing of it.
   */
  fault(error: unknown): void {
    if (this.broken !== undefined) return
    const { runId, publisher } = this.host
    publisher.drop()
    const message = `run "${runId}" cannot go on: it met a situation that should not exist; please report it with the blueprint and the stack of its cause`
    this.break(new HeddleError('INTERNAL', message, { details: { runId }, cause: error }))
  }

  /** Ends the run in this process, without an end of its own. */
  private break(error: HeddleError): void {
    this.broken = error
    this.host.breakOff(error)
    if (!this.isHeld) this.tellSettled()
  }

  /** The same; what was decided so far is still written, as soon as the scope is left. */
  letGo(error: HeddleError): void {
    this.broken = error
    this.isLetGo = true
    this.host.breakOff(error)
  }
}
