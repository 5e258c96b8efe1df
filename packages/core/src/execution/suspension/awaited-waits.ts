import type { Resumption, SingleSuspension } from '../../model/outcome.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { StandardSchema } from '../../model/standard-schema.ts'
import { idInChild, waitIdFor } from '../../model/wait-id.ts'
import type { OpenWait } from '../../model/workflow-result.ts'
import type { EndedWait } from '../../traversal/run-snapshot.ts'
import { checkPayload } from '../checks/check-payload.ts'
import type { GivenAnswer } from '../engine/child-run.ts'
import type { Deadlines } from './deadlines.ts'
import { closedWait } from './find-wait.ts'
import type { SuspensionHost } from './suspension-host.ts'
import { WaitBook, type WaitEntry } from '../engine/wait-book.ts'
import { nameWaiter, type Waiter } from './waiter.ts'

/** What a visit or a call asks for that waits for an answer. */
export type WaitSuspension = Extract<SingleSuspension, { readonly type: 'wait' }>

/** How those that wait for answers go on. */
export interface WaitOutcomes {
  goOn(waiter: Waiter, resumption: Resumption, fact: RunFact): void
  /** The schema that a handler gave for the payload of a durable call, as far as it ran in this process. */
  schemaOf(waiter: Waiter): StandardSchema | undefined
}

/** The waits of one run in this process, without those of child runs: answered from outside once, or expired. */
export class AwaitedWaits {
  private readonly host: SuspensionHost
  private readonly outcomes: WaitOutcomes
  private readonly deadlines: Deadlines
  private readonly book: WaitBook = new WaitBook()

  constructor(host: SuspensionHost, outcomes: WaitOutcomes, deadlines: Deadlines, endedWaits: readonly EndedWait[]) {
    this.host = host
    this.outcomes = outcomes
    this.deadlines = deadlines
    this.book.restore(endedWaits.filter(([waitId]) => idInChild(waitId) === undefined))
  }

  /** Lists a wait that is open. @returns cancels it */
  open(waiter: Waiter, on: WaitSuspension, due: number | undefined): () => void {
    const { name } = on
    const { call: _call, ...visitName } = nameWaiter(this.host.graph, waiter)
    const waitId = waitIdFor(on, visitName, waiter.call)
    const deadline = due === undefined ? {} : { deadline: due }
    const cancelTimer = due === undefined ? (): void => undefined : this.deadlines.at(due, () => this.expire(waitId))
    const entry: WaitEntry = { wait: { waitId, name, ...visitName, ...deadline }, ...waiter, cancelTimer }
    this.book.add(entry)
    return () => this.cancel(entry)
  }

  private cancel(entry: WaitEntry): void {
    const { waitId, name } = entry.wait
    this.book.close(entry, 'cancelled')
    this.host.tell({ type: 'wait.cancelled', ...nameWaiter(this.host.graph, entry), waitId, name })
  }

  private expire(waitId: string): void {
    const entry = this.book.get(waitId)
    if (entry === undefined) return
    const { name } = entry.wait
    this.book.close(entry, 'expired')
    const fact = { type: 'wait.expired', ...nameWaiter(this.host.graph, entry), waitId, name } as const
    this.outcomes.goOn(entry, { type: 'timed-out' }, fact)
  }

  /** Answers an open wait by its id. @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `INVALID_PAYLOAD` */
  async answer(waitId: string, given: GivenAnswer): Promise<void> {
    const { engine, graph } = this.host
    const schema = this.schemaOf(this.find(waitId, given))
    const checking = checkPayload(engine, schema, given)
    // Only a schema may take its time: meanwhile the wait may have been answered.
    const checked: unknown = checking instanceof Promise ? await checking : checking
    const entry = this.find(waitId, given)
    const { name } = entry.wait
    const { action } = given
    const unchecked = entry.call !== undefined && schema === undefined ? { unchecked: true as const } : {}
    const answer = { payload: checked, ...(action === undefined ? {} : { action }), ...unchecked }
    this.book.close(entry, 'answered')
    const fact = { type: 'wait.answered', ...nameWaiter(graph, entry), waitId, name, ...answer } as const
    this.outcomes.goOn(entry, { type: 'answered', ...answer }, fact)
  }

  private schemaOf(entry: WaitEntry): StandardSchema | undefined {
    return entry.call === undefined ? this.host.engine.waitSchema(entry.wait.name) : this.outcomes.schemaOf(entry)
  }

  private find(waitId: string, { nameOrId, runId }: GivenAnswer): WaitEntry {
    this.deadlines.passDue()
    const entry = this.book.get(waitId)
    if (entry !== undefined) return entry
    throw closedWait(nameOrId, runId, this.book.endOf(waitId), this.host.endOfRun())
  }

  waits(): OpenWait[] {
    return this.book.entries().map(({ wait }) => wait)
  }

  /** How the waits ended that are over, by id. */
  get ended(): readonly EndedWait[] {
    return this.book.ended
  }

  /** Ends all waits, since the run has ended. */
  end(): void {
    for (const entry of this.book.entries()) this.cancel(entry)
  }
}
