import type { DurableCalls, NodeContext } from '@heddle/core'

/** Makes a durable call in an attempt. */
type Ask<T = unknown> = (calls: DurableCalls) => Promise<T>

interface AskedCall {
  readonly ask: Ask
  /** Answers the handler; the first of the attempts that make the call does. */
  readonly follow: (answer: Promise<unknown>) => void
}

/**
 * The durable calls of a handler, in the order in which they were made and answered. An attempt of another session makes them again, so
 * that it suspends, records and tells what the first one did, without calling the handler. It follows a handler that is still at work.
 */
export class DurableCallLog {
  /** Each call once when it was made, and once more when it was answered. */
  private readonly entries: AskedCall[] = []
  private readonly onChange: () => void
  private followers: (() => void)[] = []
  private isClosed = false
  /** Whether the function of a step is called right now: a call that it makes is refused. */
  private isInStep = false
  private openSteps = 0
  private tries = 0

  /** @param onChange called when the handler may have come to wait for the clock */
  constructor(onChange: () => void) {
    this.onChange = onChange
  }

  /** Whether the handler has steps under way that all wait for their next try. */
  get waitsForClock(): boolean {
    return this.openSteps > 0 && this.tries === 0
  }

  /** Notes the calls that are made by this context from now on. @returns ends it */
  record(context: NodeContext): () => void {
    const { step, removedStep, sleep, waitFor, invoke, emit } = context
    const live: DurableCalls = { step, removedStep, sleep, waitFor, invoke, emit }
    const make = <T>(ask: Ask<T>): Promise<T> => this.make(live, ask)
    const recorded: Record<keyof DurableCalls, unknown> = {
      step: (...[name, fn, options]: Parameters<typeof step>) => this.makeStep(live, name, fn, options),
      removedStep: (name: string) => {
        void make((calls) => {
          calls.removedStep(name)
          return Promise.resolve()
        })
      },
      sleep: (...args: Parameters<typeof sleep>) => make((calls) => calls.sleep(...args)),
      waitFor: (...args: Parameters<typeof waitFor>) => make((calls) => calls.waitFor(...args)),
      invoke: (...args: Parameters<typeof invoke>) => make((calls) => calls.invoke(...args)),
      emit: (...args: Parameters<typeof emit>) => make((calls) => calls.emit(...args)),
    }
    for (const [name, value] of Object.entries(recorded)) {
      Object.defineProperty(context, name, { value, configurable: true })
    }
    return () => {
      for (const name of Object.keys(recorded)) Reflect.deleteProperty(context, name)
    }
  }

  /** The handler has ended or was suspended: what it still does counts for nothing. */
  close(): void {
    this.isClosed = true
    this.wakeFollowers()
  }

  /** Makes the calls again in another attempt. */
  async replay(calls: DurableCalls): Promise<void> {
    const answers = new Map<AskedCall, Promise<unknown>>()
    for (let at = 0; at < this.entries.length || !this.isClosed; at++) {
      if (at === this.entries.length) await this.whenGrown()
      const call = this.entries[at]
      if (call === undefined) return
      const answer = answers.get(call) ?? call.ask(calls)
      if (answers.has(call)) await answer.catch(() => undefined)
      else call.follow(answer)
      answers.set(call, answer)
    }
  }

  private make<T>(live: DurableCalls, ask: Ask<T>): Promise<T> {
    const made = ask(live)
    if (this.isClosed || this.isInStep) return made
    let follow: AskedCall['follow'] = () => undefined
    const answer = new Promise<unknown>((resolve, reject) => {
      // oxlint-disable-next-line promise/prefer-catch -- what answers first is what counts
      follow = (one) => void one.then(resolve, reject)
    })
    const call = { ask, follow }
    this.note(call)
    follow(made)
    const noteAnswer = (): void => this.note(call)
    void answer.catch(() => undefined).then(noteAnswer)
    return answer as Promise<T>
  }

  private makeStep(live: DurableCalls, ...[name, fn, options]: Parameters<DurableCalls['step']>): Promise<unknown> {
    const tries: Promise<unknown>[] = []
    let answered: Promise<unknown> | undefined
    const answer = this.make(live, (calls) => {
      let next = 0
      return calls.step(name, () => (tries[next++] ??= answered ?? this.try(fn)), options)
    })
    this.openSteps++
    const end = (): void => {
      this.openSteps--
      answered = answer
    }
    void answer.catch(() => undefined).then(end)
    return answer
  }

  private try(fn: () => unknown): Promise<unknown> {
    this.tries++
    this.isInStep = true
    const result = callNow(fn)
    this.isInStep = false
    const end = (): void => {
      this.tries--
      this.onChange()
    }
    void result.catch(() => undefined).then(end)
    return result
  }

  private note(call: AskedCall): void {
    if (this.isClosed) return
    this.entries.push(call)
    this.wakeFollowers()
  }

  private whenGrown(): Promise<void> {
    return new Promise((resolve) => {
      this.followers.push(resolve)
    })
  }

  private wakeFollowers(): void {
    const { followers } = this
    this.followers = []
    for (const wake of followers) wake()
  }
}

/** Calls a function at once; what it throws rejects. */
async function callNow(fn: () => unknown): Promise<unknown> {
  return fn()
}
