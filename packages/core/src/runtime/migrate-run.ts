import { HeddleError } from '../errors/heddle-error.ts'
import { openAttempt, failAttempt, failUnopened } from '../execution/attempt.ts'
import type { AttemptContext } from '../execution/attempt-context.ts'
import { bindRun } from '../execution/bind-run.ts'
import { evaluateEdges } from '../execution/evaluate-edges.ts'
import type { InProcessRun } from '../execution/in-process-run.ts'
import { decide } from '../kernel/decide.ts'
import type { KernelEvent } from '../kernel/kernel-event.ts'
import type { Visit } from '../kernel/visit.ts'
import { originalError, toErrorData } from '../model/error-data.ts'
import type { CompletedOutcome, FailedOutcome, Outcome } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { LiveVisits } from '../traversal/live-visits.ts'
import { recordCall } from '../traversal/recorded-calls.ts'
import type { RunSnapshot, SnapshotLimits } from '../traversal/run-snapshot.ts'
import type { DurableDefinition } from './durable-definition.ts'
import type { Migration } from './migration.ts'
import { prepareRun } from './prepare.ts'
import { recordedSteps, type RecordedStep } from './recorded-steps.ts'

/** A run in its new definition. */
export interface MigratedRun {
  readonly snapshot: RunSnapshot
  /** Visits that had settled and have no place in the new definition: what they brought is left behind. */
  readonly dropped: readonly string[]
}

/**
 * Carries a run over to another definition: what its visits came to is decided anew over the new graph, conditions and transforms
 * evaluated over the recorded outputs. No handler is called.
 *
 * @param events the run's journal
 * @throws HeddleError `MIGRATION_REFUSED`; `details.reasons` tells of each live visit that would lose its place
 */
export function migrateRun(
  definition: DurableDefinition,
  events: readonly RunEvent[],
  limits: SnapshotLimits,
  { map = {} }: Migration,
): MigratedRun {
  const steps = recordedSteps(events, map)
  const migration = new MigratingRun(definition, events)
  const dropped = migration.replay(steps.settled)
  const reasons = steps.live.flatMap(({ name, oldKey }) => migration.misplaced(name, oldKey))
  if (reasons.length > 0) {
    const { runId } = migration
    const list = reasons.map((reason) => `- ${reason}`).join('\n')
    throw new HeddleError(
      'MIGRATION_REFUSED',
      `run "${runId}" cannot go on with this definition of workflow "${definition.blueprint.id}":\n${list}`,
      { details: { runId, reasons } },
    )
  }
  return { snapshot: migration.snapshot(definition.hash, limits), dropped }
}

/** A run of the new definition, into which the outcomes of the old one are fed. */
class MigratingRun {
  readonly runId: string
  private readonly run: InProcessRun
  private readonly live: LiveVisits

  constructor(definition: DurableDefinition, events: readonly RunEvent[]) {
    const { engine, blueprint } = definition
    const [first] = events
    const {
      runId = '',
      input,
      context,
      onFailure,
    } = first?.type === 'run.started' ? first : { runId: '', input: undefined }
    const prepared = prepareRun(engine, blueprint, input, runId, {
      ...(context === undefined ? {} : { context }),
      ...(onFailure === undefined ? {} : { onFailure }),
    })
    const { traverser, state, executorFactory, services } = prepared
    this.runId = runId
    this.run = bindRun(traverser, state, executorFactory, services)
    this.live = new LiveVisits(() => traverser.control.graph)
    this.apply({ type: 'begin' })
  }

  private apply(event: KernelEvent): void {
    const { control } = this.run
    decide(control, event)
    for (let visit = control.ready.shift(); visit !== undefined; visit = control.ready.shift()) {
      const { resumption } = visit
      this.live.keep(visit, { type: 'ready', ...(resumption === undefined ? {} : { resumption }) })
    }
    for (const effect of control.effects.splice(0)) this.live.take(effect)
  }

