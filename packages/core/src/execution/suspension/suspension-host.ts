import type { HeddleError } from '../../errors/heddle-error.ts'
import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { Resumption } from '../../model/outcome.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { CallBookHost } from '../calls/call-books.ts'
import type { Engine } from '../engine/engine.ts'
import type { EndOfRun } from './find-wait.ts'
import type { KnownWait } from './missing-wait.ts'

/** What suspensions tell the run that they belong to. */
export interface SuspensionHost extends CallBookHost {
  readonly engine: Engine
  readonly graph: CompiledGraph
  readonly runId: string
  /** How deep the run is nested in others: 0 for a run without a parent. */
  readonly depth: number
  /** How the run ended; `undefined` as long as it may come to wait for something. */
  endOfRun(): EndOfRun | undefined
  /** What is known of a wait that is not open. */
  knownWait(nameOrId: string): KnownWait
  /**
   * Ends what is past its time: the runs above, the run, what it waits for.
   *
   * @returns a promise where what was cut off by that takes time to end
   */
  passDeadlines(): Promise<void> | undefined
  /** A suspended visit goes on; the fact tells why, where there is a new one. */
  resumeVisit(visit: Visit, resumption: Resumption, fact?: RunFact): void
  /** Something that the run waits out began or ended: a timer, a child run. */
  addUnderWay(count: number): void
  checkRest(): void
  tell(fact: RunFact): void
  /** Resolves when everything that was decided so far was written, where events are; or when it cannot be, with false. */
  written(): Promise<boolean>
  /** The run cannot go on in this process. */
  abandon(error: HeddleError): void
}
