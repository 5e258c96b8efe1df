import type { OpenWait, RunHandle } from '@heddle/core'
import type { AnswerBook } from '../flags/answers.ts'

/** An answer that the run did not take. */
export interface RefusedAnswer {
  readonly wait: string
  readonly reason: unknown
}

/** Answers the waits of a run as they open, from a book of answers. */
export class Answering {
  readonly refused: RefusedAnswer[] = []
  private readonly book: AnswerBook
  private readonly onIdle: () => void
  private readonly opened: Pick<OpenWait, 'name' | 'waitId'>[] = []
  private handle: RunHandle | undefined
  private inFlight = 0

  /** @param onIdle called when the last answer under way was taken or refused */
  constructor(book: AnswerBook, onIdle: () => void) {
    this.book = book
    this.onIdle = onIdle
  }

  /** Whether answers are under way. */
  get isBusy(): boolean {
    return this.inFlight > 0 || (this.handle === undefined && this.opened.length > 0)
  }

  /** The run to resume; waits may have opened before it was known. */
  bind(handle: RunHandle): void {
    this.handle = handle
    for (const wait of this.opened.splice(0)) this.open(wait)
  }

  /** A wait has opened. */
  open(wait: Pick<OpenWait, 'name' | 'waitId'>): void {
    const { handle } = this
    if (handle === undefined) {
      this.opened.push(wait)
      return
    }
    const answer = this.book.take(wait)
    if (answer === undefined) return
    this.inFlight++
    void this.resume(handle, wait.waitId, answer.payload, answer.action)
  }

  private async resume(handle: RunHandle, waitId: string, payload: unknown, action: string | undefined): Promise<void> {
    try {
      await handle.resume(waitId, payload, action)
    } catch (reason) {
      this.refused.push({ wait: waitId, reason })
    } finally {
      this.inFlight--
      this.onIdle()
    }
  }
}
