import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { Undoing } from '../model/cell.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { Outcome, Resumption, Suspension } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { Activation, Frame } from './frame.ts'
import { MarkedJoins } from './marked-joins.ts'
import { ReadyQueue } from './ready-queue.ts'
import type { UndoLog } from './undo-log.ts'
import type { Visit } from './visit.ts'

/**
 * Something that the kernel wants done. Effects are data: an orchestrator carries them out, in order.
 *
 * - `dispatch`: attempt this visit, after `delayMs`.
 * - `suspend`: see to it that the visit is resumed when what it waits for happens.
 * - `abort`: these visits were cut off; end their attempts and what they wait for, do not wait for them.
 * - `recall`: the run stops; find out which of these visits have begun, and see to it that no others do.
 * - `stop`: the run was cut off as a whole; end every attempt and every timer of it.
 * - `settle`: the run has ended.
 */
export type Effect =
  | { readonly type: 'dispatch'; readonly visit: Visit; readonly delayMs: number }
  | { readonly type: 'suspend'; readonly visit: Visit; readonly on: Suspension }
  | { readonly type: 'abort'; readonly visits: readonly Visit[] }
  | { readonly type: 'recall'; readonly visits: readonly Visit[] }
  | { readonly type: 'stop' }
  | { readonly type: 'settle'; readonly status: 'completed' | 'failed' | 'cancelled' }

/** Where a run as a whole stands. */
export interface RunCell {
  phase: 'created' | 'live' | 'compensating' | 'completed' | 'failed' | 'cancelled'
  /** Whether a visit failed and nothing handled it. */
  failed: boolean
  /** Fallback nodes that ran in place of a failed one, by index. */
  readonly usedFallbacks: number[]
  /** Of a run that is compensated: where that stands. */
  undoing?: Undoing | undefined
}

/** A run that has not begun. */
function newRunCell(): RunCell {
  return { phase: 'created', failed: false, usedFallbacks: [] }
}

/**
 * The control part of one run: everything that decides what may run next, and the buffers into which a decision is written.
 * `decide` is the only function that changes it.
 */
export class Control {
  graph: CompiledGraph
  readonly root: Frame
  readonly run: RunCell
  readonly onFailure: FailurePolicy
  /** Errors of the visits that failed unhandled, in order; then the one that ended the run, if another. */
  readonly failures: HeddleError[] = []
  /** Why the last settlement's expansion was refused: its visit failed, although its handler completed. */
  refusal: HeddleError | undefined
  /** Visits that became ready, in order; whoever carries out effects takes them out. */
  readonly ready: ReadyQueue = new ReadyQueue()
  /** All other effects, in order. */
  readonly effects: Effect[] = []
  /** Facts of the last decisions, or `undefined` where nobody listens. */
  facts: RunFact[] | undefined
  /** What would have to be undone, if a failure of the run is compensated. */
  readonly log: UndoLog | undefined

  readonly marked: MarkedJoins = new MarkedJoins()
  /** Activations in which the last live visit may have settled. */
  readonly quiet: Activation[] = []

  /** @param log only of a run whose failure is compensated */
  constructor(
    graph: CompiledGraph,
    root: Frame,
    onFailure: FailurePolicy,
    log: UndoLog | undefined,
    run: RunCell = newRunCell(),
  ) {
    this.graph = graph
    this.root = root
    this.onFailure = onFailure
    this.log = log
    this.run = run
  }

  /** Whether the run has completed, failed or was cancelled. */
  get hasEnded(): boolean {
    const { phase } = this.run
    return phase !== 'live' && phase !== 'created' && phase !== 'compensating'
  }

  /** What an accepted outcome came to: itself, or the failure that it was turned into. */
  recorded(outcome: Outcome): Outcome {
    if (this.refusal === undefined) return outcome
    const error = this.refusal
    this.refusal = undefined
    return { status: 'failed', error }
  }

  /** Makes a visit ready now. */
  dispatch(visit: Visit): void {
    this.ready.push(visit)
  }

  /** Makes a visit ready after a delay, in milliseconds. */
  dispatchLater(visit: Visit, delayMs: number): void {
    if (delayMs > 0) this.effects.push({ type: 'dispatch', visit, delayMs })
    else this.ready.push(visit)
  }

  /** Sends a suspended visit on. */
  resume(visit: Visit, resumption: Resumption): void {
    visit.resumption = resumption
    this.ready.push(visit)
  }
}
