import { expect } from 'vitest'
import { comparable } from './reference-model/compare-outcomes.ts'
import {
  cancellingScenario,
  randomOrder,
  recordedOrder,
  seededScenario,
  type Scenario,
} from './reference-model/random-graph.ts'
import { runReference } from './reference-model/reference-run.ts'
import type { ReferenceOutcome } from './reference-model/run-record.ts'
import type { ScenarioRun } from './run-scenario.ts'

/** How many random graphs each orchestrator runs; `HEDDLE_GRAPHS` asks for more. */
export const graphCount: number = Number(process.env['HEDDLE_GRAPHS'] ?? 5000)

/** The reference run, without what the model does not share with a real run: the deps of fallbacks. */
function referenceOf({ blueprint, results }: Scenario, seed: number): ReferenceOutcome {
  const orders = [0, 1, 2, 3].map((order) => runReference(blueprint, results, randomOrder(4 * seed + order)))
  const [first] = orders as [ReferenceOutcome]
  return {
    ...withoutFallbackDeps(first),
    overlapped: new Set(orders.flatMap(({ overlapped }) => [...overlapped])),
  }
}

function withoutFallbackDeps(reference: ReferenceOutcome): ReferenceOutcome {
  return { ...reference, deps: new Map([...reference.deps].filter(([key]) => !key.includes('^'))) }
}

/**
 * Two edges of one node may leave its loop in different iterations; `deps` has room for one output by node id, so such sources are
 * left out of the comparison.
 */
function withoutTwins(reference: ReferenceOutcome, actual: ReferenceOutcome): ReferenceOutcome[] {
  const nodeOf = (key: string): string => key.split('@')[0] ?? key
  return [reference, actual].map((run) => {
    const deps = [...run.deps].map(([key, sources]) => {
      const all = (reference.deps.get(key) ?? []).map(nodeOf)
      return [key, sources.filter((source) => all.indexOf(nodeOf(source)) === all.lastIndexOf(nodeOf(source)))] as const
    })
    return { ...run, deps: new Map(deps), overlapped: reference.overlapped }
  })
}

/** Runs random graphs and compares visits, statuses, marks, data and warnings of each with the reference model. */
export async function expectAgreement(run: (scenario: Scenario, seed: number) => Promise<ScenarioRun>): Promise<void> {
  for (let seed = 0; seed < graphCount; seed++) {
    const scenario = seededScenario(seed)
    expectAgreementOf(scenario, seed, await run(scenario, seed))
  }
}

/** Compares a run of a random graph with the reference model. */
export function expectAgreementOf(
  scenario: Scenario,
  seed: number,
  { outcome, result }: Pick<ScenarioRun, 'outcome' | 'result'>,
): void {
  const reference = referenceOf(scenario, seed)
  const [expected, actual] = comparable(scenario.blueprint, withoutTwins(reference, outcome))
  expect(actual, `seed ${seed}`).toEqual(expected)
  expect(result.status, `seed ${seed}`).toBe(reference.status)
}

/**
 * The same for graphs in which nodes cancel others. There the order in which visits settle matters, so the reference model settles them
 * in the order that the run tells of.
 */
export async function expectCancelAgreement(
  run: (scenario: Scenario, seed: number) => Promise<ScenarioRun>,
): Promise<void> {
  for (let seed = 0; seed < graphCount / 5; seed++) {
    const scenario = cancellingScenario(seed)
    const { outcome, result, events } = await run(scenario, seed)
    const reference = runReference(scenario.blueprint, scenario.results, recordedOrder(events))
    const deps = new Map([...outcome.deps].filter(([key]) => outcome.visits.get(key) !== 'cancelled'))
    const [expected, actual] = comparable(
      scenario.blueprint,
      withoutTwins(withoutFallbackDeps(reference), { ...outcome, deps }),
    )
    expect(actual, `seed ${seed}`).toEqual(expected)
    expect(result.status, `seed ${seed}`).toBe(reference.status)
  }
}
