import * as fc from 'fast-check'
import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import type { FailurePolicy } from '../../src/model/policy.ts'
import type { RunFact } from '../../src/model/run-event.ts'
import { visitKey } from '../../src/model/visit.ts'
import { randomBlueprint, withCancels } from './random-blueprint.ts'
import type { Draw } from './random-blueprint.ts'
import { randomResults, seededDraw } from './random-results.ts'
import { readGraph } from './reference-graph.ts'
import { UndoBook } from './undo-book.ts'
import type { ReferenceResults } from './routing.ts'

/** A valid blueprint, and the result of each of its visits. */
export interface Scenario {
  readonly blueprint: WorkflowBlueprint
  /** Names the results: `results` is `randomResults(blueprint, resultSeed)`. */
  readonly resultSeed: number
  readonly results: ReferenceResults
  /** @default 'continue' */
  readonly onFailure?: FailurePolicy
  /** Undoes what completed, where a failure is compensated. */
  readonly book?: UndoBook
}

/** The scenario of a seed: fast, for sweeps over many. Draws again until the graph is valid. */
export function seededScenario(seed: number): Scenario {
  const draw = seededDraw(seed)
  for (;;) {
    const scenario = drawScenario(draw, draw(2 ** 31))
    if (scenario !== undefined) return scenario
  }
}

/** The scenario of a seed, with nodes that cancel others: what such a run comes to depends on the order in which visits settle. */
export function cancellingScenario(seed: number): Scenario {
  const { blueprint, resultSeed, results } = seededScenario(seed)
  return { blueprint: withCancels(seededDraw(seed), blueprint), resultSeed, results }
}

/** The scenario of a seed whose failure is compensated: half of its nodes can be undone, and some cancel others. */
export function compensatingScenario(seed: number): Scenario & { readonly book: UndoBook } {
  const scenario = seed % 2 === 0 ? seededScenario(seed) : cancellingScenario(seed)
  const draw = seededDraw(seed)
  const nodes = scenario.blueprint.nodes.map((node) =>
    draw(2) === 0 ? node : { ...node, config: { ...node.config, compensate: 'undo' } },
  )
  const blueprint = { ...scenario.blueprint, nodes }
  return { ...scenario, blueprint, onFailure: 'compensate', book: new UndoBook() }
}

/** Scenarios for fast-check. They shrink to fewer nodes and edges, since a choice of 0, or none, is always the simplest. */
export const scenarioArbitrary: fc.Arbitrary<Scenario> = fc
  .tuple(fc.array(fc.nat(), { maxLength: 200, size: 'max' }), fc.nat())
  .map(([choices, resultSeed]) => {
    let next = 0
    const draw: Draw = (below) => {
      const choice = choices[next] ?? 0
      next += 1
      return choice % below
    }
    return drawScenario(draw, resultSeed)
  })
  .filter((scenario) => scenario !== undefined)

/** A way to choose which ready visit settles next, for `runReference`. */
export function randomOrder(seed: number): (readyKeys: readonly string[]) => number {
  const draw = seededDraw(seed)
  return (readyKeys) => draw(readyKeys.length)
}

/** The order in which the visits of a finished run settled, for `runReference`. */
export function recordedOrder(facts: readonly RunFact[]): (readyKeys: readonly string[]) => number {
  const keys = facts
    .filter((fact) => fact.type === 'node.completed' || fact.type === 'node.failed')
    .map((fact) => visitKey(fact))
  let next = 0
  return (readyKeys) => readyKeys.indexOf(keys[next++] ?? '')
}

function drawScenario(draw: Draw, resultSeed: number): Scenario | undefined {
  const blueprint = randomBlueprint(draw)
  if (readGraph(blueprint).problems.length > 0) return undefined
  return { blueprint, resultSeed, results: randomResults(blueprint, resultSeed) }
}
