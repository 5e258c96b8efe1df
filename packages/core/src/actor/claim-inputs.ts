import type { UndoneVisit, VisitInputs } from '../execution/engine/visit-inputs.ts'
import { countingEdges, isOnlyWay, resolveDeps, resolveInput, type EdgeValues } from '../execution/inputs/node-input.ts'
import { edgeRoute, type CompiledGraph } from '../graph/compiled-graph.ts'
import { edgeGuard } from '../graph/edge-keys.ts'
import { itemsCellName, loopCellName, runCellName, visitCellName } from '../kernel/cell-names.ts'
import { edgeOrdinal, sourcePath } from '../kernel/cell-reach.ts'
import { markCode } from '../kernel/status-codes.ts'
import type { Visit } from '../kernel/visit.ts'
import type { Cell, ItemsCell, LoopCell, RunStateCell, SharedCell, VisitCell } from '../model/cell.ts'
import { originalError, toErrorData } from '../model/error-data.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { ReducerName } from '../model/policy.ts'
import type { VisitName } from '../model/visit.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { SharedValues } from '../traversal/shared-values.ts'
import { edgeValueNames, undoneOf } from './claim-names.ts'
import {
  errorValue,
  failureValue,
  inputValue,
  itemErrorValue,
  itemValue,
  keptInputValue,
  outputValue,
} from './value-names.ts'

/** What came with a claim, and was read after it. */
export interface ClaimData {
  readonly runId: string
  readonly cells: Map<string, Cell | null>
  readonly values: Map<string, string>
  readonly shared: Readonly<Record<string, SharedCell>>
}

/** Reads the data of one visit out of what came with its claim. A value is read from its text when it is first asked for. */
export class ClaimInputs implements VisitInputs {
  readonly runId: string
  private readonly graph: CompiledGraph
  /** The visit, or the one that is undone. */
  private readonly name: VisitName
  private readonly data: ClaimData
  private readonly serializer: ISerializer
  private readonly known: Map<string, unknown> = new Map()
  private sharedValues: SharedValues | undefined

  constructor(graph: CompiledGraph, name: VisitName, data: ClaimData, serializer: ISerializer) {
    this.runId = data.runId
    this.graph = graph
    this.name = undoneOf(name)
    this.data = data
    this.serializer = serializer
  }

  private value(name: string): unknown {
    if (this.known.has(name)) return this.known.get(name)
    const text = this.data.values.get(name)
    const value = text === undefined ? undefined : this.serializer.deserialize(text)
    this.known.set(name, value)
    return value
  }

  get runInput(): unknown {
    return this.value(inputValue)
  }

  /** Names of the values that edges out of loops carry, which only the cells of those loops tell. */
  exitValueNames(visit: Visit): string[] {
    const { graph } = this
    return countingEdges(graph, visit.frame, visit.routes).flatMap((edge) => {
      if (graph.edgeRoutes[edge] !== edgeRoute.exit) return []
      const source = this.exitOf(edge, visit.frame.path)?.from
      return source === undefined ? [] : edgeValueNames(graph, edge, source)
    })
  }

  /** How many items a map visit has. */
  itemCount(visit: Visit): number {
    const cell = this.data.cells.get(itemsCellName(this.graph, visit.itemsKey, visit.frame.path)) as ItemsCell | null
    return cell?.count ?? 0
  }

  private exitOf(edge: number, path: readonly number[]): NonNullable<LoopCell['exits']>[string] | undefined {
    const { graph } = this
    const loop = graph.edgeLeaves[edge] as number
    const cell = this.data.cells.get(loopCellName(graph, loop, sourcePath(graph, edge, path))) as
      LoopCell | null | undefined
    return cell?.exits?.[String(graph.edgeExitPlace[edge])]
  }

