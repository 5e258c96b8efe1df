import type { Effect } from '../kernel/control.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { SingleSuspension, Suspension } from '../model/outcome.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { isRecordedAtOnce, recordCall, type CallEvent } from './recorded-calls.ts'
import type { Pending, PendingState, SuspendedState, VisitCallsData } from './run-snapshot.ts'
import { VisitCalls } from './visit-calls.ts'

/** An attempt that was under way when its process ended. */
export interface InterruptedAttempt {
  readonly visit: Visit
  /** How many attempts of this visit were lost before this one. */
  readonly lost: number
  /** What is recorded of the durable calls of its handler, if it made any. */
  readonly calls?: VisitCallsData | undefined
}

/** A visit that has not settled, and what it is doing. */
interface LiveVisit {
  readonly visit: Visit
  state: PendingState | { readonly type: 'running' }
  lost: number
}

function dueOf(on: SingleSuspension, at: number): { readonly due?: number } {
  const ms = on.type === 'timer' ? on.delayMs : on.timeoutMs
  return ms === undefined ? {} : { due: at + ms }
}

/** The live visits of a run that is rebuilt from its journal, by key. */
export class LiveVisits {
  private readonly graph: () => CompiledGraph
  private readonly visits: Map<string, LiveVisit> = new Map()
  private readonly calls: Map<string, VisitCalls> = new Map()

  /** @param graph the run's graph as it is now: it grows with expansions */
  constructor(graph: () => CompiledGraph) {
    this.graph = graph
  }

  private keyOf(visit: Visit): string {
    return visitKey(nameVisit(this.graph(), visit))
  }

  get(name: VisitName): Visit | undefined {
    return this.visits.get(visitKey(name))?.visit
  }

  keep(visit: Visit, state: PendingState): void {
    const key = this.keyOf(visit)
    this.visits.set(key, { visit, state, lost: this.visits.get(key)?.lost ?? 0 })
  }

  /** Takes in what the kernel wants done. */
  take(effect: Effect): void {
    if (effect.type === 'dispatch') this.keep(effect.visit, { type: 'retry', due: effect.delayMs })
    else if (effect.type === 'suspend') this.keep(effect.visit, { type: 'suspended', on: effect.on })
    else if (effect.type === 'abort') for (const visit of effect.visits) this.cutOff(visit)
    else if (effect.type !== 'recall') this.clear()
  }

  private cutOff(visit: Visit): void {
    this.delete(visit)
    this.endCalls(visit)
  }

  delete(visit: Visit): void {
    this.visits.delete(this.keyOf(visit))
  }

  clear(): void {
    this.visits.clear()
    this.calls.clear()
  }

  /** What is recorded of the durable calls of a live visit. */
  callsOf(name: VisitName): VisitCalls {
    const key = visitKey(name)
    let calls = this.calls.get(key)
    if (calls === undefined) {
      calls = new VisitCalls()
      this.calls.set(key, calls)
    }
    return calls
  }

  /** The same, if anything is recorded. */
  findCalls(name: VisitName): VisitCalls | undefined {
    return this.calls.get(visitKey(name))
  }

  keepCalls(visit: Visit, data: VisitCallsData): void {
    this.calls.set(this.keyOf(visit), new VisitCalls(data))
  }

  /** The visit has settled: its calls are ended. */
  endCalls(visit: Visit): void {
    this.calls.delete(this.keyOf(visit))
  }

  isRunning(name: VisitName): boolean {
    return this.visits.get(visitKey(name))?.state.type === 'running'
  }

  /** Its attempt has begun. */
  start(name: VisitName): void {
    const entry = this.visits.get(visitKey(name))
    if (entry !== undefined) entry.state = { type: 'running' }
  }

  /** @param lost how many attempts of the visit were lost so far */
  noteLost(name: VisitName, lost: number): void {
    const entry = this.visits.get(visitKey(name))
    if (entry !== undefined) entry.lost = lost
  }

  /** Records what an event tells of a durable call of a live visit. @returns whether an open call has settled by it */
  recordCall(event: CallEvent): boolean {
    const hasSettled = recordCall(this.callsOf(event), event)
    // Its handler got further: the attempts that were lost before count no more.
    if (hasSettled || isRecordedAtOnce(event)) this.noteLost(event, 0)
    return hasSettled
  }

  /**
   * When that ends by itself what a visit waits for, counted from its suspension. An event that tells more follows; a journal may be cut
   * before it.
   */
  noteOpened(name: VisitName, on: Suspension, at: number): void {
    if (on.type === 'calls') {
      const calls = this.callsOf(name)
      const opened = on.calls.filter(({ call }) => calls.open.get(call)?.due === undefined)
      for (const one of opened) calls.note(one.call, dueOf(one.on, at))
    } else if (on.type !== 'items') this.note(name, dueOf(on, at))
  }

  /** Adds to what is known of a visit's suspension: since when it waits, when it is due, that its child run was started. */
  note(name: VisitName, more: Omit<SuspendedState, 'type' | 'on'>): void {
    const entry = this.visits.get(visitKey(name))
    if (entry?.state.type === 'suspended') entry.state = { ...entry.state, ...more }
  }

  /** What each live visit has to go on with; an attempt that was under way is made again. */
  pending(): Pending[] {
    return [...this.visits].flatMap(([key, { visit, state }]) =>
      state.type === 'running' ? [] : [{ visit, state, calls: this.calls.get(key)?.data }],
    )
  }

  interrupted(): InterruptedAttempt[] {
    return [...this.visits].flatMap(([key, { visit, state, lost }]) =>
      state.type === 'running' ? [{ visit, lost, calls: this.calls.get(key)?.data }] : [],
    )
  }
}
