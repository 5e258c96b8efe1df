import { openAttempt, failAttempt } from '../execution/attempt/attempt.ts'
import type { AttemptContext } from '../execution/attempt/attempt-context.ts'
import { bindRun } from '../execution/run/bind-run.ts'
import { evaluateEdges } from '../execution/attempt/evaluate-edges.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { decide } from '../kernel/decide.ts'
import type { KernelEvent } from '../kernel/kernel-event.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import { statusOf } from '../kernel/visit-status.ts'
import { originalError, toErrorData } from '../model/error-data.ts'
import type { CompletedOutcome, FailedOutcome, Outcome } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { LiveVisits } from '../traversal/live-visits.ts'
import { recordCall } from '../traversal/recorded-calls.ts'
import type { EndedWait, RunSnapshot, SnapshotLimits, StartedChild } from '../traversal/run-snapshot.ts'
import type { JournalledDefinition } from './journalled-definition.ts'
import type { Migration } from './migration.ts'
import { migrationRefused } from './migration-refused.ts'
import { childRunId } from './in-process-child.ts'
import { prepareRun } from './prepare.ts'
import { refusalReasons, type NewPlaces } from './refusal-reasons.ts'
import { recordedSteps, type PatchStep, type RecordedStep, type VisitStep } from './recorded-steps.ts'

/** A run in its new definition. */
export interface MigratedRun {
  readonly snapshot: RunSnapshot
  /** Visits that had settled and have no place in the new definition: what they brought is left behind. */
  readonly dropped: readonly string[]
  /** The events, by `seq`, of which nothing is left. */
  readonly leftBehind: readonly number[]
  /** The visits that are live. */
  readonly live: readonly VisitName[]
  /** The child runs that they wait for. */
  readonly children: readonly LiveChild[]
}

/** A child run that a visit waits for. */
export interface LiveChild {
  /** The key of the visit. */
  readonly key: string
  readonly runId: string
  readonly blueprintId: string
}

/**
 * Carries a run over to another definition: what its visits came to is decided anew over the new graph, conditions and transforms
 * evaluated over the recorded outputs. No handler is called.
 *
 * @param events the run's journal, from its beginning
 * @throws HeddleError `MIGRATION_REFUSED`; `details.reasons` tells of each live visit that would lose its place
 */
export function migrateRun(
  definition: JournalledDefinition,
  events: readonly RunEvent[],
  limits: SnapshotLimits,
  { map = {} }: Migration,
): MigratedRun {
  const recorded = recordedSteps(events, map)
  const migration = new MigratingRun(definition, events)
  const left = migration.replay(recorded.steps)
  const reasons = refusalReasons(migration.places(), { events, recorded, map, left })
  if (reasons.length > 0) throw migrationRefused(migration.runId, definition, reasons)
  return {
    snapshot: migration.snapshot(definition.hash, limits, recorded.endedWaits),
    dropped: [...new Set(left.map(({ oldKey }) => oldKey))],
    leftBehind: left.map(({ seq }) => seq),
    live: migration.liveNames(),
    children: migration.liveChildren(),
  }
}

/** A run of the new definition, into which the outcomes of the old one are fed. */
class MigratingRun {
  readonly runId: string
  private readonly run: InProcessRun
  private readonly live: LiveVisits
  /** Maps that wait for their items: nothing but those goes on for them. */
  private readonly maps: Map<string, Visit> = new Map()

