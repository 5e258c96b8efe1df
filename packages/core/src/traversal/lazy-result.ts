import { visitCode } from '../kernel/status-codes.ts'
import type { Control } from '../kernel/control.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { ISerializer } from '../ports/serializer.ts'
import type { NodeTable } from './node-table.ts'
import { runOutput } from './run-output.ts'

/** What a result reads beside the outputs. */
export interface ResultSource<C> {
  readonly runId: string
  readonly openWaits: () => readonly OpenWait[]
  getContext(): C
}

/**
 * A result whose records are built when they are first read: a run of 100,000 nodes should not pay for a record that nobody looks at.
 * `toJSON` gives the plain object that it stands for.
 */
export class LazyResult<C extends object> implements WorkflowResult<C> {
  readonly runId: string
  status: RunStatus
  readonly errors: readonly HeddleError[]
  private readonly state: ResultSource<C>
  private readonly control: Control | undefined
  private readonly table: NodeTable | undefined
  private readonly loose: ReadonlyMap<string, unknown> | undefined
  private readonly serializer: ISerializer
  private record: Record<string, unknown> | undefined
  private sharedValues: C | undefined

  constructor(
    state: ResultSource<C>,
    status: RunStatus,
    control: Control | undefined,
    table: NodeTable | undefined,
    loose: ReadonlyMap<string, unknown> | undefined,
    serializer: ISerializer,
  ) {
    this.state = state
    this.control = control
    this.table = table
    this.loose = loose
    this.serializer = serializer
    this.runId = state.runId
    this.errors = control?.failures ?? []
    this.status = status
  }

  get outputs(): Readonly<Record<string, unknown>> {
    this.record ??= this.buildOutputs()
    return this.record
  }

  get output(): unknown {
    const { control, table } = this
    return control === undefined || table === undefined ? undefined : runOutput(control.graph, table)
  }

  get context(): C {
    this.sharedValues ??= this.state.getContext()
    return this.sharedValues
  }

  get waits(): readonly OpenWait[] {
    return this.state.openWaits()
  }

  get skipped(): readonly string[] {
    return this.table?.skippedIds() ?? []
  }

  get cancelled(): readonly string[] {
    return this.table === undefined ? [] : [...new Set(this.table.idsWith(visitCode.cancelled))]
  }

  serialize(): string {
    return this.serializer.serialize({ context: this.context, outputs: this.outputs })
  }

  toJSON(): Record<string, unknown> {
    const { runId, status, output, outputs, context, errors, waits, skipped, cancelled } = this
    return { runId, status, output, outputs, context, errors, waits, skipped, cancelled }
  }


  private buildOutputs(): Record<string, unknown> {
    const record = Object.create(null) as Record<string, unknown>
    for (const [id, output] of this.loose ?? []) record[id] = output
    const { control, table } = this
    if (control === undefined || table === undefined) return record
    const { nodes } = control.graph
    for (let node = 0; node < nodes.length; node++) {
      if (table.hasOutputAt(node)) record[(nodes[node] as { id: string }).id] = table.outputAt(node)
    }
    return record
  }
}
