import { HeddleError } from '../../errors/heddle-error.ts'
import { nameVisit, type Visit } from '../../kernel/visit.ts'
import { parseDuration, type Duration } from '../../model/duration.ts'
import { reviveThrown } from '../../model/error-data.ts'
import type { SingleSuspension, Suspension, WaitingCall } from '../../model/outcome.ts'
import { toRetryPolicy } from '../../model/retry-options.ts'
import type { CallKind, SettledCall } from '../../model/settled-call.ts'
import type { StandardSchema } from '../../model/standard-schema.ts'
import type { InvokeOptions, StepOptions, WaitForOptions } from '../../ports/durable-calls.ts'
import type { Workflow } from '../../ports/workflow.ts'
import type { RecordingFact, VisitCalls } from '../../traversal/visit-calls.ts'
import { AskedCalls } from './asked-calls.ts'
import { blueprintIdOf, nestedCall, timeOf, unknownBlueprint } from './call-errors.ts'
import type { CallHost } from './call-host.ts'
import { checkSchema } from '../checks/check-schema.ts'
import { RecordedTurns } from './recorded-turns.ts'
import { tryStep, type TryingAttempt } from './try-step.ts'

/** The attempt that makes durable calls. */
export interface CallingAttempt extends TryingAttempt {
  readonly graph: Parameters<typeof nameVisit>[0]
  readonly visit: Visit
  /** Ends the attempt here: it goes on once one of the calls has settled. */
  suspend(on: Extract<Suspension, { readonly type: 'calls' }>): void
}

/** A step whose function runs, and why it must not go on if that made a call of its own. */
interface StepFunction {
  readonly name: string
  nested: HeddleError | undefined
}

/** The value that a call is answered with; nothing while it has none. */
type Answer = { readonly value: unknown } | undefined

const noop = (): void => undefined

/** A promise that never settles: the frame that awaits it is dropped. */
function never(): Promise<never> {
  return new Promise(noop)
}

/** The durable calls of one activation of a handler: an attempt, or what goes on with one after a suspension. */
export class AttemptCalls {
  /** Why the attempt must not go on, if what the handler asks for does not fit what is recorded. */
  mismatch: HeddleError | undefined
  private readonly attempt: CallingAttempt
  private readonly host: CallHost
  private readonly book: VisitCalls
  private readonly asked: AskedCalls
  /** Calls of this activation that wait, by name and occurrence. What it waits for is asked when it suspends. */
  private readonly waiting: Map<string, () => SingleSuspension> = new Map()
  private readonly turns: RecordedTurns
  /** The step whose function is called right now, as far as it has not awaited anything. */
  private within: StepFunction | undefined
  private underWay = 0
  /** Counts what the handler does, to see when it does nothing more. */
  private activity = 0
  private isWatching = false
  private isOver = false

  constructor(attempt: CallingAttempt, host: CallHost) {
    this.attempt = attempt
    this.host = host
    this.book = host.of(attempt.visit)
    this.asked = new AskedCalls(this.book, nameVisit(attempt.graph, attempt.visit))
    this.turns = new RecordedTurns(this.book, host.hearsLate === true && this.book.open.size > 0)
  }

  /** The attempt is over: whatever the handler still does is dropped. */
  close(): void {
    this.isOver = true
  }

  /** Why the attempt cannot complete: a recorded call was not asked for again. */
  forgotten(): HeddleError | undefined {
    return this.mismatch ?? this.asked.forgotten()
  }

  /** `ctx.removedStep` */
  removed(name: string): void {
    this.mismatch ??= this.asked.remove(name)
  }

