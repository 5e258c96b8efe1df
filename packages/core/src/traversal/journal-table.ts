import type { HeddleError } from '../errors/heddle-error.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { expandGraph } from '../graph/expansion.ts'
import { visitCode } from '../kernel/status-codes.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { reviveError, type ErrorData } from '../model/error-data.ts'
import type { Expansion } from '../model/outcome.ts'
import type { VisitName } from '../model/visit.ts'
import type { ResultTable } from './result-table.ts'
import { isBefore, type KeptVisit } from './visit-order.ts'

/** The outputs and statuses of a run, as a journal is folded into them. */
export class JournalTable implements ResultTable {
  graph: CompiledGraph
  hasEnded = false
  recorded: { readonly output: unknown } | undefined
  readonly failures: HeddleError[] = []
  private readonly outputs: Map<string, KeptVisit> = new Map()
  private readonly statuses: Map<string, number> = new Map()

  constructor(blueprint: WorkflowBlueprint) {
    this.graph = compileGraph(blueprint)
  }

  /** A table that goes its own way from here. */
  copy(): JournalTable {
    const table = new JournalTable(this.graph.blueprint)
    table.graph = this.graph
    table.hasEnded = this.hasEnded
    table.recorded = this.recorded
    table.failures.push(...this.failures)
    for (const [id, visit] of this.outputs) table.outputs.set(id, visit)
    for (const [id, statuses] of this.statuses) table.statuses.set(id, statuses)
    return table
  }

  complete({ nodeId, iteration, insteadOf }: VisitName, value: unknown): void {
    this.note(nodeId, visitCode.completed)
    this.keep(nodeId, { iteration, insteadOf, value })
    if (insteadOf !== undefined) this.keep(insteadOf, { iteration, insteadOf: undefined, value })
  }

  private keep(id: string, visit: KeptVisit): void {
    const known = this.outputs.get(id)
    if (known === undefined || !isBefore(visit, known)) this.outputs.set(id, visit)
  }

  note(id: string, status: number): void {
    this.statuses.set(id, (this.statuses.get(id) ?? 0) | (1 << status))
  }

  fail(error: ErrorData): void {
    this.failures.push(reviveError(error))
  }

  /** An error that ended the run is the last one, if no visit failed with it. */
  failRun(error: ErrorData): void {
    if (error.code === 'RUN_DEADLINE' || error.code === 'MAX_ITERATIONS') this.fail(error)
  }

  expand({ nodeId, iteration, insteadOf }: VisitName, expansion: Expansion): void {
    const site = insteadOf ?? nodeId
    const node = this.graph.indexById.get(site) ?? this.graph.addedAt.get(`${site}@${iteration.join('.')}`) ?? -1
    this.graph = expandGraph(this.graph, { node, path: iteration, isUndecided: () => true }, expansion).graph
  }

  private idOf(node: number): string {
    return (this.graph.nodes[node] as { id: string }).id
  }

  hasOutputAt(node: number): boolean {
    return this.outputs.has(this.idOf(node))
  }

  outputAt(node: number): unknown {
    return this.outputs.get(this.idOf(node))?.value
  }

  seen(node: number): number {
    return this.statuses.get(this.idOf(node)) ?? 0
  }
}
