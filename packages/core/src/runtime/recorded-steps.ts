import { reviveError } from '../model/error-data.ts'
import type { ContextWrite, Outcome, Resumption } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { answerOf, childResumption, isCallEvent, type CallEvent } from '../traversal/recorded-calls.ts'
import type { EndedWait } from '../traversal/run-snapshot.ts'
import { NewNames } from '../traversal/new-names.ts'
import { ToldAhead } from '../traversal/told-ahead.ts'
import { RecordedWaits } from './recorded-waits.ts'

/** A visit under its name in another definition, and its key in the old one. */
export interface RecordedPlace {
  readonly name: VisitName
  readonly oldKey: string
}

/** What happened to one visit, apart from its decisions. `seq` is that of the event which tells of it. */
export type VisitStep = RecordedPlace & { readonly seq: number } & (
    | { readonly type: 'resumed'; readonly resumption: Resumption }
    /** What is told of a durable call of its handler. */
    | { readonly type: 'call'; readonly event: CallEvent }
    /**
     * `due`: when the next attempt, or what the visit waits for, is due. `startedAs`: the key that it had when the child run was started
     * that it waits for.
     */
    | { readonly type: 'settled'; readonly outcome: Outcome; readonly due?: number; readonly startedAs?: string }
  )

/** What a fork had instead of what was recorded before. */
export interface PatchStep {
  readonly type: 'patched'
  readonly writes: readonly ContextWrite[]
  /** By node id in the other definition. */
  readonly outputs: Readonly<Record<string, unknown>>
}

/** One step of a journal. */
export type RecordedStep = VisitStep | PatchStep

/** The steps of a journal in order, and what was there at its end. */
export interface RecordedSteps {
  readonly steps: readonly RecordedStep[]
  readonly live: readonly RecordedPlace[]
  /** How the waits ended that are over, by the ids of the other definition. */
  readonly endedWaits: readonly EndedWait[]
  /** Each visit that started child runs: the key that it had then. */
  readonly parents: readonly (RecordedPlace & { readonly startedAs: string })[]
}

/**
 * Reads what came from outside out of a journal. What was there before an earlier migration is told by its names after it.
 *
 * @param map new id by old id, of nodes that were renamed
 */
export function recordedSteps(events: readonly RunEvent[], map: Readonly<Record<string, string>>): RecordedSteps {
  const reader = new StepReader()
  for (const event of events) reader.read(event)
  return reader.renamed(new NewNames(map))
}

class StepReader {
  private steps: RecordedStep[] = []
  private live: Map<string, RecordedPlace> = new Map()
  private parents: Map<string, RecordedPlace & { readonly startedAs: string }> = new Map()
  private readonly waits: RecordedWaits = new RecordedWaits()
  private readonly ahead: ToldAhead = new ToldAhead()

  private placeOf(event: VisitName): RecordedPlace {
    const { nodeId, iteration, item, insteadOf } = event
    const name: VisitName = {
      nodeId,
      iteration,
      ...(item === undefined ? {} : { item }),
      ...(insteadOf === undefined ? {} : { insteadOf }),
    }
    return { name, oldKey: visitKey(name) }
  }

  private enter(event: VisitName): void {
    const place = this.placeOf(event)
    this.live.set(place.oldKey, place)
  }

  private settle(event: RunEvent & VisitName, outcome: Outcome, due?: number): void {
    const place = this.placeOf(event)
    this.steps.push({ ...place, seq: event.seq, type: 'settled', outcome, ...(due === undefined ? {} : { due }) })
    const isOver = outcome.status !== 'suspended' && due === undefined
    if (isOver) this.live.delete(place.oldKey)
  }

  private resume(event: RunEvent & VisitName, resumption: Resumption): void {
    const place = this.placeOf(event)
    // What a visit waited for that was cut off tells of its own end.
    if (this.live.has(place.oldKey)) this.steps.push({ ...place, seq: event.seq, type: 'resumed', resumption })
  }

