import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import { predecessorsOf, successorsOf } from '../graph.ts'
import type { Engine, GraphLoad, LoopLoad, Run } from './contract.ts'
import { noop } from './contract.ts'

/**
 * npm `@langchain/langgraph`, without a checkpointer. The state is one number that a reducer adds up: a record of outputs that is
 * merged at each step would make it slower, and that would be our doing.
 */
const State = Annotation.Root({
  total: Annotation<number>({ reducer: (left, right) => left + right, default: () => 0 }),
})

/** Its builder types node ids as literals that grow with each call; ids that are read from data are plain strings. */
interface PlainBuilder {
  addNode: (id: string, body: () => Promise<{ total: number }>) => unknown
  addEdge: (source: string | string[], target: string) => unknown
  addConditionalEdges: (source: string, choose: (state: { total: number }) => string, targets: string[]) => unknown
}

export const langgraph: Engine = {
  name: 'langgraph',

  async prepareGraph({ graph, work = noop, concurrency }: GraphLoad): Promise<Run> {
    const builder = new StateGraph(State)
    const plain = builder as unknown as PlainBuilder
    const predecessors = predecessorsOf(graph)
    const successors = successorsOf(graph)
    for (const [node, id] of graph.nodeIds.entries()) plain.addNode(id, async () => ({ total: await work(node) }))
    for (const [node, id] of graph.nodeIds.entries()) {
      const sources = (predecessors[node] ?? []).map((source) => graph.nodeIds[source] ?? '')
      const [only = START] = sources
      plain.addEdge(sources.length > 1 ? sources : only, id)
      if (successors[node]?.length === 0) plain.addEdge(id, END)
    }
    const compiled = builder.compile()
    const limit = concurrency === undefined ? {} : { maxConcurrency: concurrency }
    const options = { recursionLimit: graph.nodeIds.length + 10, ...limit }
    return async () => (await compiled.invoke({ total: 0 }, options)).total
  },

  async prepareLoop({ iterations }: LoopLoad): Promise<Run> {
    const builder = new StateGraph(State)
    const plain = builder as unknown as PlainBuilder
    plain.addNode('body', async () => ({ total: await noop() }))
    plain.addEdge(START, 'body')
    plain.addConditionalEdges('body', ({ total }) => (total < iterations ? 'body' : END), ['body', END])
    const compiled = builder.compile()
    const options = { recursionLimit: iterations + 10 }
    return async () => (await compiled.invoke({ total: 0 }, options)).total
  },
}
