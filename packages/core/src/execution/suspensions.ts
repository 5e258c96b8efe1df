import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import type { Resumption, Suspension } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { Pending, PendingState, RunSnapshot } from '../traversal/run-snapshot.ts'
import { checkSchema } from './check-schema.ts'
import type { ChildRun } from './child-run.ts'
import type { Engine } from './engine.ts'
import { RunTimers } from './run-timers.ts'
import { WaitBook, waitIdOf, type WaitEntry } from './wait-book.ts'

/** What suspensions tell the run that they belong to. */
export interface SuspensionHost {
  readonly engine: Engine
  readonly graph: CompiledGraph
  readonly runId: string
  /** A suspended visit goes on. */
  resumeVisit(visit: Visit, resumption: Resumption, fact: RunFact): void
  /** Something that the run waits out began or ended: a timer, a child run. */
  addUnderWay(count: number): void
  checkRest(): void
  tell(fact: RunFact): void
}

/** A payload that could not be stored is refused before it counts as the answer. */
function checkPayload(engine: Engine, payload: unknown, what: string): void {
  try {
    engine.checkValue(payload)
  } catch (error) {
    throw new HeddleError('INVALID_PAYLOAD', `${what} cannot be stored`, { cause: error })
  }
}

/** Everything that one run in this process waits for: timers, waits, child runs. */
export class Suspensions {
  private readonly host: SuspensionHost
  private readonly waits: WaitBook = new WaitBook()
  private readonly timers: RunTimers
  private readonly children: Map<Visit, ChildRun> = new Map()
  /** What each visit that waits here waits for, for snapshots. */
  private readonly pending: Map<Visit, PendingState> = new Map()

  constructor(host: SuspensionHost) {
    this.host = host
    this.timers = new RunTimers(host.engine.clock)
  }

  /**
   * Calls back after a delay in milliseconds, unless the run ends before.
   *
   * @param counts whether the run is under way while the timer runs; the deadline of a wait or of the run does not count
   * @returns cancels it
   */
  setTimer(delayMs: number, counts: boolean, fire: () => void): () => void {
    if (!counts) return this.timers.set(delayMs, fire)
    this.host.addUnderWay(1)
    const end = (): void => this.host.addUnderWay(-1)
    return this.timers.set(delayMs, fire, end)
  }