  read(event: RunEvent): void {
    switch (event.type) {
      case 'node.ready':
      case 'node.started':
        this.enter(event)
        break
      case 'node.cancelled':
        this.live.delete(visitKey(event))
        break
      case 'node.skipped':
        if (event.reason.type === 'when') this.settle(event, { status: 'skipped' })
        this.live.delete(visitKey(event))
        break
      case 'context.changed':
      case 'graph.expanded':
        this.ahead.add(event)
        break
      case 'node.completed':
        this.complete(event)
        break
      case 'node.failed':
        this.settle(event, { status: 'failed', error: reviveError(event.error) })
        break
      case 'node.retrying':
        this.settle(event, { status: 'failed', error: reviveError(event.error) }, event.at + event.delayMs)
        break
      case 'node.suspended':
        if (event.on !== undefined) this.settle(event, { status: 'suspended', on: event.on })
        break
      default:
        this.readExternal(event)
    }
  }

  private complete(event: RunEvent & { readonly type: 'node.completed' }): void {
    const { writes, expansion } = this.ahead.take()
    const { output, action } = event
    this.settle(event, {
      status: 'completed',
      output,
      action,
      writes: writes.length === 0 ? undefined : writes,
      expansion,
    })
  }

  private readExternal(event: RunEvent): void {
    this.waits.read(event)
    if (event.type === 'child.started') {
      const place = this.placeOf(event)
      this.parents.set(place.oldKey, { ...place, startedAs: place.oldKey })
    }
    if (isCallEvent(event)) {
      const place = this.placeOf(event)
      // With its visit a call has ended too.
      if (this.live.has(place.oldKey)) this.steps.push({ ...place, seq: event.seq, type: 'call', event })
      return
    }
    switch (event.type) {
      case 'timer.fired':
        this.resume(event, { type: 'fired' })
        break
      case 'wait.expired':
        this.resume(event, { type: 'timed-out' })
        break
      case 'wait.answered':
        this.resume(event, answerOf(event))
        break
      case 'child.settled':
        this.resume(event, childResumption(event))
        break
      case 'timer.set':
        this.note(event, { due: event.at + event.delayMs })
        break
      case 'wait.opened':
        if (event.deadline !== undefined) this.note(event, { due: event.deadline })
        break
      case 'child.started':
        this.note(event, { startedAs: visitKey(event) })
        break
      default:
        this.readWhole(event)
    }
  }

  /** What a visit waits for is told by an event of its own. */
  private note(event: VisitName, more: { readonly due: number } | { readonly startedAs: string }): void {
    const key = visitKey(event)
    const at = this.steps.findLastIndex((step) => step.type !== 'patched' && step.oldKey === key)
    const step = this.steps[at]
    if (step?.type === 'settled') this.steps[at] = { ...step, ...more }
  }

  private readWhole(event: RunEvent): void {
    if (event.type === 'run.forked') {
      const { context = {}, outputs = {} } = event
      const writes = Object.entries(context).map(([key, value]) => ({ key, value, replace: true }))
      this.steps.push({ type: 'patched', writes, outputs })
    } else if (event.type === 'run.migrated') {
      const leftBehind = new Set(event.leftBehind)
      this.steps = this.steps.filter((step) => step.type === 'patched' || !leftBehind.has(step.seq))
      const { steps, live, parents } = this.renamed(new NewNames(event.map ?? {}))
      const now = <T extends RecordedPlace>(place: T): T => ({ ...place, oldKey: visitKey(place.name) })
      this.steps = steps.map((step) => (step.type === 'patched' ? step : now(step)))
      this.parents = new Map(parents.map((place) => [place.startedAs, now(place)]))
      this.live = new Map(live.map((place) => [visitKey(place.name), now(place)]))
      if (event.live !== undefined) this.live = new Map(event.live.map((name) => [visitKey(name), this.placeOf(name)]))
      this.waits.rename(new NewNames(event.map ?? {}))
    }
  }

  renamed(names: NewNames): RecordedSteps {
    const renamed = <T extends RecordedPlace>(place: T): T => ({ ...place, name: names.visit(place.name) })
    const steps = this.steps.map((step) => {
      if (step.type === 'patched') return { ...step, outputs: names.keys(step.outputs) }
      return renamed(step.type === 'settled' ? { ...step, outcome: names.outcome(step.outcome) } : step)
    })
    return {
      steps,
      live: [...this.live.values()].map((place) => renamed(place)),
      endedWaits: this.waits.renamed(names),
      parents: [...this.parents.values()].map((place) => renamed(place)),
    }
  }
}