  constructor(definition: JournalledDefinition, events: readonly RunEvent[]) {
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

  /** Feeds steps in their order; answers those that have no place. */
  replay(steps: readonly RecordedStep[]): readonly VisitStep[] {
    let left: readonly VisitStep[] = []
    let next: VisitStep[] = []
    for (const step of steps) {
      if (step.type !== 'patched') {
        next.push(step)
        continue
      }
      left = this.feedAll([...left, ...next]).map(withoutWrites)
      next = []
      this.patch(step)
    }
    return this.feedAll([...left, ...next])
  }

  /** Feeds each step as soon as its visit is live. */
  private feedAll(steps: readonly VisitStep[]): readonly VisitStep[] {
    let left = steps
    for (;;) {
      const waiting: VisitStep[] = []
      const blocked = new Set<string>()
      for (const step of left) {
        const key = visitKey(step.name)
        if (blocked.has(key) || !this.feed(step)) {
          blocked.add(key)
          waiting.push(step)
        }
      }
      if (waiting.length === 0 || waiting.length === left.length) return waiting
      left = waiting
    }
  }

  private feed(step: VisitStep): boolean {
    const visit = this.live.get(step.name)
    if (visit === undefined) return false
    if (step.type === 'resumed') this.apply({ type: 'resumed', visit, resumption: step.resumption })
    else if (step.type === 'settled') this.settle(visit, step)
    else this.addCall(visit, step)
    return true
  }

  /** A fork had other values from here on. */
  private patch({ writes, outputs }: PatchStep): void {
    const { state } = this.run
    state.shared.commit(writes)
    for (const [id, output] of Object.entries(outputs)) {
      if (state.hasOutput(id)) void state.addCompletedNode(id, output)
    }
  }

  private addCall(visit: Visit, { name, event }: VisitStep & { readonly type: 'call' }): void {
    const calls = this.live.callsOf(name)
    const hasSettled = recordCall(calls, event)
    if (event.type === 'child.started') calls.note(event.call, { child: startedAs(visitKey(event), name) })
    if (hasSettled) this.wake(visit)
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

  private settle(visit: Visit, step: VisitStep & { readonly type: 'settled' }): void {
    const outcome = this.routed(visit, step.outcome)
    const { control, state } = this.run
    this.live.delete(visit)
    this.apply({ type: 'settled', visit, outcome, random: 0 })
    state.record(visit, control.recorded(outcome))
    this.settleCalls(step.name, visit, outcome)
    if (outcome.status === 'suspended' && outcome.on.type === 'items') this.maps.set(visitKey(step.name), visit)
    if (step.startedAs !== undefined) this.live.note(step.name, { child: startedAs(step.startedAs, step.name) })
    if (step.due === undefined) return
    if (outcome.status !== 'failed') this.live.note(step.name, { due: step.due })
    else if (this.live.get(step.name) !== undefined) this.live.keep(visit, { type: 'retry', due: step.due })
  }

  /** What the edges of the new definition ask of a recorded outcome. */
  private routed(visit: Visit, outcome: Outcome): Outcome {
    if (outcome.status === 'skipped' || outcome.status === 'suspended' || visit.item !== -1) return outcome
    let context: AttemptContext | undefined
    try {
      context = openAttempt(this.run, visit)
      return evaluate(context, outcome)
    } catch (error) {
      return failAttempt(context, error)
    }
  }

  /** What a live visit of the old definition has to be found in. */
  places(): NewPlaces {
    const { live, run } = this
    return { engine: run.engine, graph: run.graph, live, openMaps: this.openMaps() }
  }

  private openMaps(): Visit[] {
    const isOpen = (visit: Visit): boolean => !this.run.control.hasEnded && statusOf(visit) === visitCode.waiting
    return [...this.maps.values()].filter(isOpen)
  }

  liveNames(): VisitName[] {
    const live = [...this.live.pending().map(({ visit }) => visit), ...this.openMaps()]
    return live.map((visit) => nameVisit(this.run.graph, visit))
  }

  liveChildren(): LiveChild[] {
    return this.live.pending().flatMap(({ visit, state, calls }) => {
      const waiting = [...(calls?.open ?? []).map(([, open]) => open), ...(state.type === 'suspended' ? [state] : [])]
      const name = nameVisit(this.run.graph, visit)
      return waiting.flatMap(({ on, child }) => {
        if (on.type !== 'child') return []
        const request = { parentRunId: this.runId, visit: name, attempt: visit.attempt, on, ...child }
        return [{ key: visitKey(name), runId: childRunId(request), blueprintId: on.blueprintId }]
      })
    })
  }

  snapshot(definitionHash: string, limits: SnapshotLimits, endedWaits: readonly EndedWait[]): RunSnapshot {
    return this.run.state.snapshot(this.live.pending(), 0, { definitionHash, limits, endedWaits })
  }
}

/** The fork has shared values of its own. */
function withoutWrites(step: VisitStep): VisitStep {
  if (step.type !== 'settled' || step.outcome.status !== 'completed') return step
  return { ...step, outcome: { ...step.outcome, writes: undefined } }
}

/** A child run that was started by a visit when that had another key. */
function startedAs(key: string, name: VisitName): StartedChild {
  return key === visitKey(name) ? {} : { startedAs: key }
}

function evaluate(context: AttemptContext, outcome: CompletedOutcome | FailedOutcome): Outcome {
  if (outcome.status === 'completed') return evaluateEdges(context, outcome)
  return context.plan.edges.some(({ onError }) => onError)
    ? evaluateEdges(context, outcome, toErrorData(originalError(outcome.error)))
    : outcome
}
