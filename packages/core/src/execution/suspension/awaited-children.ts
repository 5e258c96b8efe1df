import { isHeddleError } from '../../errors/heddle-error.ts'
import { nameVisit } from '../../kernel/visit.ts'
import { toErrorData } from '../../model/error-data.ts'
import { isTooDeep } from '../../model/too-deep.ts'
import type { Resumption, SingleSuspension } from '../../model/outcome.ts'
import type { RunFact } from '../../model/run-event.ts'
import { childPlace } from '../../model/wait-id.ts'
import type { EndedWait, StartedChild } from '../../traversal/run-snapshot.ts'
import { invokeTimeout } from '../../traversal/visit-calls.ts'
import type { ChildRequest, ChildRun } from '../engine/child-run.ts'
import { ChildRuns } from './child-runs.ts'
import type { Deadlines } from './deadlines.ts'
import { depthError } from '../engine/subflow-depth.ts'
import type { SuspensionHost } from './suspension-host.ts'
import { nameWaiter, type Waiter } from './waiter.ts'

/** What a visit or a call asks for that waits for a child run. */
export type ChildSuspension = Extract<SingleSuspension, { readonly type: 'child' }>

/** What is known of a child from before its run was restored. */
export interface ChildBefore {
  readonly child?: StartedChild | undefined
  /** When it is cancelled, in milliseconds since 1970. */
  readonly due?: number | undefined
}

/** How those that wait for children go on. */
export interface ChildOutcomes {
  goOn(waiter: Waiter, resumption: Resumption, fact: RunFact): void
  /** A child that was started is cancelled at a moment, in milliseconds since 1970. */
  endsAt(waiter: Waiter, due: number): void
}

/** A child that somebody waits for. */
interface Awaited {
  readonly waiter: Waiter
  readonly on: ChildSuspension
  readonly place: string
  child: ChildRun | undefined
  isActive: boolean
  isOver: boolean
  cancelTimer: () => void
}

/** Starts the child runs that one run in this process waits for, and sees to it that who waits goes on. */
export class AwaitedChildren {
  readonly runs: ChildRuns
  private readonly host: SuspensionHost
  private readonly outcomes: ChildOutcomes
  private readonly deadlines: Deadlines
  private readonly awaited: Set<Awaited> = new Set()
  /** Children that were cut off and are not cancelled yet: their journals are written after that of this run. */
  private readonly leaving: Set<Promise<void>> = new Set()

  constructor(host: SuspensionHost, outcomes: ChildOutcomes, deadlines: Deadlines, endedWaits: readonly EndedWait[]) {
    this.host = host
    this.outcomes = outcomes
    this.deadlines = deadlines
    this.runs = new ChildRuns(endedWaits)
  }

  placeOf({ visit, call }: Waiter): string {
    return childPlace(nameVisit(this.host.graph, visit), call)
  }

  /** Starts a child, or goes on with it. @returns cancels it; nobody goes on by that */
  start(waiter: Waiter, on: ChildSuspension, before: ChildBefore): () => void {
    const place = this.placeOf(waiter)
    const awaited: Awaited = {
      waiter,
      on,
      place,
      child: undefined,
      isActive: false,
      isOver: false,
      cancelTimer: () => undefined,
    }
    try {
      this.begin(awaited, before)
    } catch (error) {
      // A child that cannot be made fails who waits for it, like one that failed.
      if (!isHeddleError(error)) throw error
      const name = nameWaiter(this.host.graph, waiter)
      const failed = { childRunId: '', status: 'failed', error: toErrorData(error) } as const
      const type = isTooDeep(error) ? 'child-refused' : 'child-failed'
      this.outcomes.goOn(waiter, { type, error }, { type: 'child.settled', ...name, ...failed })
    }
    return () => this.cancel(awaited, 'the visit that waits for it is over')
  }

  private begin(awaited: Awaited, before: ChildBefore): void {
    const { host, outcomes } = this
    const { waiter, on, place } = awaited
    const { blueprintId, timeoutMs } = on
    const name = nameWaiter(host.graph, waiter)
    const tooDeep = depthError({ nodeId: name.nodeId, blueprintId, depth: host.depth + 1 }, host.engine.maxSubflowDepth)
    if (before.child === undefined && tooDeep !== undefined) throw tooDeep
    const child = host.engine.startChild(this.requestOf(awaited, before))
    awaited.child = child
    this.runs.add(place, child)
    this.awaited.add(awaited)
    const due = before.due ?? (timeoutMs === undefined ? undefined : host.engine.clock.now() + timeoutMs)
    if (before.child === undefined) {
      const deadline = due === undefined ? {} : { deadline: due }
      host.tell({ type: 'child.started', ...name, childRunId: child.runId, blueprintId, ...deadline })
      if (due !== undefined) outcomes.endsAt(waiter, due)
    }
    if (due !== undefined) awaited.cancelTimer = this.deadlines.at(due, () => this.timeOut(awaited))
    child.begin()
  }

