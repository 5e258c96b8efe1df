import type { OpenWait, RunHandle } from '@heddle/core'
import type { AnswerBook } from '../flags/answers.ts'

/** An answer that the run did not take. */
export interface RefusedAnswer {
  readonly wait: string
  readonly reason: unknown
}

/** Answers the waits of a run and of its child runs as they open, from a book of answers. */
export class Answering {
  readonly refused: RefusedAnswer[] = []
  private readonly handle: RunHandle
  private readonly book: AnswerBook
  private readonly onIdle: () => void
  private inFlight = 0
  /** Ids of the waits that are being answered, and of those that refused their answer: they are still open. */
  private readonly answered = new Set<string>()

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

  /** A wait has opened, of the run or of a child run: answers all for which there are answers. */
  async answerOpen(): Promise<void> {
    this.inFlight++
    try {
      // The wait is told before it can be answered: what opens it has to return first.
      await Promise.resolve()
      // Who tells of a wait of a child run knows the id that it has there; the run lists the one that it is answered by.
      const waits = await this.handle.waits()
      await Promise.all(waits.map((wait) => this.answer(wait)))
    } finally {
      this.inFlight--
      if (this.inFlight === 0) this.onIdle()
    }
  }

  private async answer(wait: OpenWait): Promise<void> {
    const { waitId } = wait
    const answer = this.answered.has(waitId) ? undefined : this.book.take(wait)
    if (answer === undefined) return
    this.answered.add(waitId)
    try {
      await this.handle.resume(waitId, answer.payload, answer.action)
      this.answered.delete(waitId)
    } catch (error) {
      this.refused.push({ wait: waitId, reason: error })
    }
  }
}