  private edgeValues({ frame, routes }: Visit): EdgeValues {
    const { graph, data } = this
    const { path } = frame
    const isSure = isOnlyWay(graph, frame, routes, countingEdges(graph, frame, routes))
    return {
      isTaken: (edge) => {
        if (graph.edgeRoutes[edge] === edgeRoute.exit) return this.exitOf(edge, path)?.mark === markCode.taken
        if (isSure) return true
        const source = sourcePath(graph, edge, path)
        const cell = data.cells.get(visitCellName(graph, graph.edgeSource[edge] as number, source)) as
          VisitCell | null | undefined
        return Number(cell?.marks?.[edgeOrdinal(graph, edge)] ?? markCode.none) === markCode.taken
      },
      value: (edge) => this.edgeValue(edge, path),
    }
  }

  private edgeValue(edge: number, path: readonly number[]): unknown {
    const { graph } = this
    const isExit = graph.edgeRoutes[edge] === edgeRoute.exit
    const source = isExit ? this.exitOf(edge, path)?.from : sourcePath(graph, edge, path)
    if (source === undefined) return undefined
    const [name = ''] = edgeValueNames(graph, edge, source)
    const value = this.value(name)
    const isError = graph.edgeGuards[edge] === edgeGuard.error && graph.edges[edge]?.transform === undefined
    return isError && value !== undefined ? toErrorData(originalError(value as HeddleError)) : value
  }

  input(visit: Visit): unknown {
    return resolveInput(this.graph, visit.frame, visit.routes, this.edgeValues(visit), this.runInput)
  }

  deps(visit: Visit): Record<string, unknown> {
    return resolveDeps(this.graph, visit.frame, visit.routes, this.edgeValues(visit))
  }

  item(): unknown {
    const { item, ...map } = this.name
    return item === undefined ? undefined : this.value(itemValue(map, item))
  }

  /** Names of the outputs of all items. */
  itemOutputNames(visit: Visit): string[] {
    return Array.from({ length: this.itemCount(visit) }, (_, item) => outputValue({ ...this.name, item }))
  }

  itemOutputs(visit: Visit): unknown[] {
    return this.itemOutputNames(visit).map((name) => this.value(name))
  }

  /** Name of the error of the first item that failed. */
  itemErrorName(): string {
    return itemErrorValue(this.name)
  }

  itemError(): unknown {
    return this.value(this.itemErrorName())
  }

  error(): unknown {
    const error = this.value(errorValue(this.name))
    return error === undefined ? undefined : originalError(error as HeddleError)
  }

  undone(): UndoneVisit {
    const { data, name } = this
    const run = data.cells.get(runCellName) as RunStateCell | null | undefined
    const isOutcomeKnown = run?.undoing?.isOutcomeKnown === true
    const kept = keptInputValue(name)
    const hasInput = isOutcomeKnown && data.values.has(kept)
    const failure = this.value(failureValue)
    return {
      isOutcomeKnown,
      hasInput,
      input: hasInput ? this.value(kept) : undefined,
      output: isOutcomeKnown ? this.value(outputValue(name)) : undefined,
      item: this.item(),
      failure: failure === undefined ? undefined : originalError(failure as HeddleError),
    }
  }

  /** The attempt's snapshot of the shared values. */
  private get snapshot(): SharedValues {
    if (this.sharedValues !== undefined) return this.sharedValues
    const initial = Object.entries(this.data.shared).map(
      ([key, { text }]) => [key, this.serializer.deserialize(text)] as const,
    )
    const declared = this.graph.blueprint.policy?.context ?? {}
    this.sharedValues = new SharedValues(declared, Object.fromEntries(initial))
    return this.sharedValues
  }

  shared(key: string): unknown {
    return this.snapshot.get(key)
  }

  sharedVersion(key: string): number {
    return Object.hasOwn(this.data.shared, key) ? (this.data.shared[key]?.version ?? 0) : 0
  }

  sharedRecord(): Record<string, unknown> {
    return this.snapshot.toRecord()
  }

  sharedReducer(key: string): ReducerName {
    return this.snapshot.reducer(key)
  }

  mergeShared(key: string, current: unknown, writes: readonly unknown[]): unknown {
    return this.snapshot.merged(key, current, writes)
  }
}
