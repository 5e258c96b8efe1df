import { route } from '@heddle/core'
import type { NodeContext, Registry, WorkflowBlueprint } from '@heddle/core'

/** A graph for the programs of the document to run, and what its run is started with. */
export interface Graph {
  readonly blueprint: WorkflowBlueprint
  readonly input?: unknown
}

/** Handlers that need no more than their input, so that every orchestrator must give the same. `calls` gets the id of each visit. */
export function handlersInto(calls: string[]): Registry {
  const record =
    (handler: (context: NodeContext) => unknown) =>
    (context: NodeContext): unknown => {
      calls.push(context.nodeId)
      return handler(context)
    }
  return {
    name: record(({ nodeId }) => nodeId),
    input: record(({ input }) => input),
    double: record(({ input }) => Number(input) * 2),
    choose: record(({ input }) => route(Number(input) > 10 ? 'large' : 'small', input)),
    fail: record(({ nodeId }) => {
      throw new Error(`${nodeId} is broken`)
    }),
    remember: record(({ context, nodeId }) => context.set('last', nodeId)),
  }
}

const node = (id: string, uses: string, config?: WorkflowBlueprint['nodes'][number]['config']) => ({
  id,
  uses,
  ...(config === undefined ? {} : { config }),
})
const edge = (source: string, target: string, rest: object = {}) => ({ source, target, ...rest })

/** The graphs by name. */
export const graphs: Readonly<Record<string, Graph>> = {
  linear: {
    input: 4,
    blueprint: {
      id: 'linear',
      nodes: [node('a', 'double'), node('b', 'double'), node('c', 'remember'), node('d', 'name')],
      edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'd')],
    },
  },
  diamond: {
    input: 4,
    blueprint: {
      id: 'diamond',
      nodes: [node('top', 'double'), node('left', 'double'), node('right', 'name'), node('bottom', 'input')],
      edges: [edge('top', 'left'), edge('top', 'right'), edge('left', 'bottom'), edge('right', 'bottom')],
    },
  },
  'exclusive branch into an all join': {
    input: 4,
    blueprint: {
      id: 'exclusive',
      nodes: [
        node('choose', 'choose'),
        node('large', 'name'),
        node('small', 'name'),
        node('join', 'input'),
        node('after', 'name'),
      ],
      edges: [
        edge('choose', 'large', { action: 'large' }),
        edge('choose', 'small', { action: 'small' }),
        edge('large', 'join'),
        edge('small', 'join'),
        edge('join', 'after'),
      ],
    },
  },
  'conditions into an all join': {
    input: 12,
    blueprint: {
      id: 'conditions',
      nodes: [node('first', 'input'), node('high', 'name'), node('low', 'name'), node('join', 'input')],
      edges: [
        edge('first', 'high', { condition: 'result > 10' }),
        edge('first', 'low', { condition: 'result <= 10' }),
        edge('high', 'join'),
        edge('low', 'join'),
      ],
    },
  },
  'any join': {
    blueprint: {
      id: 'any',
      nodes: [
        node('a', 'name'),
        node('b', 'name'),
        node('first', 'name', { joinStrategy: 'any' }),
        node('end', 'name'),
      ],
      edges: [edge('a', 'first'), edge('b', 'first'), edge('first', 'end')],
    },
  },
  'error edge': {
    blueprint: {
      id: 'error-edge',
      nodes: [node('risky', 'fail'), node('usual', 'name'), node('rescue', 'name')],
      edges: [edge('risky', 'usual'), edge('risky', 'rescue', { on: 'error' })],
    },
  },
  'unhandled error': {
    blueprint: {
      id: 'error',
      policy: { onFailure: 'continue' },
      nodes: [node('risky', 'fail'), node('behind', 'name'), node('other', 'name')],
      edges: [edge('risky', 'behind')],
    },
  },
  'fallback that runs': {
    blueprint: {
      id: 'fallback',
      nodes: [node('risky', 'fail', { fallback: 'plan-b' }), node('plan-b', 'name'), node('end', 'input')],
      edges: [edge('risky', 'end')],
    },
  },
  'fallback that nobody needs': {
    input: 1,
    blueprint: {
      id: 'unneeded-fallback',
      nodes: [node('safe', 'double', { fallback: 'plan-b' }), node('plan-b', 'name'), node('end', 'input')],
      edges: [edge('safe', 'end')],
    },
  },
  transform: {
    input: 3,
    blueprint: {
      id: 'transform',
      nodes: [node('a', 'double'), node('b', 'input')],
      edges: [edge('a', 'b', { transform: '{"doubled": result}' })],
    },
  },
}
