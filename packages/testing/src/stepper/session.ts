import {
  EventBus,
  FlowRuntime,
  HeddleError,
  visitKey,
  type NodeContext,
  type PreparedRun,
  type RunEvent,
  type Runnable,
  type WorkflowBlueprint,
} from '@heddle/core'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import { never, type RecordedCalls } from './recorded-calls.ts'
import type { StepperSettings } from './stepper-options.ts'
import { withWatchedConditions } from './watched-conditions.ts'

/** What every session of a stepper is made from. */
export interface SessionPlan {
  readonly runnable: Runnable
  readonly settings: StepperSettings
  readonly runId: string
  readonly clock: VirtualClock
  readonly calls: RecordedCalls
  /** Number of the step under way, from 0. */
  readonly step: () => number
  readonly onEvent: (event: RunEvent) => void
}

/**
 * One run of a stepper, from its beginning. Every function that it calls goes through the recorded calls; once it is left for another
 * session it calls nothing more.
 */
export class Session {
  readonly prepared: PreparedRun
  private readonly plan: SessionPlan
  private readonly number: number
  /** How often each visit was suspended: its next attempt is another call. */
  private readonly suspensions = new Map<string, number>()
  /** Key of the last attempt of each visit. */
  private readonly attempts = new Map<string, string>()
  private isLeft = false
  /** Whether the run has begun. */
  hasBegun = false

  /** @throws HeddleError `INVALID_BLUEPRINT`, `INVALID_ID` */
  constructor(plan: SessionPlan, number: number, input: unknown) {
    this.plan = plan
    this.number = number
    const { settings, clock, runId } = plan
    const {
      registry,
      blueprints,
      dependencies,
      evaluator,
      serializer,
      logger,
      limits,
      middleware = [],
      random = () => 0,
    } = settings
    const { context, concurrency, deadlineMs, onFailure } = settings
    const eventBus = new EventBus()
    eventBus.on('*', (event) => this.hear(event))
    const watched = withWatchedConditions(
      { runnable: plan.runnable, registry, blueprints },
      (name, handler) => (handlerContext: NodeContext) =>
        this.answer(handlerContext, `when ${name}`, () => handler(handlerContext)),
    )
    const runtime = new FlowRuntime({
      ...given({ dependencies, evaluator, serializer, logger, limits }),
      registry: watched.registry,
      blueprints: watched.blueprints,
      middleware: [(handlerContext, next) => this.attempt(handlerContext, next), ...middleware],
      clock,
      random,
      eventBus,
    })
    this.prepared = runtime.prepare(watched.runnable, input, {
      runId,
      ...given({ context, concurrency, deadlineMs, onFailure }),
    })
  }

  /** Its functions are called no more, and its events are heard no more. */
  leave(): void {
    this.isLeft = true
  }

  private hear(event: RunEvent): void {
    if (this.isLeft) return
    this.hasBegun = true
    if (event.type === 'node.suspended') {
      const visit = `${event.runId}:${visitKey(event)}`
      this.plan.calls.suspend(this.attempts.get(visit))
      this.suspensions.set(visit, (this.suspensions.get(visit) ?? 0) + 1)
    }
    this.plan.onEvent(event)
  }

  private attempt(context: NodeContext, next: () => Promise<unknown>): Promise<unknown> {
    const { settings, runId } = this.plan
    const stubs = settings.stubs ?? {}
    const isStubbed = context.runId === runId && Object.hasOwn(stubs, context.nodeId)
    return this.answer(context, 'attempt', isStubbed ? () => callStub(stubs[context.nodeId], context) : next)
  }

  private answer(context: NodeContext, what: string, carryOut: () => unknown): Promise<unknown> {
    if (this.isLeft) return never
    const visit = context.idempotencyKey
    const key = `${what} ${visit} ${context.attempt} ${this.suspensions.get(visit) ?? 0}`
    if (what === 'attempt') this.attempts.set(visit, key)
    return this.plan.calls.answer(key, { step: this.plan.step(), session: this.number }, context, carryOut)
  }
}

function callStub(stub: unknown, context: NodeContext): unknown {
  return typeof stub === 'function' ? (stub as (context: NodeContext) => unknown)(context) : stub
}

/** The fields that have a value: an option that is given as `undefined` is not given. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** Refuses stubs for nodes that do not exist. @throws HeddleError `UNKNOWN_NODE` */
export function checkNodeId(blueprint: WorkflowBlueprint, nodeId: string, what: string): void {
  if (blueprint.nodes.some(({ id }) => id === nodeId)) return
  const known = blueprint.nodes.map(({ id }) => id).join(', ')
  throw new HeddleError(
    'UNKNOWN_NODE',
    `${what} names node "${nodeId}", which blueprint "${blueprint.id}" does not have; it has: ${known}`,
    {
      details: { nodeId, blueprintId: blueprint.id },
    },
  )
}
