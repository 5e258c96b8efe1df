import { describe, expect, it } from 'vitest'
import { machines } from '../../test/machines.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { RunEvent } from '../model/run-event.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'
import { EventBus } from '../defaults/event-bus.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import type { NodeContext } from '../ports/node-context.ts'
import type { Worker } from '../worker/worker.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { createWorker, type CreateWorkerOptions } from './create-worker.ts'
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

describe('a client', () => {
  it('refuses a queue that is none', () => {
    const options = { store: memoryCoordinationStore(), queue: {} as IJobQueue }
    expect(() => new FlowRuntime(options)).toThrow('queue must be a job queue, as memoryJobQueue() makes one')
  })
})

describe('a worker', () => {
  it('carries out runs of its store, tells listeners of them in order, and closes', async () => {
    const { client, work, pass } = machines()
    const eventBus = new EventBus(silentLogger)
    const events: RunEvent[] = []
    eventBus.on('*', (event) => events.push(event))
    const worker = work({ blueprints: [blueprint], registry, eventBus })
    const result = await pass(client().run(blueprint, 'you'))
    await worker.close()
    expect(result.output).toBe('HELLO YOU!')
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
    expect(events.at(-1)).toMatchObject({ type: 'run.completed', output: 'HELLO YOU!' })
  })

  it('takes blueprints and workflows by their ids as a runtime does', async () => {
    const { client, work, pass } = machines()
    const shouting = defineWorkflow('shouting', { input: ofType<string>() })
      .node('shout', ({ input }) => `${input}!`)
      .build()
    const outer: WorkflowBlueprint = {
      id: 'outer',
      nodes: [{ id: 's', uses: 'subflow', params: { blueprintId: 'shouting' } }],
      edges: [],
    }
    const blueprints = { outer, shouting }
    work({ blueprints })
    const runtime = client({ blueprints })
    expect((await pass(runtime.run(outer, 'you'))).output).toBe('you!')
    expect((await pass(runtime.run(shouting, 'me'))).output).toBe('me!')
  })

  it.each([
    ['options', null],
    ['blueprints', { blueprints: 5 }],
    ['blueprints', { blueprints: 'greet' }],
    ['workflows', { workflows: { greet: blueprint } }],
    ['registry', { blueprints: [blueprint], registry: [] }],
    ['store', { blueprints: [blueprint], store: undefined }],
    ['store', { blueprints: [blueprint], store: {} }],
    ['store', { blueprints: [blueprint], store: memoryJournalStore() }],
    ['queue', { blueprints: [blueprint], queue: undefined }],
    ['queue', { blueprints: [blueprint], queue: {} }],
    ['store', { blueprints: [blueprint], store: undefined, queue: undefined }],
    ['sweepMs', { blueprints: [blueprint], sweepMs: Number.NaN }],
    ['sweepMs', { blueprints: [blueprint], sweepMs: Infinity }],
    ['sweepMs', { blueprints: [blueprint], sweepMs: 0 }],
    ['limits', { blueprints: [blueprint], limits: null }],
    ['limits', { blueprints: [blueprint], limits: 'none' }],
    ['concurency', { blueprints: [blueprint], concurency: 3 }],
    ['pollMs', { blueprints: [blueprint], pollMs: 5 }],
    ['sweepMs', { blueprints: [blueprint], sweepMs: '100' }],
  ])('refuses %s of which nothing can be made: %j', (option, given) => {
    const ports = { store: memoryCoordinationStore(), queue: memoryJobQueue() }
    const options = (given === null ? null : { ...ports, ...given }) as unknown as CreateWorkerOptions
    const details: unknown = expect.objectContaining({ option })
    const expected = { code: 'INVALID_OPTION', details }
    expect(() => createWorker(options)).toThrow(expect.objectContaining(expected) as Error)
  })

  it.each([
    [{}, 'a worker needs a store and a queue: runs are kept in the store, and the queue wakes their workers'],
    [{ queue: memoryJobQueue() }, 'a worker with a queue needs a store too: runs are kept in the store'],
    [{ store: memoryCoordinationStore() }, 'a worker with a store needs a queue too: runs are kept in the store'],
  ])('says what it needs beside %j', (ports, message) => {
    expect(() =>
      createWorker({ blueprints: [blueprint], registry, ...ports } as unknown as CreateWorkerOptions),
    ).toThrow(message)
  })

  it('says what was probably meant by an option that it does not have', async () => {
    const ports = { blueprints: [blueprint], registry, store: memoryCoordinationStore(), queue: memoryJobQueue() }
    const open =
      (more: object): (() => Worker) =>
      () =>
        createWorker({ ...ports, ...more })
    expect(open({ concurency: 3 })).toThrow('a worker has no option "concurency". Did you mean "concurrency"?')
    expect(open({ fo: 3 })).toThrow('a worker has no option "fo". It has workflows, blueprints, registry, store, queue')
    // Those who spread their services spread the end of them too.
    await open({ close: () => undefined })().close()
  })

  it('refuses to be opened without anything to work on', () => {
    const store = memoryCoordinationStore()
    const queue = memoryJobQueue()
    expect(() => createWorker({ store, queue })).toThrow('give "workflows" or "blueprints"')
  })
})