  /** `ctx.step` */
  step(name: string, fn: () => unknown, options: StepOptions = {}): Promise<unknown> {
    return this.attend(name, async () => {
      const { retry, formerly = [] } = options
      const policy = retry === undefined ? undefined : toRetryPolicy(`step "${name}"`, retry, { step: name })
      const call = this.ask('step', name, formerly)
      const known = this.book.settled.get(call)
      if (known !== undefined) return this.turns.answer(call, () => this.answer(known))
      const { attempt } = this
      const visit = nameVisit(attempt.graph, attempt.visit)
      const step: StepFunction = { name, nested: undefined }
      const endStep = this.book.beginStep({ call, since: attempt.engine.clock.now() })
      const came = await tryStep(
        attempt,
        async () => this.storable(await this.inside(step, fn)),
        policy,
        () => this.isOver,
      ).finally(endStep)
      if (step.nested !== undefined) throw step.nested
      return came === undefined ? undefined : this.record({ type: 'step.recorded', ...visit, call, ...came })
    })
  }

  /** `ctx.emit` */
  emit(event: string, payload: unknown): Promise<unknown> {
    return this.attend(event, async () => {
      const call = this.ask('emit', event)
      if (this.book.settled.has(call)) return this.turns.answer(call, () => ({ value: undefined }))
      const { visit, graph } = this.attempt
      const fact = {
        type: 'event.emitted',
        ...nameVisit(graph, visit),
        call,
        event,
        payload: this.storable(payload),
      } as const
      return this.record(fact)
    })
  }

  /** `ctx.sleep` */
  sleep(name: string, duration: Duration | Date): Promise<unknown> {
    return this.attend(name, async () => {
      const { clock } = this.attempt.engine
      const due =
        duration instanceof Date ? timeOf(name, duration) : clock.now() + parseDuration(duration, `sleep "${name}"`)
      return this.wait('sleep', name, () => () => ({ type: 'timer', name, delayMs: Math.max(0, due - clock.now()) }))
    })
  }

  /** `ctx.waitFor` */
  waitFor(name: string, { schema, timeout }: WaitForOptions = {}): Promise<unknown> {
    return this.attend(name, async () => {
      const limit = timeout === undefined ? {} : { timeoutMs: parseDuration(timeout, `timeout of wait "${name}"`) }
      return this.wait('wait', name, () => () => ({ type: 'wait', name, ...limit }), schema)
    })
  }

  /** `ctx.invoke` */
  invoke(name: string, workflow: Workflow | string, input: unknown, { timeout }: InvokeOptions = {}): Promise<unknown> {
    return this.attend(name, async () => {
      const blueprintId = blueprintIdOf(name, workflow)
      const limit = timeout === undefined ? {} : { timeoutMs: parseDuration(timeout, `timeout of invoke "${name}"`) }
      return this.wait('invoke', name, (call) => {
        if (this.attempt.engine.findChild?.(blueprintId) === undefined) throw unknownBlueprint(name, blueprintId)
        const on = { type: 'child', name: call, blueprintId, input: this.storable(input), ...limit } as const
        return () => on
      })
    })
  }

  /** Runs the function of a step up to where it first awaits something: as long as that takes, no call is made beside the step. */
  private inside(step: StepFunction, fn: () => unknown): unknown {
    this.within = step
    try {
      return fn()
    } finally {
      this.within = undefined
    }
  }

  /** A call was made by the function of a step. @throws HeddleError `STEP_MISMATCH` */
  private refuseNested(step: StepFunction, name: string): never {
    const { visit, graph } = this.attempt
    step.nested ??= nestedCall(nameVisit(graph, visit), step.name, name)
    this.mismatch ??= step.nested
    throw step.nested
  }

  /** Does a call; the handler is not suspended meanwhile. */
  private attend(name: string, work: () => Promise<Answer>): Promise<unknown> {
    if (this.isOver) return never()
    const { within } = this
    const answered = this.answered(within === undefined ? work : async () => this.refuseNested(within, name))
    // A handler may be suspended before it awaits what it began: that it failed is recorded, and told when it is asked for again.
    answered.catch(noop)
    return answered
  }

