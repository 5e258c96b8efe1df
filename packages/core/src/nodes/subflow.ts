import { HeddleError } from '../errors/heddle-error.ts'
import { SuspendRequest, type BuiltInContext, type BuiltInNode } from '../execution/engine/engine.ts'
import { yesOrNo } from '../execution/attempt/yes-or-no.ts'
import { isTooDeep } from '../model/too-deep.ts'
import { route } from '../model/node-result.ts'

/** Params of a `subflow` node. All but `blueprintId` are registry names. */
export interface SubflowParams {
  readonly blueprintId: string
  /** Makes the child's input. @default the node's input */
  readonly input?: string
  /** Makes the node's output of the child's, which it finds as `output` in its context. @default the child's output */
  readonly output?: string
  /** Says after each child run whether there shall be another one: the node answers action `again` or `done`. */
  readonly again?: string
}

/** Runs another workflow as a child run with a state of its own; its failure is the node's failure. */
export const subflowNode: BuiltInNode = {
  handlerNames: (params) =>
    [params['input'], params['output'], params['again']].filter((name) => typeof name === 'string'),
  attempt: async (context) => {
    const { resumption } = context
    if (resumption?.type === 'child-completed') return mapOutput(context, resumption.output)
    if (resumption?.type === 'child-failed') throw childFailure(context, resumption.error)
    if (resumption?.type === 'child-refused') throw resumption.error
    const { blueprintId, input } = context.settings as unknown as SubflowParams
    const childInput: unknown = input === undefined ? context.input : await context.engine.handler(input)(context)
    return new SuspendRequest({ type: 'child', name: context.nodeId, blueprintId, input: childInput })
  },
}

async function mapOutput(context: BuiltInContext, childOutput: unknown): Promise<unknown> {
  const { output, again } = context.settings as unknown as SubflowParams
  const mapped: unknown =
    output === undefined ? childOutput : await context.engine.handler(output)(withOutput(context, childOutput))
  if (again === undefined) return mapped
  const more = await context.engine.handler(again)(withOutput(context, mapped))
  if (yesOrNo(context.nodeId, again, more)) return route('again', mapped)
  // A loop that ends the workflow has no edge for `done`, and nothing is lost by that.
  return hasEdgeFor(context, 'done') ? route('done', mapped) : mapped
}

function hasEdgeFor({ graph, visit }: BuiltInContext, action: string): boolean {
  const edges = graph.outEdges.slice(graph.outStart[visit.routes], graph.outStart[visit.routes + 1])
  return edges.some((edge) => graph.edges[edge]?.action === action)
}

/** The context of a function that looks at the child's output. */
function withOutput(context: BuiltInContext, output: unknown): unknown {
  // Read before it is inherited, so that both contexts write to one view of the shared values.
  void context.context
  return Object.create(context, { output: { value: output, enumerable: true } })
}

function childFailure(context: BuiltInContext, error: HeddleError): HeddleError {
  const { blueprintId } = context.settings as unknown as SubflowParams
  return new HeddleError(
    'SUBFLOW_FAILED',
    `subflow "${context.nodeId}" (workflow "${blueprintId}") failed: ${error.message}`,
    {
      details: { nodeId: context.nodeId, blueprintId },
      retryable: !isTooDeep(error),
      cause: error,
    },
  )
}
