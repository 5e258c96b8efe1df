import { HeddleError } from '../src/errors/heddle-error.ts'
import { compileGraph } from '../src/graph/compile-graph.ts'
import type { CompiledGraph } from '../src/graph/compiled-graph.ts'
import { CellOverlay, MissingCells } from '../src/kernel/cell-overlay.ts'
import { cellsAround, cellsBehind } from '../src/kernel/cell-reach.ts'
import { Control } from '../src/kernel/control.ts'
import { decide } from '../src/kernel/decide.ts'
import type { KernelEvent } from '../src/kernel/kernel-event.ts'
import { NamedFrame, type NamedRun } from '../src/kernel/named-frame.ts'
import { NamedRunState } from '../src/kernel/named-run-state.ts'
import { nameVisit, Visit } from '../src/kernel/visit.ts'
import type { Cell } from '../src/model/cell.ts'
import type { Outcome } from '../src/model/outcome.ts'
import type { RunFact } from '../src/model/run-event.ts'
import { visitKey, type VisitName } from '../src/model/visit.ts'
import type { Scenario } from './reference-model/random-graph.ts'

/** A store of cells as text, and a count of what travelled. */
export class CellStore {
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
export function decideOnce(
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
    const control = new Control(graph, NamedFrame.root(run), 'continue', undefined, new NamedRunState(cells))
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

/** The facts of a scenario over named cells, one event a turn, the ready visits settling in the order that `choose` picks. */
export function runNamed(scenario: Scenario, choose: (keys: readonly string[]) => number): RunFact[] {
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
  return facts
}
