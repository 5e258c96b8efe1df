import { expect, it } from 'vitest'
import { seededScenario } from '../../test/reference-model/random-graph.ts'
import { comparableResult } from '../../test/run-scenario.ts'
import { scenarioRegistry } from '../../test/scenario-registry.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import { isLastEvent } from '../model/last-event.ts'
import { FlowRuntime } from './flow-runtime.ts'

/** How many random graphs are forked at each event of their journal; `HEDDLE_GRAPHS` asks for more. */
const graphCount: number = Math.ceil(Number(process.env['HEDDLE_GRAPHS'] ?? 5000) / 250)

it('a fork with recorded outcomes comes to the same as its run, whichever event it leaves it at, and calls no handler', async () => {
  for (let seed = 0; seed < graphCount; seed++) {
    const scenario = seededScenario(seed)
    const { blueprint } = scenario
    const journals: MemoryJournals = new Map()
    const runtime = new FlowRuntime({
      registry: scenarioRegistry(scenario, seed),
      store: memoryJournalStore({ journals }),
    })
    const run = await runtime.start(blueprint, 'input', { runId: 'r', onFailure: 'continue' })
    const expected = comparableResult(await run.result())
    const journal = await run.journal()
    await runtime.close()
    const calls: string[] = []
    const scripted = ({ idempotencyKey }: { readonly idempotencyKey: string }): void => void calls.push(idempotencyKey)
    const registry = Object.fromEntries(blueprint.nodes.map(({ uses }) => [uses, scripted]))
    const later = new FlowRuntime({ registry, store: memoryJournalStore({ journals }) })
    for (const { seq: at } of journal.filter((event) => !isLastEvent(event))) {
      try {
        const fork = await later.fork(blueprint, 'r', { at, runId: `f${at}`, replay: 'recorded' })
        const result = comparableResult(await fork.result())
        expect({ seed, at, result, calls }).toEqual({ seed, at, result: expected, calls: [] })
      } catch (error) {
        // The decision that such an event belongs to ends the run.
        if (!(error as Error).message.includes('had ended at event')) throw error
      }
    }
    await later.close()
  }
}, 600_000)
