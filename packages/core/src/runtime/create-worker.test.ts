import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { whileTimePasses } from '../../test/while-time-passes.ts'
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

describe('a worker', () => {
  it('carries out runs of its store, tells listeners of them in order, and closes', async () => {
    const clock = new VirtualClock()
    const store = memoryCoordinationStore({ clock })
    const queue = memoryJobQueue({ clock })
    const eventBus = new EventBus(silentLogger)
    const events: RunEvent[] = []
    eventBus.on('*', (event) => events.push(event))
    const worker = createWorker({ blueprints: [blueprint], registry, store, queue, clock, eventBus })
    const result = await whileTimePasses(clock, new FlowRuntime({ store, queue, clock }).run(blueprint, 'you'))
    await worker.close()
    expect(result.output).toBe('HELLO YOU!')
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
    expect(events.at(-1)).toMatchObject({ type: 'run.completed', output: 'HELLO YOU!' })
  })

  it('refuses to be opened without anything to work on', () => {
    const store = memoryCoordinationStore()
    const queue = memoryJobQueue()
    expect(() => createWorker({ store, queue })).toThrow('give "workflows" or "blueprints"')
  })
})
