import type { HeddleError } from '../../errors/heddle-error.ts'
import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../../model/blueprint.ts'
import type { ISerializer } from '../../ports/serializer.ts'

/** What executing a node answers: its result, or why it failed. */
export type NodeExecution<O = unknown> =
  | { readonly status: 'success'; readonly result: { readonly output: O; readonly action?: string } }
  | { readonly status: 'failed'; readonly error: HeddleError }

/** Executes one node. */
export interface NodeExecutor<I = unknown, O = unknown> {
  /** Runs the node once on an input. A failure of the node is an answer, not an exception. */
  execute(input: I): Promise<NodeExecution<O>>
}

/** Makes the executors of a blueprint's nodes. */
// Executors of one factory differ in their inputs and outputs, and a program that writes its own orchestrator names them as it likes.
// oxlint-disable-next-line typescript/no-explicit-any
export type NodeExecutorFactory = (blueprint: WorkflowBlueprint) => (nodeId: string) => NodeExecutor<any, any>

/** What an orchestrator is given beside the traverser and the state. It belongs to one run, whose outputs it can find. */
export interface ExecutionServices {
  readonly options: {
    /** Aborting it cancels the run. */
    readonly signal?: AbortSignal | undefined
    /** How many attempts may run at once. @default Infinity */
    readonly concurrency?: number | undefined
    readonly serializer: ISerializer
  }
  readonly executorFactory: NodeExecutorFactory
  /** The input of a node, from the outputs that the run's state holds. */
  resolveNodeInput(nodeId: string, blueprint: WorkflowBlueprint, context: object): Promise<unknown>
  /** The edges that a node's result takes, with their targets. */
  determineNextNodes(
    blueprint: WorkflowBlueprint,
    nodeId: string,
    result: { readonly output: unknown; readonly action?: string },
    context: object,
  ): Promise<{ node: NodeDefinition; edge: EdgeDefinition }[]>
  /** Computes what an edge's transform hands to its target; the target's input is resolved from it. */
  applyEdgeTransform(
    edge: EdgeDefinition,
    result: { readonly output: unknown; readonly action?: string },
    node: NodeDefinition,
    context: object,
  ): Promise<void>
}
