import { describe, expect, it } from 'vitest'
import { EventDrivenOrchestrator } from '../orchestrators/event-driven.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

/** Two nodes that are joined; what comes of it goes to a handler at once, after a sleep, through expressions and through a subflow. */
const blueprint: WorkflowBlueprint = {
  id: 'inputs',
  nodes: [
    { id: 'a', uses: 'one' },
    { id: 'constructor', uses: 'one' },
    { id: 'joined', uses: 'look' },
    { id: 'asked', uses: 'look', inputs: { q: '1', ['__proto__']: '2' } },
    { id: 'asleep', uses: 'sleep', params: { durationMs: 1 } },
    { id: 'awake', uses: 'look' },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
    { id: 'behind', uses: 'look' },
  ],
  edges: [
    { source: 'a', target: 'joined' },
    { source: 'constructor', target: 'joined' },
    { source: 'a', target: 'asleep' },
    { source: 'constructor', target: 'asleep' },
    { source: 'asleep', target: 'awake' },
    { source: 'sub', target: 'behind' },
  ],
}

const child: WorkflowBlueprint = {
  id: 'child',
  nodes: [
    { id: 'x', uses: 'one' },
    { id: 'y', uses: 'one' },
  ],
  edges: [],
}

const registry: Registry = {
  one: () => 1,
  look: ({ input }: NodeContext) => [
    Object.getPrototypeOf(input) === Object.prototype,
    Object.keys(input as object),
    ({} as { polluted?: unknown }).polluted ?? String(input),
  ],
}

describe('the input of a node', () => {
  const seen = (keys: readonly string[]): unknown[] => [true, keys, '[object Object]']
  const looks = {
    joined: seen(['a', 'constructor']),
    awake: seen(['a', 'constructor']),
    asked: seen(['q', '__proto__']),
    behind: seen(['x', 'y']),
  }

  it('is an ordinary object, whether it was stored on its way or not', async () => {
    const runtime = new FlowRuntime({ registry, blueprints: { child } })
    expect((await runtime.run(blueprint)).outputs).toMatchObject(looks)
  })

  it('is an ordinary object where the run is carried out by jobs', async () => {
    const { traverser, executorFactory, state, services } = new FlowRuntime({
      registry,
      blueprints: { child },
    }).prepare(blueprint)
    const { outputs } = await new EventDrivenOrchestrator().run(traverser, executorFactory, state, services)
    expect(outputs).toMatchObject(looks)
  })
})
