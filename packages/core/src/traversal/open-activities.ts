import type { ErrorData } from '../model/error-data.ts'
import type { PlainReason } from '../model/explanation.ts'
import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { CompensationEvent } from './recorded-outcomes.ts'

/** A child run that a journal tells of. */
export interface ToldChild {
  readonly visit: VisitName
  readonly call?: string
}

/** What a journal tells of a run's live visits. Moments are milliseconds since 1970; visits are named by `visitKey`. */
export interface OpenActivities {
  /** When the last attempt of a visit began. */
  readonly started: ReadonlyMap<string, number>
  /** Why the attempt before failed, of visits that are tried again. */
  readonly errors: ReadonlyMap<string, ErrorData>
  /** When a wait was opened, by its id. */
  readonly opened: ReadonlyMap<string, number>
  readonly timers: readonly Extract<PlainReason, { readonly type: 'timer' }>[]
  readonly maps: readonly Extract<PlainReason, { readonly type: 'items' }>[]
  /** Child runs that have not settled, by their id. */
  readonly children: ReadonlyMap<string, ToldChild>
}

/** Reads out of a journal what the visits of a run that have not settled are doing. */
export function openActivities(journal: readonly RunEvent[]): OpenActivities {
  const open = new Activities()
  for (const event of journal) open.add(event)
  return open.told
}

class Activities {
  private readonly started = new Map<string, number>()
  private readonly errors = new Map<string, ErrorData>()
  private readonly opened = new Map<string, number>()
  private readonly timers = new Map<string, OpenActivities['timers'][number]>()
  private readonly maps = new Map<string, OpenActivities['maps'][number]>()
  private readonly children = new Map<string, ToldChild>()

  get told(): OpenActivities {
    const { started, errors, opened, timers, maps, children } = this
    return { started, errors, opened, timers: [...timers.values()], maps: [...maps.values()], children }
  }

  add(event: RunEvent): void {
    switch (event.type) {
      case 'node.started':
        this.started.set(visitKey(event), event.at)
        break
      case 'node.retrying':
        this.errors.set(visitKey(event), event.error)
        this.drop(visitKey(event))
        break
      case 'node.completed':
      case 'node.failed':
      case 'node.skipped':
      case 'node.cancelled':
        this.settle(event)
        break
      case 'compensation.started':
      case 'compensation.retrying':
      case 'compensation.completed':
      case 'compensation.failed':
        this.addCompensation(event)
        break
      case 'wait.opened':
        this.opened.set(event.waitId, event.at)
        break
      case 'map.opened':
        this.maps.set(visitKey(event), { type: 'items', ...nameOf(event), count: event.count, settled: 0, failed: 0 })
        break
      default:
        this.addTimed(event)
    }
  }

  /** The facts are named after the visit that is undone; what undoes it is a visit of its own. */
  private addCompensation(event: CompensationEvent): void {
    const visit = { ...event, compensates: true } as const
    if (event.type === 'compensation.started') this.started.set(visitKey(visit), event.at)
    else if (event.type === 'compensation.retrying') this.errors.set(visitKey(visit), event.error)
    else this.settle(visit)
  }

  private addTimed(event: RunEvent): void {
    if (event.type === 'timer.set') {
      const due = event.at + event.delayMs
      this.timers.set(timerKey(event), { type: 'timer', ...nameOf(event), ...callOf(event), name: event.name, due })
    } else if (event.type === 'timer.fired' || event.type === 'timer.cancelled') this.timers.delete(timerKey(event))
    else if (event.type === 'child.started') {
      this.children.set(event.childRunId, { visit: nameOf(event), ...callOf(event) })
    } else if (event.type === 'child.settled') this.children.delete(event.childRunId)
    // A fork begins child runs of its own.
    else if (event.type === 'run.forked') this.children.clear()
  }

  /** A visit has settled; an item of a map is counted. */
  private settle(event: RunEvent & VisitName): void {
    const key = visitKey(event)
    this.started.delete(key)
    this.errors.delete(key)
    this.maps.delete(key)
    this.drop(key)
    if (event.item === undefined) return
    const { item: _item, ...visit } = nameOf(event)
    const map = this.maps.get(visitKey(visit))
    if (map === undefined) return
    const failed = map.failed + (event.type === 'node.failed' ? 1 : 0)
    this.maps.set(visitKey(visit), { ...map, settled: map.settled + 1, failed })
  }

  /** What a visit has waited for is waited for no more. */
  private drop(key: string): void {
    for (const [id, timer] of this.timers) if (visitKey(timer) === key) this.timers.delete(id)
    for (const [id, { visit }] of this.children) if (visitKey(visit) === key) this.children.delete(id)
  }
}

function nameOf({ nodeId, iteration, item, insteadOf, compensates }: VisitName): VisitName {
  return {
    nodeId,
    iteration,
    ...(item === undefined ? {} : { item }),
    ...(insteadOf === undefined ? {} : { insteadOf }),
    ...(compensates === undefined ? {} : { compensates }),
  }
}

function callOf({ call }: { readonly call?: string }): { readonly call?: string } {
  return call === undefined ? {} : { call }
}

function timerKey(event: VisitName & { readonly name: string; readonly call?: string }): string {
  return `${visitKey(event)}:${event.call ?? event.name}`
}
