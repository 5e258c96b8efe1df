import { FlowRuntime, GraphTraverser, route, validateBlueprint } from '@heddle/core'
import type { WorkflowBlueprint } from '@heddle/core'
import type { Graph } from '../graph.ts'
import type { Compilation, CompileLoad, Engine, GraphLoad, LoopLoad, Run } from './contract.ts'
import { noop } from './contract.ts'

/** `@heddle/core` as applications use it: one runtime, one blueprint object, `runtime.run`, every output read from the result. */
export const heddle: Engine = {
  name: 'heddle',

  async prepareGraph({ graph, work, concurrency, readsSignal = false, isObserved = false }: GraphLoad): Promise<Run> {
    const { nodeIds } = graph
    const runtime = new FlowRuntime({ registry: { step: handler(work, readsSignal) } })
    let heard = 0
    if (isObserved) runtime.eventBus.on('*', () => void heard++)
    const blueprint = describe(graph, graph.id, work !== undefined)
    const options = { ...(concurrency === undefined ? {} : { concurrency }), ...(isObserved ? { journal: true } : {}) }
    return async () => {
      heard = 0
      const { status, outputs } = await runtime.run(blueprint, undefined, options)
      if (status !== 'completed') throw new Error(`the run ended ${status}`)
      if (isObserved && heard < nodeIds.length) {
        throw new Error(`the listener heard ${heard} events of ${nodeIds.length} nodes`)
      }
      let total = 0
      for (const id of nodeIds) total += outputs[id] as number
      return total
    }
  },

  async prepareLoop({ iterations }: LoopLoad): Promise<Run> {
    const last = iterations - 1
    const step = async ({ iteration }: { iteration: readonly number[] }) => {
      const [index = 0] = iteration
      return index < last ? route('again') : index + 1
    }
    const runtime = new FlowRuntime({ registry: { step } })
    const blueprint: WorkflowBlueprint = {
      id: `loop-${iterations}`,
      start: ['n'],
      nodes: [{ id: 'n', uses: 'step', config: { maxIterations: iterations * 2 } }],
      edges: [{ source: 'n', target: 'n', action: 'again' }],
    }
    return async () => {
      const { status, outputs } = await runtime.run(blueprint, undefined)
      if (status !== 'completed') throw new Error(`the run ended ${status}`)
      return outputs['n'] as number
    }
  },

  async prepareCompile({ graph }: CompileLoad): Promise<Compilation> {
    let count = 0
    let blueprint = describe(graph, `${graph.id}-${count}`, false)
    return {
      // Another object with another id: neither the object nor its definition hash was seen before.
      renew: () => {
        count++
        blueprint = describe(graph, `${graph.id}-${count}`, false)
      },
      compile: async () => {
        const problems = validateBlueprint(blueprint)
        if (problems.length > 0) throw new Error('a valid blueprint was found to have problems')
        const traverser = new GraphTraverser(blueprint)
        return traverser.hasMoreWork() ? blueprint.nodes.length : 0
      },
    }
  },

  // What keeps runs in files is no part of the other measurements.
  prepareDurable: async (load) => (await import('./heddle-durable.ts')).prepareDurable(load),
  prepareLookBack: async (load) => (await import('./heddle-durable.ts')).prepareLookBack(load),
  prepareDistributed: async (load) => (await import('./heddle-redis.ts')).prepareDistributed(load),
  recovery: async () => (await import('./heddle-recovery.ts')).recovery,
}

function describe({ nodeIds, edges }: Graph, id: string, hasIndex: boolean): WorkflowBlueprint {
  return {
    id,
    nodes: nodeIds.map((nodeId, index) => ({ id: nodeId, uses: 'step', ...(hasIndex ? { params: { index } } : {}) })),
    edges: edges.map(([source, target]) => ({ source: nodeIds[source] ?? '', target: nodeIds[target] ?? '' })),
  }
}

interface StepContext {
  readonly params: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

function handler(work: GraphLoad['work'], readsSignal: boolean): (context: StepContext) => Promise<number> {
  if (readsSignal) return async ({ signal }) => (signal.aborted ? 0 : 1)
  return work === undefined ? noop : ({ params }) => work(params['index'] as number)
}
