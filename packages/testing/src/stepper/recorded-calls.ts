import type { NodeContext } from '@heddle/core'
import { DurableCallLog } from './durable-call-log.ts'

type View = NodeContext['context']

/** Never settles. */
export const never: Promise<never> = new Promise<never>(() => {})

interface Write {
  readonly key: string
  readonly value: unknown
  readonly isUpdate: boolean
}

/** Where in a stepper's life a call is made. */
export interface CallPlace {
  /** Number of the step, from 0. */
  readonly step: number
  /** Number of the run: going back makes a new one, in which earlier steps are made again from what was recorded. */
  readonly session: number
}

interface Call extends CallPlace {
  readonly writes: Write[]
  readonly log: DurableCallLog
  /** Whether the handler was suspended: what it still does counts for nothing. */
  isSuspended: boolean
}

interface RecordedCall extends Call {
  /** Settles as the handler did; of a call that was suspended or cut off, never. */
  readonly outcome: Promise<unknown>
}

/**
 * What the functions of a run answered and what they wrote, so that the run can be made again without calling them. A call under a
 * key that an earlier session recorded is not carried out: it answers what was recorded. Within one session a call is made again
 * when another visit changed a shared value that it updated; then the last one counts.
 */
export class RecordedCalls {
  private readonly calls = new Map<string, RecordedCall>()
  private readonly running = new Set<Call>()
  private wake: () => void = () => undefined

  /** How many functions are running, apart from those that wait for the clock, were suspended, or are of attempts that were cut off. */
  get runningCount(): number {
    let count = 0
    for (const { log } of this.running) if (!log.waitsForClock) count++
    return count
  }

  /** Resolves when one of the functions that are running ends, or may have come to wait for the clock. */
  whenOneEnds(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve
    })
  }

  /** Answers the recorded call, or carries it out and records it. */
  answer(key: string, place: CallPlace, context: NodeContext, carryOut: () => unknown): Promise<unknown> {
    const known = this.calls.get(key)
    if (known === undefined || known.session === place.session) return this.record(key, place, context, carryOut)
    context.signal.addEventListener('abort', () => this.leave(known), { once: true })
    return replay(known, context)
  }

  /** The handler of this call was suspended: it is another call that goes on with it. */
  suspend(key: string | undefined): void {
    const call = key === undefined ? undefined : this.calls.get(key)
    if (call === undefined) return
    call.isSuspended = true
    call.log.close()
    this.leave(call)
  }

  /** Forgets the calls of this step and of later ones. */
  forgetFrom(step: number): void {
    for (const [key, call] of this.calls) {
      if (call.step < step) continue
      this.calls.delete(key)
      this.running.delete(call)
    }
  }

  private record(key: string, place: CallPlace, context: NodeContext, carryOut: () => unknown): Promise<unknown> {
    const log = new DurableCallLog(() => this.wake())
    const call: Call = { ...place, writes: [], log, isSuspended: false }
    this.running.add(call)
    const outcome = observe(context, call, carryOut)
    this.calls.set(key, Object.assign(call, { outcome }))
    const leave = (): void => this.leave(call)
    void outcome.catch(() => undefined).then(leave)
    context.signal.addEventListener('abort', leave, { once: true })
    return outcome
  }

  private leave(call: Call): void {
    if (this.running.delete(call)) this.wake()
  }
}

/** Carries a call out. What a handler answers after its attempt was suspended or cut off counts for nothing, also when it is replayed. */
async function observe(context: NodeContext, call: Call, carryOut: () => unknown): Promise<unknown> {
  const stopListening = listenToWrites(context.context, call.writes)
  const stopNoting = call.log.record(context)
  // Taken now: once the attempt is over, its context has a signal of its own no more.
  const { signal } = context
  const answer = Promise.resolve().then(carryOut)
  await answer.catch(() => undefined)
  stopListening()
  stopNoting()
  call.log.close()
  return signal.aborted || call.isSuspended ? never : answer
}

async function replay({ log, outcome, writes }: RecordedCall, context: NodeContext): Promise<unknown> {
  await log.replay(context)
  try {
    return await outcome
  } finally {
    const view = context.context
    for (const { key, value, isUpdate } of writes) {
      if (isUpdate) view.update(key, () => value)
      else view.set(key, value)
    }
  }
}

/** Notes what is written to an attempt's view of the shared values. @returns ends it */
function listenToWrites(view: View, writes: Write[]): () => void {
  const set = view.set.bind(view)
  const update = view.update.bind(view)
  view.set = (key, value) => {
    writes.push({ key, value, isUpdate: false })
    set(key, value)
  }
  view.update = (key, fn) => {
    update(key, (current) => {
      const value = fn(current)
      writes.push({ key, value, isUpdate: true })
      return value
    })
  }
  return () => {
    view.set = set
    view.update = update
  }
}
