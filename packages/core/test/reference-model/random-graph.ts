import * as fc from 'fast-check'
import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { randomBlueprint } from './random-blueprint.ts'
import type { Draw } from './random-blueprint.ts'
import { randomResults, seededDraw } from './random-results.ts'
import { readGraph } from './reference-graph.ts'
import type { ReferenceResults } from './routing.ts'

/** A valid blueprint, and the result of each of its visits. */
export interface Scenario {
  readonly blueprint: WorkflowBlueprint
  /** Names the results: `results` is `randomResults(blueprint, resultSeed)`. */
  readonly resultSeed: number
  readonly results: ReferenceResults
}

/** The scenario of a seed: fast, for sweeps over many. Draws again until the graph is valid. */
export function seededScenario(seed: number): Scenario {
  const draw = seededDraw(seed)
  for (;;) {
    const scenario = drawScenario(draw, draw(2 ** 31))
    if (scenario !== undefined) return scenario
  }
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

function drawScenario(draw: Draw, resultSeed: number): Scenario | undefined {
  const blueprint = randomBlueprint(draw)
  if (readGraph(blueprint).problems.length > 0) return undefined
  return { blueprint, resultSeed, results: randomResults(blueprint, resultSeed) }
}
