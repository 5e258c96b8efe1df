import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import { FlowRuntime } from './flow-runtime.ts'

const marker = 'found nowhere else'

/** A node hands its output to three others, and then the run waits. */
const blueprint = graphOf(['a>b', 'a>c', 'a>d', 'b>e', 'c>e', 'd>e', 'e>hold'], {
  nodes: [{ id: 'hold', uses: 'wait' }],
})

const registry = { a: () => marker, b: () => 1, c: () => 1, d: () => 1, e: () => 1 }

const timesIn = (text: string): number => text.split(marker).length - 1

describe('an output that goes to several nodes', () => {
  it('stands once in a snapshot', async () => {
    const runtime = new FlowRuntime({ registry })
    await runtime.run(blueprint, null, { runId: 'r' })
    expect(timesIn(await runtime.open('r').snapshot())).toBe(1)
  })

  it('stands once in a journal', async () => {
    const store = memoryJournalStore()
    await new FlowRuntime({ registry, store }).run(blueprint, null, { runId: 'r' })
    expect(timesIn(JSON.stringify(await store.read('r')))).toBe(1)
  })
})
