import { describe, expect, it } from 'vitest'
import { outcomeOfFacts } from '../../test/outcome-of-facts.ts'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import { randomOrder, seededScenario, type Scenario } from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import type { ReferenceOutcome } from '../../test/reference-model/run-record.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { Cell } from '../model/cell.ts'
import type { Outcome } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { CellOverlay, MissingCells } from './cell-overlay.ts'
import { cellsAround, cellsBehind } from './cell-reach.ts'
import { Control } from './control.ts'
import { decide, type KernelEvent } from './decide.ts'
import { NamedFrame, type NamedRun } from './named-frame.ts'
import { NamedRunState } from './named-run-state.ts'
import { nameVisit, Visit } from './visit.ts'

/** A store of cells as text, and a count of what travelled. */
class CellStore {
  readonly texts: Map<string, string> = new Map()
  fetched = 0
  rounds = 0

  load(cells: CellOverlay, names: Iterable<string>): void {
    this.rounds++
    for (const name of names) {
      this.fetched++
      const text = this.texts.get(name)
      cells.load({ [name]: text === undefined ? null : (JSON.parse(text) as Cell) })
    }
  }
}

/** Decides one event in a turn of its own: nothing but the cells is kept from one event to the next. */
function decideOnce(
  graph: CompiledGraph,
  store: CellStore,
  names: Iterable<string>,
  facts: RunFact[],
  event: (run: NamedRun) => KernelEvent,
): Visit[] {
  const cells = new CellOverlay()
  store.load(cells, names)
  for (;;) {
    const run: NamedRun = { graph, cells, frames: new Map() }
    const control = new Control(graph, NamedFrame.root(run), 'continue', new NamedRunState(cells))
    control.facts = []
    try {
      decide(control, event(run))
    } catch (error) {
      if (!(error instanceof MissingCells)) throw error
      cells.discard()
      if (error.names === 'all') {
        store.load(cells, store.texts.keys())
        cells.isComplete = true
      } else store.load(cells, [...error.names, ...cellsBehind(graph, error.seeds, (name) => cells.has(name), 256)])
      continue
    }
    cells.keep()
    for (const [name, cell] of Object.entries(cells.takeChanges())) store.texts.set(name, JSON.stringify(cell))
    facts.push(...control.facts)
    return control.ready.list()
  }
}

function outcomeOf({ results }: Scenario, graph: CompiledGraph, visit: Visit): Outcome {
  const { nodeId, iteration, insteadOf } = nameVisit(graph, visit)
  const result = results(nodeId, iteration, insteadOf)
  const edges = graph.outEdges.slice(graph.outStart[visit.routes], graph.outStart[visit.routes + 1])
  const conditions = edges.map((edge) =>
    graph.edges[edge]?.condition === undefined ? undefined : result.conditions?.[graph.edgeKey(edge)] === true,
  )
  if ('fail' in result) return { status: 'failed', error: new HeddleError('NODE_FAILED', 'it fails'), conditions }
  return { status: 'completed', output: undefined, action: result.action, conditions }
}

function runNamed(scenario: Scenario, choose: (keys: readonly string[]) => number): ReferenceOutcome {
  const graph = compileGraph(scenario.blueprint)
  const store = new CellStore()
  const facts: RunFact[] = []
  const ready: VisitName[] = []
  const named = (visits: readonly Visit[]): VisitName[] => visits.map((visit) => nameVisit(graph, visit))
  ready.push(...named(decideOnce(graph, store, [], facts, () => ({ type: 'begin' }))))
  while (ready.length > 0) {
    const [name] = ready.splice(choose(ready.map((candidate) => visitKey(candidate))), 1)
    if (name === undefined) break
    const node = graph.indexById.get(name.nodeId) as number
    const insteadOf = name.insteadOf === undefined ? -1 : (graph.indexById.get(name.insteadOf) as number)
    const routes = insteadOf === -1 ? node : insteadOf
    const names = cellsAround(graph, routes, name.iteration)
    ready.push(
      ...named(
        decideOnce(graph, store, names, facts, (run) => {
          const visit = new Visit(node, NamedFrame.at(run, routes, name.iteration), -1, insteadOf)
          return { type: 'settled', visit, outcome: outcomeOf(scenario, graph, visit), random: 0 }
        }),
      ),
    )
  }
  return outcomeOfFacts(facts)
}

describe('a frame over named cells', () => {
  it('makes the same visits and marks as the reference model on 1,000 random graphs, one event a turn', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const scenario = seededScenario(seed)
      const reference = {
        ...runReference(scenario.blueprint, scenario.results, randomOrder(seed)),
        deps: new Map(),
        overlapped: new Set<string>(),
      }
      const [expected, actual] = comparable(scenario.blueprint, [reference, runNamed(scenario, randomOrder(seed + 1))])
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
