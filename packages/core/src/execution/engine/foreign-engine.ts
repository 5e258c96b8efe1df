import { HeddleError } from '../../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import type { NodeContext } from '../../ports/node-context.ts'
import { NodeResult } from '../../model/node-result.ts'
import type { Engine } from './engine.ts'
import type { ExecutionServices, NodeExecutorFactory } from './services.ts'
import { standaloneEngine } from './standalone-engine.ts'

/** An engine whose nodes are executed by a factory of the user's own, which stands in for the registry. */
export function foreignEngine(
  factory: NodeExecutorFactory,
  blueprint: WorkflowBlueprint,
  services: ExecutionServices,
  base: Engine | undefined,
): Engine {
  const executorOf = factory(blueprint)
  const engine = base ?? standaloneEngine(services.options.serializer)
  return {
    ...engine,
    plans: new WeakMap(),
    builtIn: () => undefined,
    handler: () => async (context: NodeContext) => {
      const execution = await executorOf(context.nodeId).execute(context.input)
      if (execution.status === 'failed') throw execution.error
      const { output, action } = execution.result as { output: unknown; action?: string }
      return new NodeResult(output, action)
    },
    startChild: () => {
      throw new HeddleError('UNKNOWN_BLUEPRINT', 'an executor factory of your own runs subflows by itself')
    },
  }
}
