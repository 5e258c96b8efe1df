import { HeddleError, isHeddleError } from '../../errors/heddle-error.ts'
import { originalError, toErrorData } from '../../model/error-data.ts'
import { isNodeResult, type NodeResult } from '../../model/node-result.ts'
import type { CompletedOutcome, FailedOutcome, Outcome } from '../../model/outcome.ts'
import { nextAttemptDelayMs } from '../../kernel/retry.ts'
import { CompensationVisit, type Visit } from '../../kernel/visit.ts'
import { AttemptContext, type AttemptHost } from './attempt-context.ts'
import { checkAnsweredExpansion } from './answered-expansion.ts'
import { checkStorable, checkSuspension } from '../checks/check-storable.ts'
import { CompensationContext } from './compensation-context.ts'
import { SuspendRequest } from '../engine/engine.ts'
import { evaluateEdges } from './evaluate-edges.ts'
import { asNodeError } from '../checks/node-error.ts'
import { planOf } from './node-plan.ts'
import { storableError } from '../checks/storable-error.ts'
import { withPermit } from './with-permit.ts'
import { withTimeout } from './timeout.ts'
import { yesOrNo } from './yes-or-no.ts'
import { isThenable } from '../../model/value-kinds.ts'

/** Returned in place of an output when the node's `when` said no. */
export const declined: unique symbol = Symbol('declined')

/** What a plain return value says beside its output. */
const plainResult: Pick<NodeResult, 'action' | 'expansion'> = { action: undefined, expansion: undefined }

/** The context for one attempt of a visit. @throws HeddleError `UNKNOWN_HANDLER` */
export function openAttempt(host: AttemptHost, visit: Visit): AttemptContext {
  if (visit instanceof CompensationVisit) return new CompensationContext(host, visit)
  return new AttemptContext(host, visit, planOf(host.engine, host.graph, visit.node))
}

/**
 * Calls the handler, with everything that stands around it: `when`, `inputs`, middleware, timeout, the permit of its key. Answers what
 * the handler returned, or a promise of it; `finishAttempt` or `failAttempt` makes an outcome of that.
 */
export function callHandler(context: AttemptContext): unknown {
  const { plan } = context
  if (plan.simple) return (plan.handler as NonNullable<typeof plan.handler>)(context)
  const { replay } = context.engine
  return replay === undefined ? callPermitted(context) : replay.attempt(context, () => callPermitted(context))
}

function callPermitted(context: AttemptContext): unknown {
  const { permits } = context.engine
  return permits === undefined ? callInTime(context) : withPermit(context, permits, () => callInTime(context))
}

function callInTime(context: AttemptContext): unknown {
  const { timeoutMs } = context.plan
  const call = (): unknown => callGuarded(context)
  // An attempt that suspends has ended as far as this call goes: what it waits for is not bounded.
  return timeoutMs === undefined ? call() : withTimeout(context, timeoutMs, call)
}

function callGuarded(context: AttemptContext): unknown {
  const { plan, visit } = context
  context.evaluateInputs()
  const isFirst = visit.resumption === undefined && visit.item === -1
  if (plan.when === undefined || !isFirst) return callThroughMiddleware(context)
  context.isAsking = true
  const runs = plan.when(context)
  if (isThenable(runs)) return Promise.resolve(runs).then((yes) => afterWhen(context, yes))
  return afterWhen(context, runs)
}

function afterWhen(context: AttemptContext, yes: unknown): unknown {
  context.isAsking = false
  return yesOrNo(context.nodeId, 'when', yes) ? callThroughMiddleware(context) : declined
}

function callThroughMiddleware(context: AttemptContext): unknown {
  const { middleware } = context.engine
  if (middleware.length === 0) return callNode(context)
  const from = (layer: number): Promise<unknown> => {
    const around = middleware[layer]
    if (around === undefined) return Promise.resolve(callNode(context))
    const next = async (): Promise<unknown> => from(layer + 1)
    return Promise.resolve(around(context, () => observed(next())))
  }
  return from(0)
}

/** A promise whose rejection is nobody's fault if nobody looks at it: a middleware may answer without awaiting what it called. */
function observed<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

function callNode(context: AttemptContext): unknown {
  const { handler, builtIn } = context.plan
  return handler === undefined ? builtIn?.attempt(context) : handler(context)
}

/**
 * Makes an outcome of what a handler returned: its output is checked, and what its edges ask is evaluated.
 * An output that cannot be stored, an expansion that cannot be added, or an expression that fails, makes the attempt fail.
 */
