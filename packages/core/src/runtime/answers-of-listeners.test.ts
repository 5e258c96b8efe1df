import { describe, expect, it } from 'vitest'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const blueprint = {
  id: 'asking',
  nodes: [
    { id: 'a', uses: 'later' },
    { id: 'one', uses: 'wait' },
    { id: 'two', uses: 'wait' },
    { id: 'calls', uses: 'calls' },
  ],
  edges: ['one', 'two', 'calls'].map((target) => ({ source: 'a', target })),
}
const registry: Registry = {
  later: () => settle(),
  calls: ({ waitFor }: NodeContext) => Promise.all([waitFor('three'), waitFor('four')]),
}

describe('a listener that hears of a wait', () => {
  it.each([
    ['in memory', {}],
    ['with a journal', { store: memoryJournalStore() }],
  ])('can answer it at once: a run %s', async (_where, options) => {
    const runtime = new FlowRuntime({ registry, ...options })
    const answers: Promise<void>[] = []
    runtime.eventBus.on('wait.opened', ({ runId, waitId, name }) => {
      answers.push(runtime.open(runId).resume(waitId as `${string}:${string}`, `answer ${name}`))
    })
    const run = await runtime.start(blueprint)
    const { status, outputs } = await run.result()
    await Promise.all(answers)
    expect({ status, outputs }).toMatchObject({
      status: 'completed',
      outputs: { one: 'answer one', two: 'answer two', calls: ['answer three', 'answer four'] },
    })
  })
})
