import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { checkSame } from './run-conflicts.ts'
import type { InputText } from './input-text.ts'

/** A run that was started in this process. */
export interface BookedRun {
  readonly handle: RunHandle
  /** Resolves when the run first came to rest. */
  readonly atRest: Promise<WorkflowResult>
  /** Definition hash; computed only when somebody asks for the run's id again. */
  readonly hash: () => string
  readonly input: InputText
  readonly isEnded: () => boolean
}

/** How many ended runs are remembered, so that starting one again answers the same run. */
const endedRunsKept = 1000

/** The runs of one runtime by id: the live ones, and the last ones that ended. */
export class RunBook {
  private readonly runs: Map<string, BookedRun> = new Map()
  private readonly prefix: string = Math.random().toString(36).slice(2, 10)
  private count = 0
  /** Child runs that have not ended: most of them nobody ever asks for. */
  private readonly children: Map<string, () => BookedRun> = new Map()

  /** An id that no other run of this process has. */
  newId(): string {
    return `run-${this.prefix}-${++this.count}`
  }

  add(run: BookedRun): void {
    this.runs.set(run.handle.runId, run)
    if (this.runs.size > endedRunsKept) this.forgetEnded()
  }

  /** Adds a child run; it is looked at when somebody asks for its id. */
  addChild(runId: string, book: () => BookedRun): void {
    this.children.set(runId, book)
  }

  /** A child run has ended. @param isKept whether it is remembered: somebody from outside was told of its id */
  endChild(runId: string, isKept: boolean): void {
    const book = this.children.get(runId)
    this.children.delete(runId)
    if (isKept && book !== undefined) this.add(book())
  }

  private byId(runId: string): BookedRun | undefined {
    return this.runs.get(runId) ?? this.children.get(runId)?.()
  }

  private forgetEnded(): void {
    for (const [id, run] of this.runs) {
      if (this.runs.size <= endedRunsKept) return
      if (run.isEnded()) this.runs.delete(id)
    }
  }

  /** @throws HeddleError `UNKNOWN_RUN` */
  get(runId: string): BookedRun {
    const run = this.byId(runId)
    if (run !== undefined) return run
    throw new HeddleError('UNKNOWN_RUN', `this runtime has no run "${runId}"; it may have ended long ago`, {
      details: { runId },
    })
  }

  /**
   * The run that was started under this id with the same definition and input, if there is one.
   *
   * @throws HeddleError `RUN_CONFLICT` if it has another definition or input; `NOT_SERIALISABLE`
   */
  find(
    runId: string | undefined,
    hash: () => string,
    input: unknown,
    engine: { readonly serializer: ISerializer },
  ): BookedRun | undefined {
    if (runId === undefined) return undefined
    const run = this.byId(runId)
    if (run === undefined) return undefined
    checkSame({ hash: hash(), engine }, runId, input, { hash: run.hash(), input: run.input })
    return run
  }
}
