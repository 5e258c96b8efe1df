import { describe, expect, it } from 'vitest'
import { outcomeOfFacts } from '../../test/outcome-of-facts.ts'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import {
  cancellingScenario,
  randomOrder,
  recordedOrder,
  seededScenario,
} from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import { CellStore, decideOnce, runNamed } from '../../test/run-named.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import { cellsAround } from './cell-reach.ts'
import { NamedFrame } from './named-frame.ts'
import { Visit } from './visit.ts'

describe('a frame over named cells', () => {
  it('makes the same visits and marks as the reference model on 1,000 random graphs, one event a turn', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const scenario = seededScenario(seed)
      const reference = {
        ...runReference(scenario.blueprint, scenario.results, randomOrder(seed)),
        deps: new Map(),
        overlapped: new Set<string>(),
      }
      const actualOutcome = outcomeOfFacts(runNamed(scenario, randomOrder(seed + 1)))
      const [expected, actual] = comparable(scenario.blueprint, [reference, actualOutcome])
      expect(actual, `seed ${seed}`).toEqual(expected)
    }
  }, 60_000)

  it('cancels the same visits as the reference model on 1,000 random graphs', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const scenario = cancellingScenario(seed)
      const facts = runNamed(scenario, randomOrder(seed))
      const reference = runReference(scenario.blueprint, scenario.results, recordedOrder(facts))
      const [expected, actual] = comparable(scenario.blueprint, [
        { ...reference, deps: new Map(), overlapped: new Set<string>() },
        outcomeOfFacts(facts),
      ])
      expect(actual, `seed ${seed}`).toEqual(expected)
    }
  }, 60_000)

  it('fetches few times for a skip that spreads over 1,000 nodes', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `n${index}`)
    const blueprint = {
      id: 'chain',
      nodes: ids.map((id) => ({ id, uses: 'x' })),
      edges: ids.slice(1).map((target, index) => ({
        source: ids[index] as string,
        target,
        ...(index === 0 ? { action: 'go' } : {}),
      })),
    }
    const graph = compileGraph(blueprint)
    const store = new CellStore()
    decideOnce(graph, store, [], [], () => ({ type: 'begin' }))
    store.rounds = 0
    decideOnce(graph, store, cellsAround(graph, 0, []), [], (run) => ({
      type: 'settled',
      visit: new Visit(0, NamedFrame.root(run)),
      outcome: { status: 'completed', output: undefined },
      random: 0,
    }))
    expect(store.rounds).toBeLessThanOrEqual(6)
    expect(JSON.parse(store.texts.get('v:n999') ?? '{}')).toMatchObject({ status: 6 })
  })
})
