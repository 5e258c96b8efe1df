import { HeddleError } from '../errors/heddle-error.ts'
import { declined } from '../execution/attempt/attempt.ts'
import { SuspendRequest, type AttemptReplay, type BuiltInContext } from '../execution/engine/engine.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { statusOf } from '../kernel/visit-status.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import { reviveError } from '../model/error-data.ts'
import { NodeResult } from '../model/node-result.ts'
import type { Suspension } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { ToldAhead } from '../traversal/told-ahead.ts'

/** What a visit came to, and the event that tells of it. */
interface RecordedEnd {
  readonly seq: number
  /** Makes the attempt come to the same; none if the visit was cut off. */
  readonly answer?: (context: BuiltInContext) => unknown
}

/** How many turns of others bring no further attempt before one goes that is not the next: a run opens its slots in several turns. */
const quietTurns = 2

/** An attempt whose turn has not come. */
interface HeldAttempt {
  readonly key: string
  readonly seq: number
  readonly go: () => void
}

/**
 * Gives visits the outcomes that they had in another run, in the order in which they came there: so what depends on the order of commits,
 * an early join, a shared value, comes to the same. A visit is let go when no other one waits whose outcome came before its own, which
 * needs no visit that only the other run had.
 */
export class RecordedReplay implements AttemptReplay {
  private readonly ends: Map<string, RecordedEnd> = new Map()
  private readonly maps: Map<string, Suspension> = new Map()
  private readonly ahead: ToldAhead = new ToldAhead()
  /** The keys of visits in the order of their ends. */
  private readonly order: readonly string[]
  /** How many of them have been given theirs. */
  private given = 0
  /** The visit that was given its outcome last. */
  private last: Visit | undefined
  /** The one whose outcome came first stands last. */
  private readonly held: HeldAttempt[] = []
  private readonly answered: WeakSet<BuiltInContext> = new WeakSet()
  private isLettingGo = false
  /** How many turns others have had since the last attempt came or went. */
  private turns = 0

  /** @param after the event after which the outcomes count */
  constructor(events: readonly RunEvent[], after: number) {
    for (const event of events) if (event.seq > after) this.read(event)
    const ends = [...this.ends].toSorted(([, one], [, other]) => one.seq - other.seq)
    this.order = ends.map(([key]) => key)
  }

  /** Whether a visit had settled in the other run. */
  holds(key: string): boolean {
    return this.ends.get(key)?.answer !== undefined
  }

  private read(event: RunEvent): void {
    switch (event.type) {
      case 'context.changed':
      case 'graph.expanded':
        this.ahead.add(event)
        break
      case 'node.completed':
        this.complete(event, event)
        break
      case 'compensation.completed':
        this.complete({ ...event, compensates: true })
        break
      case 'node.failed':
        this.fail(event)
        break
      case 'compensation.failed':
        this.fail({ ...event, compensates: true })
        break
      case 'node.skipped':
        if (event.reason.type === 'when') this.end(event, () => declined)
        break
      case 'node.cancelled':
        this.ends.set(visitKey(event), { seq: event.seq })
        break
      case 'node.suspended':
        if (event.on?.type === 'items') this.maps.set(visitKey(event), event.on)
        break
      default:
    }
  }

  private end(event: VisitName & { readonly seq: number }, answer: (context: BuiltInContext) => unknown): void {
    this.ends.set(visitKey(event), { seq: event.seq, answer })
  }

  private complete(
    event: VisitName & { readonly seq: number },
    told?: { readonly output: unknown; readonly action?: string },
  ): void {
    const { writes, expansion } = this.ahead.take()
    const result = told === undefined ? undefined : new NodeResult(told.output, told.action, expansion)
    this.end(event, ({ context }) => {
      for (const { key, value, replace } of writes) {
        if (replace === true) context.update(key, () => value)
        else context.set(key, value)
      }
      return result
    })
  }

  private fail(event: RunEvent & { readonly type: 'node.failed' | 'compensation.failed' } & VisitName): void {
    this.end(event, () => {
      // It was the last attempt there, so it is the last one here.
      throw reviveError({ ...event.error, retryable: false })
    })
  }

  attempt(context: BuiltInContext, live: () => unknown): unknown {
    const key = visitKey(nameVisit(context.graph, context.visit))
    this.turns = 0
    const map = context.visit.item === -1 && context.resumption === undefined ? this.maps.get(key) : undefined
    if (map !== undefined) {
      this.answered.add(context)
      return new SuspendRequest(map)
    }
    const end = this.ends.get(key)
    if (end === undefined) return live()
    if (end.answer !== undefined && this.isNext(key)) return this.give(key, end, context, live)
    return new Promise((resolve, reject) => {
      const go = (): void => {
        // What was cut off there is cut off by now, or the fork has gone another way.
        if (end.answer === undefined && context.signal.aborted) {
          this.ends.delete(key)
          return
        }
        try {
          resolve(this.give(key, end, context, live))
        } catch (error) {
          reject(
            error instanceof Error
              ? error
              : new HeddleError('INTERNAL', 'a recorded outcome could not be given', { cause: error }),
          )
        }
      }
      this.hold({ key, seq: end.seq, go })
      this.letGo(context.engine.yieldTurn)
    })
  }

  private give(key: string, { answer }: RecordedEnd, context: BuiltInContext, live: () => unknown): unknown {
    this.ends.delete(key)
    this.last = context.visit
    if (answer === undefined) return live()
    this.answered.add(context)
    return answer(context)
  }

  isAnswered(context: BuiltInContext): boolean {
    return this.answered.has(context)
  }

  /** Whether every outcome that came before that of this visit was given, and has settled its visit: there is nothing to wait for. */
  private isNext(key: string): boolean {
    if (this.last !== undefined && statusOf(this.last) === visitCode.running) return false
    while (this.given < this.order.length && !this.ends.has(this.order[this.given] as string)) this.given++
    return this.order[this.given] === key
  }

  /** Those that wait are kept in order: of a wide fan-out all of them do. */
  private hold(attempt: HeldAttempt): void {
    const { held } = this
    let from = 0
    for (let to = held.length; from < to;) {
      const middle = (from + to) >>> 1
      if ((held[middle] as HeldAttempt).seq > attempt.seq) from = middle + 1
      else to = middle
    }
    held.splice(from, 0, attempt)
  }

  /**
   * Lets the attempt go that came first there, and asks again when what follows from it has happened. If others came before it there
   * that have not come here, it waits a little: they may be about to begin.
   */
  private letGo(yieldTurn: (callback: () => void) => void): void {
    if (this.isLettingGo || this.held.length === 0) return
    this.isLettingGo = true
    yieldTurn(() => {
      this.isLettingGo = false
      this.turns++
      const first = this.held.at(-1)
      if (first !== undefined && (this.turns >= quietTurns || this.isNext(first.key))) {
        this.held.pop()
        this.turns = 0
        first.go()
      }
      this.letGo(yieldTurn)
    })
  }
}