  /** Feeds steps in their order, each as soon as its visit is live; answers the visits whose outcome has no place. */
  replay(steps: readonly RecordedStep[]): string[] {
    let left = steps
    for (;;) {
      const waiting: RecordedStep[] = []
      const blocked = new Set<string>()
      for (const step of left) {
        const key = visitKey(step.name)
        if (blocked.has(key) || !this.feed(step)) {
          blocked.add(key)
          waiting.push(step)
        }
      }
      const isStuck = waiting.length === 0 || waiting.length === left.length
      if (isStuck) return [...new Set(waiting.map(({ oldKey }) => oldKey))]
      left = waiting
    }
  }

  private feed(step: RecordedStep): boolean {
    const visit = this.live.get(step.name)
    if (visit === undefined) return false
    if (step.type === 'resumed') this.apply({ type: 'resumed', visit, resumption: step.resumption })
    else if (step.type === 'settled') this.settle(visit, step)
    else if (recordCall(this.live.callsOf(step.name), step.event)) this.wake(visit)
    return true
  }

  /** A visit goes on that may wait for durable calls of its handler. */
  private wake(visit: Visit): void {
    this.apply({ type: 'resumed', visit, resumption: { type: 'calls-settled' } })
  }

  /** What an outcome means for the durable calls of its visit. */
  private settleCalls(name: VisitName, visit: Visit, outcome: Outcome): void {
    const { live } = this
    if (outcome.status !== 'suspended') {
      if (live.get(name) === undefined) live.endCalls(visit)
      else live.findCalls(name)?.retry()
    } else if (outcome.on.type === 'calls' && live.callsOf(name).suspend(outcome.on)) this.wake(visit)
  }

  private settle(visit: Visit, step: RecordedStep & { readonly type: 'settled' }): void {
    const outcome = this.routed(visit, step.outcome)
    const { control, state } = this.run
    this.live.delete(visit)
    this.apply({ type: 'settled', visit, outcome, random: 0 })
    state.record(visit, control.recorded(outcome))
    this.settleCalls(step.name, visit, outcome)
    if (step.due === undefined) return
    if (outcome.status === 'failed') this.live.keep(visit, { type: 'retry', due: step.due })
    else this.live.note(step.name, { due: step.due })
  }

  /** What the edges of the new definition ask of a recorded outcome. */
  private routed(visit: Visit, outcome: Outcome): Outcome {
    if (outcome.status === 'skipped' || outcome.status === 'suspended' || visit.item !== -1) return outcome
    let context: AttemptContext | undefined
    try {
      context = openAttempt(this.run, visit)
      return evaluate(context, outcome)
    } catch (error) {
      return context === undefined ? failUnopened(error) : failAttempt(context, error)
    }
  }

  /** Why a visit that was live in the old definition is not so here; nothing if it is. */
  misplaced(name: VisitName, oldKey: string): string[] {
    if (this.live.get(name) !== undefined) return []
    const { indexById, addedAt } = this.run.graph
    const isKnown = indexById.has(name.nodeId) || addedAt.has(`${name.nodeId}@${name.iteration.join('.')}`)
    const key = visitKey(name)
    if (!isKnown) return [`visit "${oldKey}" is live, and there is no node "${name.nodeId}"; name its new id in "map"`]
    return [`visit "${oldKey}" is live, and "${key}" is not: it has not been reached, or was decided otherwise`]
  }

  snapshot(definitionHash: string, limits: SnapshotLimits): RunSnapshot {
    return this.run.state.snapshot(this.live.pending(), 0, { definitionHash, limits, endedWaits: [] })
  }
}

function evaluate(context: AttemptContext, outcome: CompletedOutcome | FailedOutcome): Outcome {
  if (outcome.status === 'completed') return evaluateEdges(context, outcome)
  return context.plan.edges.some(({ onError }) => onError)
    ? evaluateEdges(context, outcome, toErrorData(originalError(outcome.error)))
    : outcome
}
