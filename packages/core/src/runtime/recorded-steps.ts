import { reviveError } from '../model/error-data.ts'
import type { ContextWrite, Expansion, Outcome, Resumption } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { isCallEvent, type CallEvent } from '../traversal/recorded-calls.ts'

/** What happened to one visit, apart from its decisions: under its name in another definition, and its key in the old one. */
export type RecordedStep = { readonly name: VisitName; readonly oldKey: string } & (
  | { readonly type: 'resumed'; readonly resumption: Resumption }
  /** What is told of a durable call of its handler. */
  | { readonly type: 'call'; readonly event: CallEvent }
  /** `due`: when the next attempt, or what the visit waits for, is due. */
  | { readonly type: 'settled'; readonly outcome: Outcome; readonly due?: number }
)

/** The steps of a journal in order, and the visits that were live at its end. */
export interface RecordedSteps {
  readonly settled: readonly RecordedStep[]
  readonly live: readonly { readonly name: VisitName; readonly oldKey: string }[]
}

/**
 * Reads what came from outside out of a journal.
 *
 * @param map new id by old id, of nodes that were renamed
 */
export function recordedSteps(events: readonly RunEvent[], map: Readonly<Record<string, string>>): RecordedSteps {
  const reader = new StepReader(map)
  for (const event of events) reader.read(event)
  return { settled: reader.steps, live: [...reader.live.values()] }
}

class StepReader {
  readonly steps: RecordedStep[] = []
  readonly live: Map<string, { readonly name: VisitName; readonly oldKey: string }> = new Map()
  private readonly map: Readonly<Record<string, string>>
  private writes: ContextWrite[] = []
  private expansion: Expansion | undefined

  constructor(map: Readonly<Record<string, string>>) {
    this.map = map
  }

  private renamed(id: string): string {
    return Object.hasOwn(this.map, id) ? (this.map[id] as string) : id
  }

  private nameOf({ nodeId, iteration, item, insteadOf }: VisitName): VisitName {
    return {
      nodeId: this.renamed(nodeId),
      iteration,
      ...(item === undefined ? {} : { item }),
      ...(insteadOf === undefined ? {} : { insteadOf: this.renamed(insteadOf) }),
    }
  }

  private settle(event: VisitName, outcome: Outcome, due?: number): void {
    const place = { name: this.nameOf(event), oldKey: visitKey(event) }
    this.steps.push({ ...place, type: 'settled', outcome, ...(due === undefined ? {} : { due }) })
    const isOver = outcome.status !== 'suspended' && due === undefined
    if (isOver) this.live.delete(place.oldKey)
  }

  private resume(event: VisitName, resumption: Resumption): void {
    this.steps.push({ name: this.nameOf(event), oldKey: visitKey(event), type: 'resumed', resumption })
  }

  read(event: RunEvent): void {
    switch (event.type) {
      case 'node.ready':
        this.live.set(visitKey(event), { name: this.nameOf(event), oldKey: visitKey(event) })
        break
      case 'node.cancelled':
        this.live.delete(visitKey(event))
        break
      case 'node.skipped':
        if (event.reason.type === 'when') this.settle(event, { status: 'skipped' })
        this.live.delete(visitKey(event))
        break
      case 'context.changed': {
        const { key, value, replace } = event
        this.writes.push({ key, value, ...(replace === undefined ? {} : { replace }) })
        break
      }
      case 'graph.expanded':
        this.expansion = event.expansion
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
    const { writes, expansion } = this
    this.writes = []
    this.expansion = undefined
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
    if (isCallEvent(event)) {
      const oldKey = visitKey(event)
      // With its visit a call has ended too.
      if (this.live.has(oldKey)) this.steps.push({ name: this.nameOf(event), oldKey, type: 'call', event })
      return
    }
    if (event.type === 'timer.fired') this.resume(event, { type: 'fired' })
    else if (event.type === 'wait.expired') this.resume(event, { type: 'timed-out' })
    else if (event.type === 'wait.answered') {
      const { payload, action } = event
      this.resume(event, { type: 'answered', payload, ...(action === undefined ? {} : { action }) })
    } else if (event.type === 'child.settled') {
      const { status, output, error } = event
      const failed = error ?? { name: 'HeddleError', code: 'RUN_CANCELLED', message: 'the child run was cancelled' }
      this.resume(
        event,
        status === 'completed'
          ? { type: 'child-completed', output }
          : { type: 'child-failed', error: reviveError(failed) },
      )
    } else this.readDue(event)
  }

  /** When a visit that waits is due stands in an event of its own. */
  private readDue(event: RunEvent): void {
    const due =
      event.type === 'timer.set' ? event.at + event.delayMs : event.type === 'wait.opened' ? event.deadline : undefined
    if (due === undefined || !('nodeId' in event)) return
    const key = visitKey(event as VisitName)
    const at = this.steps.findLastIndex(({ oldKey }) => oldKey === key)
    const step = this.steps[at]
    if (step?.type === 'settled') this.steps[at] = { ...step, due }
  }
}
