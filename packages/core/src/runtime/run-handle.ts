import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { InProcessRun } from '../execution/in-process-run.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import { eventStream } from './event-stream.ts'

/** The id of a wait: its name, a colon, the key of its visit. */
export type WaitId = `${string}:${string}`

/** The event of a visit that completed. */
export type CompletedEvent = Extract<RunEvent, { readonly type: 'node.completed' }>

/** The events of a run whose outputs have known types: where `nodeId` is known, so is `output`. */
export type RunEventWith<Outputs extends object> =
  | Exclude<RunEvent, CompletedEvent>
  | {
      [Id in keyof Outputs & string]: CompletedEvent & { readonly nodeId: Id; readonly output: Outputs[Id] }
    }[keyof Outputs & string]

/** One run, from outside: what it does, and what can be done to it. */
export interface RunHandle<
  Output = unknown,
  Outputs extends object = Record<string, unknown>,
  Waits extends object = Record<string, unknown>,
> {
  readonly runId: string
  /** Resolves when the run has ended: `completed`, `failed` or `cancelled`. */
  result(): Promise<WorkflowResult & { readonly output: Output | undefined }>
  /** Where the run stands now; `running` while it is neither at rest nor ended. */
  status(): RunStatus | 'running'
  /**
   * The run's events until it ends: those so far if the run keeps a journal, then each as it comes. Called as soon as `start` has
   * answered, it misses none.
   */
  events(): AsyncIterable<RunEventWith<Outputs>>
  /** The events so far, if the run keeps a journal. */
  journal(): readonly RunEvent[]
  /**
   * The run as text, by the run's serializer: `runtime.start(workflow, undefined, { snapshot })` goes on with it, in any process.
   *
   * @throws HeddleError `NOT_SERIALISABLE`, `STATE_TOO_LARGE`
   */
  snapshot(): string
  /** The open waits, those of child runs included. */
  waits(): readonly OpenWait[]
  /**
   * Answers an open wait, once; legal while other branches run.
   *
   * @param nameOrId the wait's name if only one of that name is open, else its id
   * @param action action of the wait node's result
   * @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`
   */
  resume<Name extends keyof Waits & string>(nameOrId: Name, payload?: Waits[Name], action?: string): Promise<void>
  /** The same by the id of a wait, as `waits()` lists it. */
  resume(waitId: WaitId, payload?: unknown, action?: string): Promise<void>
  /** Ends the run as cancelled, at once. What it has produced so far stays in its result. */
  cancel(reason?: string): Promise<void>
}

const noIds: ReadonlySet<string> = new Set()

/** The handle of a run in this process. */
export class InProcessHandle implements RunHandle {
  readonly runId: string
  private readonly run: InProcessRun
  private readonly eventBus: IEventBus

  constructor(run: InProcessRun, eventBus: IEventBus) {
    this.run = run
    this.runId = run.state.runId
    this.eventBus = eventBus
  }

  result(): Promise<WorkflowResult & { readonly output: unknown }> {
    return this.run.whenSettled()
  }

  status(): RunStatus | 'running' {
    const { run } = this
    if (run.isSettled) return run.state.getStatus(noIds, noIds)
    if (run.state.underWay > 0 || run.control.ready.length > 0 || run.control.run.phase === 'created') return 'running'
    return run.openWaits().length > 0 ? 'awaiting' : 'stalled'
  }

  events(): AsyncIterable<RunEvent> {
    const { history } = this.run.facts.publisher
    return eventStream(this.eventBus, this.runId, history, this.run.isSettled)
  }

  journal(): readonly RunEvent[] {
    return this.run.facts.publisher.journal ?? []
  }

  snapshot(): string {
    try {
      return this.run.engine.serializer.serialize(this.run.snapshot())
    } catch (error) {
      if (!isHeddleError(error, 'LIMIT_EXCEEDED')) throw error
      throw new HeddleError('STATE_TOO_LARGE', `the state of run "${this.runId}" is too large: ${error.message}`, {
        details: { ...error.details, runId: this.runId },
        cause: error,
      })
    }
  }

  waits(): readonly OpenWait[] {
    return this.run.openWaits()
  }

  resume(nameOrId: string, payload?: unknown, action?: string): Promise<void> {
    return this.run.resume(nameOrId, payload, action)
  }

  async cancel(reason?: string): Promise<void> {
    this.run.cancel(reason)
  }
}
