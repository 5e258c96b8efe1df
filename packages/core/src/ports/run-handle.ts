import type { Explanation } from '../model/explanation.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'

/** The id of a wait: its name, a colon, the key of its visit; for a wait of a child run with the visits that lead to it before that. */
export type WaitId = `${string}:${string}`

/** The event of a visit that completed. */
export type CompletedEvent = Extract<RunEvent, { readonly type: 'node.completed' }>

/** The events of a run whose outputs have known types: where `nodeId` is known, so is `output`. */
export type RunEventWith<Outputs extends object> =
  | Exclude<RunEvent, CompletedEvent>
  | {
      [Id in keyof Outputs & string]: CompletedEvent & { readonly nodeId: Id; readonly output: Outputs[Id] }
    }[keyof Outputs & string]

/**
 * One run, from outside: what it does, and what can be done to it. The same for a run in this process and for one in a store, which
 * any process can open. A run in a store is looked up at each call, so there each call also fails with what the store throws,
 * `UNKNOWN_RUN`, and `DEFINITION_MISMATCH` if the handle was opened with another workflow.
 */
export interface RunHandle<
  Output = unknown,
  Outputs extends object = Record<string, unknown>,
  Waits extends object = Record<string, unknown>,
> {
  readonly runId: string
  /** Resolves when the run has ended: `completed`, `failed` or `cancelled`. */
  result(): Promise<WorkflowResult & { readonly output: Output | undefined }>
  /** Where the run stands now; `running` while it is neither at rest nor ended. */
  status(): Promise<RunStatus | 'running'>
  /**
   * Why the run does not move, or what it is doing: as data, and as a sentence. It is for people and tools that look into a run: of a run
   * in a store it reads the whole journal.
   */
  explain(): Promise<Explanation>
  /**
   * The run's events until it ends. In this process: those so far if the run keeps a journal, then each as it comes; called as soon as
   * `start` has answered, it misses none. In a store: all from the first one on, without `node.progress` and `node.chunk`, which are
   * told where they happen and kept nowhere; it ends with `UNKNOWN_RUN` if the run is removed meanwhile, and with `RUN_SET_BACK` if the store
   * lost some of what was told.
   */
  events(): AsyncIterable<RunEventWith<Outputs>>
  /** The events so far. A run in this process has them only if it keeps a journal. */
  journal(): Promise<readonly RunEvent[]>
  /**
   * The run as text, by the run's serializer: `runtime.start(workflow, undefined, { snapshot })` goes on with it, in any process.
   *
   * @throws HeddleError `NOT_SERIALISABLE`, `STATE_TOO_LARGE`; `INVALID_STATE` for a run in a store, which needs none
   */
  snapshot(): Promise<string>
  /** The open waits, those of child runs included. */
  waits(): Promise<readonly OpenWait[]>
  /**
   * Answers an open wait, once; legal while other branches run.
   *
   * @param nameOrId the wait's name if only one of that name is open, else its id
   * @param action action of the wait node's result
   * @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`; for a run in a store
   *   whose definition the runtime does not know `UNKNOWN_BLUEPRINT`
   */
  resume<Name extends keyof Waits & string>(nameOrId: Name, payload?: Waits[Name], action?: string): Promise<void>
  /** The same by the id of a wait, as `waits()` lists it. */
  resume(waitId: WaitId, payload?: unknown, action?: string): Promise<void>
  /**
   * Answers the wait of a webhook, once, by the token that its `announce` was given.
   *
   * @param action action of the node's result
   * @throws HeddleError `INVALID_TOKEN`, and what `resume` throws
   */
  resumeByToken(token: string, payload?: unknown, action?: string): Promise<void>
  /**
   * Ends the run as cancelled: in this process at once, in a store with the next turn of a worker. What it has produced so far stays in
   * its result. A run that is being compensated goes on with that and ends failed, as the event `warning` says (`CANCELLED_TOO_LATE`);
   * answers and child runs that have no time limit are waited for no more. A run that has ended is left as it is.
   */
  cancel(reason?: string): Promise<void>
}
