import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { definitionKey } from '../actor/definitions.ts'
import { startRun } from '../actor/start-run.ts'
import { EngineDefinitions } from '../actor/engine-definitions.ts'
import { bindRun } from '../execution/bind-run.ts'
import { definitionHash } from '../graph/definition-hash.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import type { RunEvent } from '../model/run-event.ts'
import { EventBus } from '../defaults/event-bus.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { createWorker } from './create-worker.ts'
import { FlowRuntime } from './flow-runtime.ts'

const blueprint = {
  id: 'greet',
  nodes: [
    { id: 'hello', uses: 'hello' },
    { id: 'nap', uses: 'sleep', params: { durationMs: 2500 } },
    { id: 'shout', uses: 'shout' },
  ],
  edges: [
    { source: 'hello', target: 'nap' },
    { source: 'nap', target: 'shout' },
  ],
}

const registry = {
  hello: ({ input }: NodeContext) => `hello ${String(input)}`,
  shout: ({ input }: NodeContext) => `${String(input).toUpperCase()}!`,
}

async function untilEnded(clock: VirtualClock, isEnded: () => Promise<boolean>): Promise<void> {
  for (let step = 0; step < 100 && !(await isEnded()); step++) {
    for (let turn = 0; turn < 100; turn++) await Promise.resolve()
    clock.advance(500)
  }
}

describe('a worker', () => {
  it('carries out runs of its store, tells listeners of them in order, and closes', async () => {
    const clock = new VirtualClock()
    const store = memoryCoordinationStore({ clock })
    const queue = memoryJobQueue({ clock })
    const eventBus = new EventBus(silentLogger)
    const events: RunEvent[] = []
    eventBus.on('*', (event) => events.push(event))
    const worker = createWorker({ blueprints: [blueprint], registry, store, queue, clock, eventBus })
    const client = new FlowRuntime({ registry, clock })
    const { traverser, state, executorFactory, services } = client.prepare(blueprint)
    const { engine } = bindRun(traverser, state, executorFactory, services)
    const definition = new EngineDefinitions().add(blueprint, engine)
    expect(definition.key).toBe(definitionKey(blueprint, definitionHash(blueprint)))
    const reply = await startRun(store, definition, { runId: 'g', input: engine.serializer.serialize('you') })
    expect(reply.status).toBe('started')
    await untilEnded(clock, async () => (await store.readRun('g'))?.status === 'completed')
    await worker.close()
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
    expect(events.at(-1)).toMatchObject({ type: 'run.completed', output: 'HELLO YOU!' })
  })

  it('refuses to be opened without anything to work on', () => {
    const store = memoryCoordinationStore()
    const queue = memoryJobQueue()
    expect(() => createWorker({ store, queue })).toThrow('a worker needs "workflows" or "blueprints"')
  })
})