  /** Resolves after a delay in milliseconds, or when the run ends before. */
  delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.timers.set(delayMs, resolve, resolve)
    })
  }

  /** Sees to it that a visit that was suspended goes on. */
  suspend(visit: Visit, on: Suspension): void {
    const due = this.dueOf(on)
    const visitName = nameVisit(this.host.graph, visit)
    const name = 'name' in on ? on.name : ''
    if (on.type === 'timer') this.host.tell({ type: 'timer.set', ...visitName, name, delayMs: on.delayMs })
    if (on.type === 'wait') {
      const deadline = due === undefined ? {} : { deadline: due }
      this.host.tell({ type: 'wait.opened', ...visitName, waitId: waitIdOf(name, visitName), name, ...deadline })
    }
    this.restore(visit, on, due === undefined ? {} : { due })
  }

  /**
   * The same for a visit that was suspended before its run was restored.
   *
   * @param before when it is due, and the child run as it was
   */
  restore(visit: Visit, on: Suspension, before: { readonly due?: number; readonly child?: RunSnapshot }): void {
    const { due, child } = before
    this.pending.set(visit, { type: 'suspended', on, ...(due === undefined ? {} : { due }) })
    if (on.type === 'wait') this.openWait(visit, on, due)
    else if (on.type === 'timer') this.sleep(visit, on.name, this.left(due))
    else if (on.type === 'child') this.startChild(visit, on, child)
  }

  private dueOf(on: Suspension): number | undefined {
    const delayMs = on.type === 'timer' ? on.delayMs : on.type === 'wait' ? on.timeoutMs : undefined
    return delayMs === undefined ? undefined : this.host.engine.clock.now() + delayMs
  }

  private left(due: number | undefined): number {
    return due === undefined ? 0 : Math.max(0, due - this.host.engine.clock.now())
  }

  /** Calls back when a visit's next attempt is due. */
  retryLater(visit: Visit, due: number, retry: () => void): void {
    this.pending.set(visit, { type: 'retry', due })
    this.setTimer(this.left(due), true, () => {
      this.pending.delete(visit)
      retry()
    })
  }

  /** What each visit waits for, as it is now. */
  pendingVisits(): Pending[] {
    return [...this.pending].map(([visit, state]) => {
      const child = state.type === 'suspended' ? this.children.get(visit) : undefined
      return {
        visit,
        state:
          child === undefined
            ? state
            : { ...(state as Extract<PendingState, { type: 'suspended' }>), child: child.snapshot() },
      }
    })
  }

  private goOn(visit: Visit, resumption: Resumption, fact: RunFact): void {
    this.pending.delete(visit)
    this.host.resumeVisit(visit, resumption, fact)
  }

  private sleep(visit: Visit, name: string, delayMs: number): void {
    const visitName = nameVisit(this.host.graph, visit)
    this.setTimer(delayMs, true, () => {
      this.goOn(visit, { type: 'fired' }, { type: 'timer.fired', ...visitName, name })
    })
  }

  private openWait(visit: Visit, { name }: Extract<Suspension, { type: 'wait' }>, due: number | undefined): void {
    const visitName = nameVisit(this.host.graph, visit)
    const waitId = waitIdOf(name, visitName)
    const deadline = due === undefined ? {} : { deadline: due }
    const cancelTimer =
      due === undefined ? (): void => undefined : this.setTimer(this.left(due), false, () => this.expire(waitId))
    const entry: WaitEntry = { wait: { waitId, name, ...visitName, ...deadline }, visit, cancelTimer }
    this.waits.add(entry)
  }

  private expire(waitId: string): void {
    const entry = this.waits.find(waitId, this.host.runId)
    const { name } = entry.wait
    this.waits.close(entry, 'expired')
    const fact = { type: 'wait.expired', ...nameVisit(this.host.graph, entry.visit), waitId, name } as const
    this.goOn(entry.visit, { type: 'timed-out' }, fact)
  }

  private startChild(
    visit: Visit,
    on: Extract<Suspension, { type: 'child' }>,
    snapshot: RunSnapshot | undefined,
  ): void {
    const { host } = this
    const visitName = nameVisit(host.graph, visit)
    try {
      const child = this.createChild(visit, on, snapshot)
      this.children.set(visit, child)
      const { blueprintId } = on
      const started = { type: 'child.started', ...visitName, childRunId: child.runId, blueprintId } as const
      if (snapshot === undefined) host.tell(started)
      child.begin()
    } catch (error) {
      // A child that cannot be made fails its parent's visit, like one that failed.
      if (!isHeddleError(error)) throw error
      const fact = { type: 'child.settled', ...visitName, childRunId: '', status: 'failed' } as const
      this.goOn(visit, { type: 'child-failed', error }, fact)
    }
  }

  private createChild(
    visit: Visit,
    on: Extract<Suspension, { type: 'child' }>,
    snapshot: RunSnapshot | undefined,
  ): ChildRun {
    const { host } = this
    const visitName = nameVisit(host.graph, visit)
    const child = host.engine.startChild({
      parentRunId: host.runId,
      visit: visitName,
      attempt: visit.attempt,
      on,
      ...(snapshot === undefined ? {} : { snapshot }),
      onSettled: (resumption, status) => {
        this.children.delete(visit)
        this.goOn(visit, resumption, { type: 'child.settled', ...visitName, childRunId: child.runId, status })
      },
      onActive: (isActive) => {
        host.addUnderWay(isActive ? 1 : -1)
        if (!isActive) host.checkRest()
      },
    })
    return child
  }

  /** Answers an open wait of this run or of a child run; see `InProcessRun.resume`. */
  async answer(nameOrId: string, payload: unknown, action?: string): Promise<void> {
    const child = this.hasOwnWait(nameOrId) ? undefined : this.childWith(nameOrId)
    if (child !== undefined) return child.resume(nameOrId, payload, action)
    const { runId, engine, graph } = this.host
    const schema = engine.waitSchema(this.waits.find(nameOrId, runId).wait.name)
    const what = `the payload for wait "${nameOrId}"`
    const checked: unknown =
      schema === undefined ? payload : await checkSchema(schema, payload, 'INVALID_PAYLOAD', what)
    checkPayload(engine, checked, what)
    // A schema may check asynchronously: meanwhile the wait may have been answered.
    const entry = this.waits.find(nameOrId, runId)
    const { waitId, name } = entry.wait
    const answer = { payload: checked, ...(action === undefined ? {} : { action }) }
    this.waits.close(entry, 'answered')
    const fact = { type: 'wait.answered', ...nameVisit(graph, entry.visit), waitId, name, ...answer } as const
    this.goOn(entry.visit, { type: 'answered', ...answer }, fact)
    return undefined
  }

  hasWait(nameOrId: string): boolean {
    return this.hasOwnWait(nameOrId) || this.childWith(nameOrId) !== undefined
  }

  private hasOwnWait(nameOrId: string): boolean {
    return this.waits.entries().some(({ wait }) => wait.waitId === nameOrId || wait.name === nameOrId)
  }

  private childWith(nameOrId: string): ChildRun | undefined {
    return [...this.children.values()].find((child) => child.hasWait(nameOrId))
  }

  /** The open waits of this run and of its child runs. */
  openWaits(): readonly OpenWait[] {
    const own = this.waits.entries().map(({ wait }) => wait)
    return [...own, ...[...this.children.values()].flatMap((child) => child.waits())]
  }

  /** Ends timers, waits and child runs, since the run has ended. */
  end(): void {
    for (const entry of this.waits.entries()) {
      const { waitId, name } = entry.wait
      this.waits.close(entry, 'cancelled')
      this.host.tell({ type: 'wait.cancelled', ...nameVisit(this.host.graph, entry.visit), waitId, name })
    }
    for (const child of this.children.values()) child.cancel('its parent run has ended')
    this.children.clear()
    this.pending.clear()
    this.timers.cancelAll()
  }
}
