import type { OpenWait, RunHandle } from '@heddle/core'
import type { Answer, AnswerBook } from '../flags/answers.ts'

/** An answer that the run did not take. */
export interface RefusedAnswer {
  readonly wait: string
  readonly reason: unknown
}

/** Answers the waits of a run as they open, from a book of answers. */
export class Answering {
  readonly refused: RefusedAnswer[] = []
  private readonly handle: RunHandle
  private readonly book: AnswerBook
  private readonly onIdle: () => void
  private inFlight = 0

  /** @param onIdle called when the last answer under way was taken or refused */
  constructor(handle: RunHandle, book: AnswerBook, onIdle: () => void) {
    this.handle = handle
    this.book = book
    this.onIdle = onIdle
  }

  /** Whether answers are under way. */
  get isBusy(): boolean {
    return this.inFlight > 0
  }

  /** Answers a wait that has opened, if there is an answer for it. */
  open(wait: Pick<OpenWait, 'name' | 'waitId'>): void {
    const answer = this.book.take(wait)
    if (answer === undefined) return
    this.inFlight++
    void this.resume(wait.waitId, answer)
  }

  private async resume(waitId: string, { payload, action }: Answer): Promise<void> {
    // The wait is told before it can be answered: what opens it has to return first.
    await Promise.resolve()
    try {
      await this.handle.resume(waitId, payload, action)
    } catch (error) {
      this.refused.push({ wait: waitId, reason: error })
    } finally {
      this.inFlight--
      if (this.inFlight === 0) this.onIdle()
    }
  }
}
