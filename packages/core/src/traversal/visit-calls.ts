import { HeddleError } from '../errors/heddle-error.ts'
import { toErrorData } from '../model/error-data.ts'
import type { Resumption, SingleSuspension, Suspension } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { CallKind, SettledCall } from '../model/settled-call.ts'
import { isTooDeep } from '../model/too-deep.ts'
import type { OpenCall, VisitCallsData } from './run-snapshot.ts'

/** Facts that record a call at once. */
export type RecordingFact = Extract<RunFact, { readonly type: 'step.recorded' | 'event.emitted' }>

/** What suspends a visit whose handler waits for durable calls. */
export type CallsSuspension = Extract<Suspension, { readonly type: 'calls' }>

/** A step whose function runs. */
export interface StepUnderWay {
  /** Its name and occurrence. */
  readonly call: string
  /** In milliseconds since 1970. */
  readonly since: number
}

const nothingRecorded: VisitCallsData = { settled: [], open: [] }

/** What is recorded of the durable calls of one visit, by name and occurrence. */
export class VisitCalls {
  /** In the order in which the handler was answered; those that it was not answered yet stand behind. */
  readonly settled: Map<string, SettledCall>
  /** How many of the settled calls, from the first one, are known to stand in that order. */
  answered: number
  readonly open: Map<string, OpenCall>
  /** The steps whose functions run in this process, where there was one. */
  steps: Set<StepUnderWay> | undefined
  /** How long the attempt was active before its last suspension, in milliseconds; counted where its time is limited. */
  activeMs: number

  constructor({ settled, answered = 0, open, activeMs = 0 }: VisitCallsData = nothingRecorded) {
    this.settled = new Map(settled)
    this.answered = answered
    this.open = new Map(open)
    this.activeMs = activeMs
  }

  get data(): VisitCallsData {
    const { answered, activeMs } = this
    return {
      settled: [...this.settled],
      ...(answered === 0 ? {} : { answered }),
      open: [...this.open],
      ...(activeMs === 0 ? {} : { activeMs }),
    }
  }

  /** The kind of a recorded call; `undefined` if none of this name and occurrence is. */
  kindOf(call: string): CallKind | undefined {
    const open = this.open.get(call)
    return open === undefined ? this.settled.get(call)?.kind : kindOf(open.on)
  }

  /** Records what a fact tells of a call. */
  record(fact: RecordingFact): void {
    const { call } = fact
    if (fact.type === 'event.emitted') this.settled.set(call, { kind: 'emit' })
    else if (fact.error === undefined) this.settled.set(call, { kind: 'step', output: fact.output })
    else this.settled.set(call, { kind: 'step', error: fact.error })
    if (fact.answered !== undefined) this.order([...fact.answered, call])
  }

  /**
   * Opens the calls of a suspension that are not known yet.
   *
   * @returns whether one of all its calls has settled: the visit then goes on at once
   */
  suspend({ calls, answered = [], activeMs = 0 }: CallsSuspension): boolean {
    this.activeMs = activeMs
    this.order(answered)
    for (const { call, on } of calls) {
      if (!this.settled.has(call) && !this.open.has(call)) this.open.set(call, { on })
    }
    return calls.some(({ call }) => this.settled.has(call))
  }

  /** The handler was answered these calls last, in this order; what else has settled meanwhile comes after them. */
  order(answered: readonly string[]): void {
    const { settled } = this
    const next = new Set(answered.filter((call) => settled.has(call)))
    const calls = [...settled.keys()]
    const known = calls.slice(0, this.answered)
    const before = known.filter((call) => !next.has(call))
    const others = calls.slice(this.answered).filter((call) => !next.has(call))
    // Those that stay in their places are not moved.
    for (const call of [...(before.length < known.length ? before : []), ...next, ...others]) {
      const recorded = settled.get(call) as SettledCall
      settled.delete(call)
      settled.set(call, recorded)
    }
    this.answered = before.length + next.size
  }

  /** Adds to what is known of an open call. */
  note(call: string, more: Omit<OpenCall, 'on'>): void {
    const open = this.open.get(call)
    if (open !== undefined) this.open.set(call, { ...open, ...more })
  }

  /** Records what an open call came to. @returns whether it was open */
  settle(call: string, nodeId: string, resumption: Resumption): boolean {
    const open = this.open.get(call)
    if (open === undefined) return false
    this.open.delete(call)
    this.settled.set(call, settledBy(open.on, call, nodeId, resumption))
    return true
  }

  /** The function of a step is about to run. @returns to be called when it has ended */
  beginStep(step: StepUnderWay): () => void {
    this.steps ??= new Set()
    const { steps } = this
    steps.add(step)
    return () => steps.delete(step)
  }

  /** The next attempt of the retry policy: what succeeded is kept. */
  retry(): void {
    for (const [call, { error }] of this.settled) if (error !== undefined) this.settled.delete(call)
    this.open.clear()
    this.steps = undefined
    this.answered = 0
    this.activeMs = 0
  }
}

/** The kind of a call by what it waits for. */
function kindOf({ type }: SingleSuspension): CallKind {
  return type === 'timer' ? 'sleep' : type === 'wait' ? 'wait' : 'invoke'
}

function settledBy(on: SingleSuspension, call: string, nodeId: string, resumption: Resumption): SettledCall {
  const kind = kindOf(on)
  switch (resumption.type) {
    case 'answered': {
      const { payload, unchecked } = resumption
      return { kind, output: payload, ...(unchecked === undefined ? {} : { unchecked }) }
    }
    case 'timed-out':
      return { kind, error: toErrorData(waitTimeout(on, call, nodeId)) }
    case 'child-completed':
      return { kind, output: resumption.output }
    case 'child-failed':
      return { kind, error: toErrorData(childFailure(on, call, nodeId, resumption.error)) }
    case 'child-refused':
      return { kind, error: toErrorData(resumption.error) }
    default:
      return { kind }
  }
}

function waitTimeout(on: SingleSuspension, call: string, nodeId: string): HeddleError {
  const timeoutMs = on.type === 'wait' ? (on.timeoutMs ?? 0) : 0
  return new HeddleError(
    'WAIT_TIMEOUT',
    `wait "${on.name}" of node "${nodeId}" was not answered within ${timeoutMs} ms; catch the error of waitFor to go on without an answer`,
    { details: { nodeId, call, name: on.name, timeoutMs } },
  )
}

function childFailure(on: SingleSuspension, call: string, nodeId: string, error: HeddleError): HeddleError {
  const blueprintId = on.type === 'child' ? on.blueprintId : ''
  return new HeddleError(
    'SUBFLOW_FAILED',
    `invoke "${call}" of node "${nodeId}" (workflow "${blueprintId}") failed: ${error.message}`,
    { details: { nodeId, call, blueprintId }, retryable: !isTooDeep(error), cause: error },
  )
}

/** Why an `invoke` came to nothing in time. */
export function invokeTimeout(on: SingleSuspension, call: string, nodeId: string): HeddleError {
  const { blueprintId, timeoutMs } = on.type === 'child' ? on : { blueprintId: '', timeoutMs: 0 }
  return new HeddleError(
    'INVOKE_TIMEOUT',
    `invoke "${call}" of node "${nodeId}" (workflow "${blueprintId}") did not end within ${timeoutMs} ms; its run was cancelled`,
    { details: { nodeId, call, blueprintId, timeoutMs }, retryable: true },
  )
}
