import type { RunEvent, RunHandle } from '@heddle/core'
import { AnswerBook, type Answer } from '../flags/answers.ts'
import { Answering, type RefusedAnswer } from './answering.ts'
import { whenIdle } from './idle-process.ts'

/** Why nothing more is expected of a run for now: it waits for what no answer was given for, or for what nothing can ever bring. */
export type Rest = 'awaiting' | 'stuck'

/** Follows one run: answers its waits as they open, and says when nothing more is expected of it for now. */
export class RunWatch {
  /** Resolves when the run has come to rest without an end. */
  readonly atRest: Promise<Rest>
  private readonly handle: RunHandle
  private readonly book: AnswerBook
  private readonly answering: Answering
  private rest: (rest: Rest) => void = () => undefined
  private readonly stopWatching: () => void

  constructor(handle: RunHandle, answers: readonly Answer[]) {
    this.handle = handle
    this.book = new AnswerBook(answers)
    this.answering = new Answering(handle, this.book, () => void this.check())
    this.atRest = new Promise((resolve) => {
      this.rest = resolve
    })
    let isStuck = false
    this.stopWatching = whenIdle(() => {
      if (isStuck) return false
      isStuck = true
      this.rest('stuck')
      return true
    })
  }

  get refused(): readonly RefusedAnswer[] {
    return this.answering.refused
  }

  /** Names of waits that answers were given for and that never opened. */
  unused(): readonly string[] {
    return this.book.unused()
  }

  /** Looks at once: of a run that is gone on with, waits may be open of which no event will tell. */
  begin(): void {
    if (this.unused().length > 0) void this.answering.answerOpen()
    else void this.check()
  }

  /** Takes an event of the run or of a child run of it. */
  take(event: RunEvent): void {
    if (event.type === 'wait.opened') void this.answering.answerOpen()
    else if (event.type === 'run.awaiting') this.begin()
  }

  /** Looks whether the run only waits for what no answer was given for. */
  async check(): Promise<void> {
    const status = await this.handle.status()
    if (!this.answering.isBusy && status === 'awaiting') this.rest('awaiting')
  }

  close(): void {
    this.stopWatching()
  }
}
