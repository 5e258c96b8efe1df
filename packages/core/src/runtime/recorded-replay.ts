import { HeddleError } from '../errors/heddle-error.ts'
import { declined } from '../execution/attempt/attempt.ts'
import { SuspendRequest, type AttemptReplay, type BuiltInContext } from '../execution/engine/engine.ts'
import { nameVisit } from '../kernel/visit.ts'
import { reviveError } from '../model/error-data.ts'
import { NodeResult } from '../model/node-result.ts'
import type { ContextWrite, Expansion, Suspension } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'

/** What a visit came to, and the event that tells of it. */
interface RecordedEnd {
  readonly seq: number
  /** Makes the attempt come to the same; none if the visit was cut off. */
  readonly answer?: (context: BuiltInContext) => unknown
}

/** An attempt whose turn has not come. */
interface HeldAttempt {
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
  private writes: ContextWrite[] = []
  private expansion: Expansion | undefined
  private held: HeldAttempt[] = []
  private readonly answered: WeakSet<BuiltInContext> = new WeakSet()
  private isLettingGo = false

  /** @param after the event after which the outcomes count */
  constructor(events: readonly RunEvent[], after: number) {
    for (const event of events) if (event.seq > after) this.read(event)
  }

  /** Whether a visit had settled in the other run. */
  holds(key: string): boolean {
    return this.ends.get(key)?.answer !== undefined
  }

  private read(event: RunEvent): void {
    switch (event.type) {
      case 'context.changed': {
        const { key, value, replace } = event
        this.writes.push({ key, value, ...(replace === undefined ? {} : { replace }) })
        break
      }
      case 'graph.expanded':
        this.expansion = event.expansion
        break
      case 'node.completed':
        this.complete(event, new NodeResult(event.output, event.action, this.expansion))
        break
      case 'compensation.completed':
        this.complete({ ...event, compensates: true }, undefined)
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

  private complete(event: VisitName & { readonly seq: number }, result: unknown): void {
    const { writes } = this
    this.writes = []
    this.expansion = undefined
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
    const map = context.visit.item === -1 && context.resumption === undefined ? this.maps.get(key) : undefined
    if (map !== undefined) {
      this.answered.add(context)
      return new SuspendRequest(map)
    }
    const end = this.ends.get(key)
    if (end === undefined) return live()
    return new Promise((resolve, reject) => {
      const go = (): void => {
        this.ends.delete(key)
        // What was cut off there is cut off by now, or the fork has gone another way.
        if (end.answer === undefined && context.signal.aborted) return
        try {
          if (end.answer !== undefined) this.answered.add(context)
          resolve(end.answer === undefined ? live() : end.answer(context))
        } catch (error) {
          reject(
            error instanceof Error
              ? error
              : new HeddleError('INTERNAL', 'a recorded outcome could not be given', { cause: error }),
          )
        }
      }
      this.held.push({ seq: end.seq, go })
      this.letGo(context.engine.yieldTurn)
    })
  }

  isAnswered(context: BuiltInContext): boolean {
    return this.answered.has(context)
  }

  /** Lets the attempt go that came first there, and asks again when what follows from it has happened. */
  private letGo(yieldTurn: (callback: () => void) => void): void {
    if (this.isLettingGo || this.held.length === 0) return
    this.isLettingGo = true
    yieldTurn(() => {
      this.isLettingGo = false
      const [first, ...rest] = this.held.toSorted((one, other) => one.seq - other.seq)
      this.held = rest
      first?.go()
      this.letGo(yieldTurn)
    })
  }
}
