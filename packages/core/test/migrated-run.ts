import { expect } from 'vitest'
import { SuperjsonSerializer } from '../src/defaults/superjson-serializer.ts'
import { bindRun } from '../src/execution/run/bind-run.ts'
import { attemptInterrupted, restorePending } from '../src/execution/run/restored-visits.ts'
import { RunServices } from '../src/execution/run/run-services.ts'
import { definitionHash } from '../src/graph/definition-hash.ts'
import type { WorkflowBlueprint } from '../src/model/blueprint.ts'
import { isLastEvent } from '../src/model/last-event.ts'
import type { RunEvent } from '../src/model/run-event.ts'
import { visitKey } from '../src/model/visit.ts'
import { RunToCompletionOrchestrator } from '../src/orchestrators/run-to-completion.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import { migrateRun } from '../src/runtime/migrate-run.ts'
import { readEvent, writeEvent } from '../src/traversal/journal-text.ts'
import { rebuildRun } from '../src/traversal/rebuild-run.ts'
import { outcomeOfFacts } from './outcome-of-facts.ts'
import { seededDraw } from './reference-model/random-results.ts'
import { seededScenario, type Scenario } from './reference-model/random-graph.ts'
import { runInGroups } from './rebuilt-run.ts'
import { comparableResult } from './run-scenario.ts'
import { scenarioRegistry } from './scenario-registry.ts'

const serializer = new SuperjsonSerializer()

/** What tells the names of one definition from those of another. */
type Mark = '' | '.x' | '.y'

/** A text without what tells names apart. */
const plain = (text: string): string => text.replaceAll(/\.[xy]/gu, '')

/** The blueprint with all nodes renamed. */
function marked({ nodes, edges, start, ...rest }: WorkflowBlueprint, mark: Mark): WorkflowBlueprint {
  const id = (one: string): string => `${one}${mark}`
  return {
    ...rest,
    // Another definition also where no name is another one.
    version: `version ${mark}`,
    ...(start === undefined ? {} : { start: start.map(id) }),
    edges: edges.map((edge) => ({ ...edge, source: id(edge.source), target: id(edge.target) })),
    nodes: nodes.map(({ config, ...node }) => {
      const { fallback, ...others } = config ?? {}
      const renamed = { ...others, ...(fallback === undefined ? {} : { fallback: id(fallback) }) }
      return { ...node, id: id(node.id), ...(config === undefined ? {} : { config: renamed }) }
    }),
  }
}

/** The journal with a migration behind it. */
function migrated(scenario: Scenario, journal: readonly RunEvent[], from: Mark, to: Mark): readonly RunEvent[] {
  const blueprint = marked(scenario.blueprint, to)
  const hash = definitionHash(blueprint)
  const runtime = new FlowRuntime({ registry: registryOf(scenario, 0) })
  const { engine } = runtime.prepare(blueprint, 'input').services as RunServices
  const map = Object.fromEntries(scenario.blueprint.nodes.map(({ id }) => [`${id}${from}`, `${id}${to}`]))
  const {
    snapshot,
    dropped,
    children: _children,
    ...kept
  } = migrateRun({ engine, blueprint, hash }, journal, {}, { map })
  expect(dropped).toEqual([])
  const last = journal.at(-1)
  const place = { seq: (last?.seq ?? 0) + 1, at: 0, runId: last?.runId ?? '' }
  const event: RunEvent = { type: 'run.migrated', from, to: hash, data: snapshot, map, ...kept, ...place }
  return [...journal, event].map((one) => {
    const text = JSON.stringify(writeEvent(serializer, { ...one }))
    return readEvent(serializer, one.runId, JSON.parse(text) as ReturnType<typeof writeEvent>)
  })
}

function registryOf(scenario: Scenario, seed: number): ReturnType<typeof scenarioRegistry> {
  const results: Scenario['results'] = (id, iteration, insteadOf) =>
    scenario.results(plain(id), iteration, insteadOf === undefined ? undefined : plain(insteadOf))
  return scenarioRegistry({ ...scenario, results }, seed)
}

/** Goes on with a run to its end; answers what it came to, and the groups of events that this took. */
async function goOn(
  scenario: Scenario,
  seed: number,
  journal: readonly RunEvent[],
  mark: Mark,
): Promise<{ readonly result: object; readonly groups: readonly (readonly RunEvent[])[] }> {
  const blueprint = marked(scenario.blueprint, mark)
  const { services } = new FlowRuntime({ registry: registryOf(scenario, seed) }).prepare(blueprint, 'input')
  const { traverser, state, interrupted } = rebuildRun(blueprint, journal)
  const own = services as RunServices
  const groups: RunEvent[][] = []
  const write = (events: readonly RunEvent[]): void => void groups.push(structuredClone([...events]))
  const written = new RunServices(own.engine, state, own.options, { write })
  const run = bindRun(traverser, state, written.executorFactory, written)
  attemptInterrupted(run, interrupted, 5)
  restorePending(run)
  const result = await new RunToCompletionOrchestrator().run(traverser, written.executorFactory, state, written)
  return { result: comparableResult(result as Parameters<typeof comparableResult>[0]), groups }
}

/** What a run came to, under the names of the first definition. */
function comparable(result: object, events: readonly RunEvent[]): object {
  const facts = events.map((event) => ('data' in event ? { ...event, data: undefined } : event))
  const { visits, marks } = outcomeOfFacts(JSON.parse(plain(JSON.stringify(facts))) as RunEvent[])
  return { visits, marks, result: JSON.parse(plain(JSON.stringify(result))) as unknown }
}

/** Visits that were attempted although they had completed before. */
function ranAgain(before: readonly RunEvent[], after: readonly RunEvent[]): string[] {
  const completed = new Set<string>()
  for (const event of before) if (event.type === 'node.completed') completed.add(plain(visitKey(event)))
  return after.flatMap((event) => {
    const key = event.type === 'node.started' ? plain(visitKey(event)) : ''
    return completed.has(key) ? [key] : []
  })
}

/**
 * Cuts the journals of random graphs after each group of events, migrates each to a definition with other names, or the same, goes on for
 * a while, migrates it once more, goes on to its end, and compares that with the undisturbed run.
 */
export async function expectSameAfterMigrations(graphCount: number): Promise<void> {
  for (let seed = 0; seed < graphCount; seed++) {
    const scenario = seededScenario(seed)
    const draw = seededDraw(seed)
    const groups = await runInGroups(scenario, seed)
    const whole = groups.flat()
    const expected = comparable((await goOn(scenario, seed, whole, '')).result, whole)
    for (let cut = 1; cut < groups.length; cut++) {
      const before = groups.slice(0, cut).flat()
      if (before.some(isLastEvent)) break
      const [one, other] = (['', '.x', '.y'] as const).flatMap((mark) => (draw(2) === 0 ? [mark] : []))
      const [first = '', second = first] = [one, other]
      const once = migrated(scenario, before, '', first)
      const between = (await goOn(scenario, seed, once, first)).groups
      const kept = [...once, ...between.slice(0, draw(between.length)).flat()]
      const twice = kept.some(isLastEvent) ? kept : migrated(scenario, kept, first, second)
      const end = await goOn(scenario, seed, twice, kept.some(isLastEvent) ? first : second)
      const after = end.groups.flat()
      const place = `seed ${seed}, cut after ${cut} of ${groups.length}, "${first}", "${second}"`
      const again = [...ranAgain(before, [...kept.slice(before.length), ...after]), ...ranAgain(kept, after)]
      const got = comparable(end.result, [...twice, ...after])
      expect({ place, got, again }).toEqual({ place, got: expected, again: [] })
    }
  }
}
