import { FlowRuntime, UnsafeEvaluator, createFlow } from 'flowcraft'
import type { Engine, GraphLoad, LoopLoad, Run } from './contract.ts'
import { noop } from './contract.ts'
import { describe } from './flowcraft-blueprint.ts'

/** npm `flowcraft`, with the options that it has when it is told nothing (on Node 20 four nodes at a time, in slices), unless a case says more. */
export const flowcraft: Engine = {
  name: 'flowcraft',

  async prepareGraph({
    graph,
    work = noop,
    concurrency,
    readsSignal = false,
    isObserved = false,
  }: GraphLoad): Promise<Run> {
    const { nodeIds } = graph
    let heard = 0
    const runtime = new FlowRuntime({
      registry: {
        step: async ({ params, signal }: { params: Record<string, unknown>; signal?: AbortSignal }) => {
          const isAborted = readsSignal && (signal?.aborted ?? false)
          return { output: isAborted ? 0 : await work(params['index'] as number) }
        },
      },
      ...(isObserved ? { eventBus: { emit: () => void heard++ } } : {}),
    })
    const blueprint = describe(graph)
    const options = concurrency === undefined ? {} : { concurrency }
    return async () => {
      const { context, status } = await runtime.run(blueprint, {}, options)
      if (status !== 'completed') throw new Error(`the run ended ${status}`)
      let total = 0
      for (const id of nodeIds) total += context[id] as number
      return total
    }
  },

  async prepareLoop({ iterations }: LoopLoad): Promise<Run> {
    let count = 0
    const flow = createFlow('loop')
      .node('body', async () => {
        count += await noop()
        return { output: count }
      })
      .node('end', async () => ({ output: count }))
      .loop('again', { startNodeId: 'body', endNodeId: 'body', condition: `body < ${iterations}` })
      .edge('again', 'body')
      .edge('again', 'end', { action: 'break' })
    const blueprint = flow.toBlueprint()
    // Its default evaluator has no comparisons.
    const runtime = new FlowRuntime({ evaluator: new UnsafeEvaluator() })
    const functionRegistry = flow.getFunctionRegistry()
    return async () => {
      count = 0
      const { context, status } = await runtime.run(blueprint, {}, { functionRegistry })
      if (status !== 'completed') throw new Error(`the run ended ${status}`)
      return context['end'] as number
    }
  },

  prepareDistributed: async (load) => (await import('./flowcraft-redis.ts')).prepareDistributed(load),
  recovery: async () => (await import('./flowcraft-recovery.ts')).recovery,
}