  private requestOf(awaited: Awaited, before: ChildBefore): ChildRequest {
    const { host } = this
    const { waiter, on } = awaited
    const { visit } = waiter
    return {
      parentRunId: host.runId,
      visit: nameVisit(host.graph, visit),
      attempt: visit.attempt,
      on,
      depth: host.depth + 1,
      ...before.child,
      whenWritten: async () => {
        // What is being decided now is written when all of it is.
        await Promise.resolve()
        return host.written()
      },
      passDeadlines: () => host.passDeadlines(),
      onSettled: (resumption, status) => this.settle(awaited, resumption, status),
      onBroken: (error) => host.abandon(error),
      onActive: (isActive) => {
        if (awaited.isOver || awaited.isActive === isActive) return
        awaited.isActive = isActive
        host.addUnderWay(isActive ? 1 : -1)
        if (!isActive) host.checkRest()
      },
    }
  }

  private settle(
    awaited: Awaited,
    resumption: Parameters<ChildRequest['onSettled']>[0],
    status: Parameters<ChildRequest['onSettled']>[1],
  ): void {
    const { waiter, place, child } = awaited
    if (awaited.isOver) return
    awaited.cancelTimer()
    this.awaited.delete(awaited)
    this.runs.settle(place)
    const came =
      resumption.type === 'child-completed' ? { output: resumption.output } : { error: toErrorData(resumption.error) }
    const name = nameWaiter(this.host.graph, waiter)
    const childRunId = child?.runId ?? ''
    this.outcomes.goOn(waiter, resumption, { type: 'child.settled', ...name, childRunId, status, ...came })
  }

  /** The child took too long: it is cancelled, and who waits for it goes on with that. */
  private timeOut(awaited: Awaited): void {
    const { waiter, on, child } = awaited
    if (awaited.isOver) return
    this.drop(awaited, 'it took longer than its invoke waits')
    const name = nameWaiter(this.host.graph, waiter)
    const error = invokeTimeout(on, waiter.call ?? '', name.nodeId)
    const fact = { type: 'child.settled', ...name, childRunId: child?.runId ?? '', status: 'cancelled' } as const
    this.outcomes.goOn(waiter, { type: 'child-refused', error }, { ...fact, error: toErrorData(error) })
  }

  /** Cancels all children, since the run has ended. */
  end(): void {
    for (const awaited of this.awaited) this.cancel(awaited, 'its parent run has ended')
  }

  /** Resolves when the children are open that were begun so far, or cannot be opened. */
  async whenOpen(): Promise<void> {
    for (const { child } of this.awaited) await child?.whenOpen()
  }

  /** Whether children that were cut off are still to be cancelled. */
  get isCuttingOff(): boolean {
    return this.leaving.size > 0
  }

  /** Resolves when every child that was cut off is cancelled, or cannot be in this process. */
  async whenCutOff(): Promise<void> {
    while (this.isCuttingOff) await Promise.all(this.leaving)
  }

  private cancel(awaited: Awaited, reason: string): void {
    const { waiter, child } = awaited
    if (awaited.isOver || child === undefined) return
    const name = nameWaiter(this.host.graph, waiter)
    this.drop(awaited, reason)
    this.host.tell({ type: 'child.settled', ...name, childRunId: child.runId, status: 'cancelled' })
  }

  /** Nobody waits for the child any more. */
  private drop(awaited: Awaited, reason: string): void {
    const { place, child, isActive } = awaited
    awaited.isOver = true
    awaited.cancelTimer()
    this.awaited.delete(awaited)
    this.runs.settle(place)
    const cancelling = child?.cancel(reason)
    if (cancelling !== undefined) void this.untilCancelled(cancelling)
    if (isActive) this.host.addUnderWay(-1)
  }

  private async untilCancelled(cancelling: Promise<void>): Promise<void> {
    this.leaving.add(cancelling)
    await cancelling
    this.leaving.delete(cancelling)
  }
}