  private async answered(work: () => Promise<Answer>): Promise<unknown> {
    this.underWay++
    let answer: Answer
    try {
      answer = await work()
    } finally {
      this.underWay--
      this.touch()
    }
    return answer === undefined || this.isOver ? never() : answer.value
  }

  private ask(kind: CallKind, name: string, formerly: readonly string[] = []): string {
    const { call, mismatch } = this.asked.ask(kind, name, formerly)
    if (mismatch === undefined) return call
    this.mismatch ??= mismatch
    throw mismatch
  }

  /**
   * A call that waits: answered if it has settled, else left open until the handler runs again.
   *
   * @param prepare answers what it waits for, as of the moment when it is asked
   */
  private async wait(
    kind: CallKind,
    name: string,
    prepare: (call: string) => () => SingleSuspension,
    schema?: StandardSchema,
  ): Promise<Answer> {
    const call = this.ask(kind, name)
    const known = this.book.settled.get(call)
    if (known !== undefined) return this.turns.answer(call, () => this.answer(known, schema, name))
    this.waiting.set(call, prepare(call))
    if (schema !== undefined) this.host.expect(this.attempt.visit, call, schema)
    return undefined
  }

  private async answer({ output, error, unchecked }: SettledCall, schema?: StandardSchema, name = ''): Promise<Answer> {
    if (error !== undefined) throw reviveThrown(error)
    const value = this.copy(output)
    if (unchecked !== true || schema === undefined) return { value }
    return { value: await checkSchema(schema, value, 'INVALID_PAYLOAD', `the payload for wait "${name}"`) }
  }

  private async record(fact: RecordingFact): Promise<Answer> {
    if (this.isOver) return undefined
    const answered = this.turns.record(fact.call, this.book)
    const told = answered === undefined ? fact : { ...fact, answered }
    if (!(await this.host.record(this.attempt.visit, told))) return undefined
    this.turns.note(fact.call)
    if (fact.type === 'event.emitted') return { value: undefined }
    if (fact.error !== undefined) throw reviveThrown(fact.error)
    return { value: this.copy(fact.output) }
  }

  /** @throws HeddleError `NOT_SERIALISABLE`, `LIMIT_EXCEEDED` */
  private storable(value: unknown): unknown {
    this.attempt.engine.checkValue(value)
    return this.copy(value)
  }

  /** What the serializer gives back: the same whether a call was just made or is answered from its record. */
  private copy(value: unknown): unknown {
    const isPlain = value === null || (typeof value !== 'object' && typeof value !== 'function')
    if (isPlain && typeof value !== 'symbol') return value
    const { serializer } = this.attempt.engine
    return serializer.deserialize(serializer.serialize(value))
  }

  private touch(): void {
    this.activity++
    this.watch()
  }

  /** Suspends the handler once it does nothing more by itself: after a turn in which it neither made a call nor awaits a step. */
  private watch(): void {
    if (this.isWatching || !this.isIdle) return
    this.isWatching = true
    const seen = this.activity
    this.attempt.engine.yieldTurn(() => {
      this.isWatching = false
      if (!this.isIdle) return
      if (this.activity === seen) this.suspend()
      else this.watch()
    })
  }

  private get isIdle(): boolean {
    return !this.isOver && this.underWay === 0 && this.waiting.size > 0
  }

  private suspend(): void {
    this.isOver = true
    const calls: WaitingCall[] = [...this.waiting].map(([call, on]) => ({ call, on: on() }))
    const { answered } = this.turns
    this.attempt.suspend({ type: 'calls', calls, ...(answered.length === 0 ? {} : { answered }) })
  }
}

/** The error of a durable call that is made where no handler runs. */
export function noHandler(nodeId: string, call: string): HeddleError {
  return new HeddleError(
    'INVALID_STATE',
    `node "${nodeId}" called "${call}" outside of a handler: durable calls are made by the handlers of nodes, map items and fallbacks, not by functions like "when", "over" or "until"`,
    { details: { nodeId, call } },
  )
}