export function finishAttempt(context: AttemptContext, returned: unknown): Outcome {
  context.end()
  if (returned === declined) return { status: 'skipped' }
  const mismatch = context.engine.replay?.isAnswered(context) === true ? undefined : context.mismatchOf(returned)
  if (mismatch !== undefined) return failAttempt(context, mismatch)
  if (returned instanceof SuspendRequest) return finishSuspended(context, returned)
  if (context.plan.undoes) return finishCompensation(context)
  const isResult = isNodeResult(returned)
  const output: unknown = isResult ? returned.output : returned
  const writes = context.usedShared?.writes
  try {
    context.engine.checkValue(output)
    for (const { value } of writes ?? []) context.engine.checkValue(value)
    const { action, expansion } = isResult ? returned : plainResult
    if (expansion !== undefined) checkStorableExpansion(context, expansion)
    const input = context.plan.keepsInput ? keptInput(context) : undefined
    const outcome: CompletedOutcome = {
      status: 'completed',
      output,
      action,
      writes,
      reads: context.usedShared?.readVersions,
      expansion,
      conditions: undefined,
      transformed: undefined,
      input,
    }
    const hasEdges = context.plan.edges.length > 0 || context.visit.insteadOf !== -1 || expansion !== undefined
    // The edges of a map ask about the map's output, not about that of an item.
    return context.visit.item !== -1 || !hasEdges ? outcome : evaluateEdges(context, outcome)
  } catch (error) {
    return failAttempt(context, error)
  }
}

function checkStorableExpansion(context: AttemptContext, expansion: unknown): void {
  const { engine, nodeId } = context
  checkAnsweredExpansion(context, expansion)
  checkStorable(engine, expansion, () => ({ what: `the expansion of node "${nodeId}"`, details: { nodeId } }))
}

/** The input of a visit that may have to be undone: it is stored with the outcome. */
function keptInput({ engine, input, nodeId }: AttemptContext): unknown {
  checkStorable(engine, input, () => ({ what: `the input of node "${nodeId}", which it needs to be undone,` }))
  return input
}

/** The outcome of an attempt that waits for something. */
function finishSuspended(context: AttemptContext, { on }: SuspendRequest): Outcome {
  try {
    checkSuspension(context.engine, context.nodeId, on)
    return { status: 'suspended', on }
  } catch (error) {
    return failAttempt(context, error)
  }
}

/** The outcome of a handler that undid a visit: only what it wrote to shared values counts. */
function finishCompensation(context: AttemptContext): Outcome {
  const writes = context.usedShared?.writes
  try {
    for (const { value } of writes ?? []) context.engine.checkValue(value)
    return { status: 'completed', output: undefined, writes, reads: context.usedShared?.readVersions }
  } catch (error) {
    return failAttempt(context, error)
  }
}

/**
 * Makes an outcome of what an attempt threw. What is not an error of Heddle becomes a `NODE_FAILED` with it as cause.
 *
 * @param context `undefined` if the attempt could not even be opened: its handler is not registered, an expression does not parse
 */
export function failAttempt(context: AttemptContext | undefined, thrown: unknown): Outcome {
  if (context === undefined) return failUnopened(thrown)
  context.end()
  const { visit, plan, graph } = context
  const error = context.usedCalls?.mismatch ?? asNodeError(context, thrown)
  const outcome: FailedOutcome = { status: 'failed', error }
  if (visit.item !== -1 || !plan.edges.some(({ onError }) => onError)) return outcome
  // What edges ask belongs to the settlement of the visit: not to a failure after which it is attempted again. The kernel, which decides
  // that, evaluates nothing; so it is asked before it is told.
  if (nextAttemptDelayMs(graph, visit, error, 0) !== undefined) return outcome
  try {
    return evaluateEdges(context, outcome, toErrorData(originalError(error)))
  } catch (expressionError) {
    return failUnrouted(context, error, asNodeError(context, expressionError))
  }
}

/** The outcome of a failure of which an error edge cannot say whether it handles it: none of those that ask something does. */
function failUnrouted(
  { plan, engine }: AttemptContext,
  failure: HeddleError,
  { message, details }: HeddleError,
): FailedOutcome {
  const conditions: boolean[] = []
  for (const { onError, ordinal } of plan.edges) if (onError) conditions[ordinal] = false
  const error = new HeddleError('EXPRESSION_FAILED', `${message}; it was asked since ${failure.message}`, {
    details,
    cause: failure,
  })
  return { status: 'failed', error: storableError(engine, error), conditions }
}

function failUnopened(thrown: unknown): Outcome {
  if (isHeddleError(thrown)) return { status: 'failed', error: thrown }
  return { status: 'failed', error: new HeddleError('INTERNAL', 'an attempt could not be opened', { cause: thrown }) }
}
