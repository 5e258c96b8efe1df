import { visitCode } from '../kernel/status-codes.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, ResultRecord, WorkflowResult } from '../model/workflow-result.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { idsWith, outputsById, skippedIds } from './node-lists.ts'
import type { ResultTable } from './result-table.ts'
import { runOutput } from './run-output.ts'

/** Who knows the open waits of a run and its child runs. */
export interface WaitSource {
  openWaits(): readonly OpenWait[]
}

/** What a result reads beside the outputs. */
export interface ResultSource<C> extends WaitSource {
  readonly runId: string
  getContext(): C
}

/**
 * A result whose records are built when they are first read: a run of 100,000 nodes should not pay for a record that nobody looks at.
 * Accessors of its own, which could be spread, would cost each run two microseconds; so they are those of the class, and `toRecord`
 * gives the plain object that it stands for.
 */
export class LazyResult<C extends object> implements WorkflowResult<C> {
  readonly runId: string
  status: RunStatus
  readonly errors: readonly HeddleError[]
  readonly #state: ResultSource<C>
  readonly #table: ResultTable | undefined
  readonly #loose: ReadonlyMap<string, unknown> | undefined
  readonly #serializer: ISerializer
  #record: Record<string, unknown> | undefined
  #sharedValues: C | undefined

  constructor(
    state: ResultSource<C>,
    status: RunStatus,
    table: ResultTable | undefined,
    loose: ReadonlyMap<string, unknown> | undefined,
    serializer: ISerializer,
  ) {
    this.#state = state
    this.#table = table
    this.#loose = loose
    this.#serializer = serializer
    this.runId = state.runId
    this.errors = table?.failures ?? []
    this.status = status
  }

  get outputs(): Readonly<Record<string, unknown>> {
    this.#record ??= this.#buildOutputs()
    return this.#record
  }

  get output(): unknown {
    return this.#table === undefined ? undefined : runOutput(this.#table)
  }

  get context(): C {
    this.#sharedValues ??= this.#state.getContext()
    return this.#sharedValues
  }

  get waits(): readonly OpenWait[] {
    return this.#state.openWaits()
  }

  get skipped(): readonly string[] {
    return this.#table === undefined ? [] : skippedIds(this.#table)
  }

  get cancelled(): readonly string[] {
    return this.#table === undefined ? [] : idsWith(this.#table, visitCode.cancelled)
  }

  serialize(): string {
    return this.#serializer.serialize({ context: this.context, outputs: this.outputs })
  }

  toRecord(): ResultRecord<C> {
    const { runId, status, output, outputs, context, errors, waits, skipped, cancelled } = this
    return {
      runId,
      status,
      output,
      outputs: { ...outputs },
      context: { ...context },
      errors: [...errors],
      waits,
      skipped,
      cancelled,
    }
  }

  toJSON(): ResultRecord<C> {
    return this.toRecord()
  }

  #buildOutputs(): Record<string, unknown> {
    const record =
      this.#table === undefined ? (Object.create(null) as Record<string, unknown>) : outputsById(this.#table)
    for (const [id, output] of this.#loose ?? []) record[id] ??= output
    return record
  }
}

// By this name Node asks an object how it is to be shown.
Object.defineProperty(LazyResult.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: LazyResult<object>) {
    return this.toRecord()
  },
})
