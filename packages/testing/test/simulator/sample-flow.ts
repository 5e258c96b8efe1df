import type { NodeContext, NodeDefinition, Registry, Workflow, WorkflowBlueprint } from '@heddle/core'
import { flow, type EdgeText } from '../../src/conformance/flow.ts'
import type { SimulateOptions } from '../../src/simulator/simulate-options.ts'

/** A workflow with what a simulation of it needs. */
export interface SampleFlow {
  readonly workflow: Workflow
  readonly options: Omit<SimulateOptions, 'seeds'>
}

/** Says where it ran and what it was given. */
export const work = ({ nodeId, iteration, input }: NodeContext): unknown => ({
  at: [nodeId, ...iteration].join('@'),
  input,
})

/** Says where it ran only: for joins that are handed whatever came first. */
export const name = ({ nodeId, iteration }: NodeContext): unknown => [nodeId, ...iteration].join('@')

/** Fails its first attempts. */
export const flaky =
  (failures: number) =>
  ({ nodeId, attempt }: NodeContext): unknown => {
    if (attempt <= failures) throw new Error(`${nodeId} fails at attempt ${attempt}`)
    return `${nodeId} at attempt ${attempt}`
  }

const fail = ({ nodeId }: NodeContext): never => {
  throw new Error(`${nodeId} fails`)
}

/** Handlers that any sample may name. */
export const handlers: Registry = { work, name, fail }

/** A sample with a handler for every name that it lacks. */
export function sample(
  blueprint: WorkflowBlueprint,
  registry: Registry = {},
  options: SampleFlow['options'] = {},
): SampleFlow {
  const own = Object.fromEntries(blueprint.nodes.map(({ uses }) => [uses, work]))
  const { map: _map, sleep: _sleep, subflow: _subflow, wait: _wait, ...missing } = own
  return {
    workflow: { blueprint, registry: { ...missing, ...handlers, ...registry } },
    options: { input: ({ run }: { readonly run: number }) => ({ order: run }), ...options },
  }
}

/** A blueprint of nodes that use the handler of their own id unless they say which. */
export function graph(
  nodes: readonly (string | NodeDefinition)[],
  edges: readonly EdgeText[],
  rest: Partial<WorkflowBlueprint> = {},
): WorkflowBlueprint {
  const named = nodes.map((given) =>
    typeof given === 'string' ? ([given, {}] as const) : ([given.id, given] as const),
  )
  return flow(Object.fromEntries(named), edges, rest)
}

/** A node that uses a handler by name. */
export const node = (id: string, uses: string, rest: Partial<NodeDefinition> = {}): NodeDefinition => ({
  id,
  uses,
  ...rest,
})
