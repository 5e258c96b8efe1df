import { isDeepStrictEqual } from 'node:util'
import { FlowRuntime, type RunEvent, type WorkflowResult } from '@heddle/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAgreementOf } from '../../core/test/agrees-with-reference.ts'
import type { CrashEnd } from '../../core/test/crash-patterns/pattern.ts'
import { outcomeOfFacts } from '../../core/test/outcome-of-facts.ts'
import { seededScenario } from '../../core/test/reference-model/random-graph.ts'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { slotsOf } from './whole-runs/slots.ts'
import { allowedEnds, comparableEnd } from './whole-runs/ends-by-order.ts'
import { followPattern } from './whole-runs/follow-pattern.ts'
import { graphWorkflow, knownPatterns } from './whole-runs/known-workflows.ts'
import { WorkerProcesses, type Place } from './whole-runs/worker-processes.ts'

/** How many random graphs are run; `HEDDLE_GRAPHS` asks for more. */
const graphs = Number(process.env['HEDDLE_GRAPHS'] ?? 100)

/**
 * How many runs are under way at a time, in all places together: the order in which visits settle is decided by their times, as long as
 * workers are not late.
 */
const atOnce = 96

/** Against hanging only: a test waits until the runs before its own have made room. */
const limitMs = 300_000

const patterns = knownPatterns()
const url = redisUrl()
const workers = new WorkerProcesses()
const slots = slotsOf(atOnce)

const places: readonly Place[] = [
  { prefix: uniquePrefix(), processes: 1, isDisturbed: false },
  { prefix: uniquePrefix(), processes: 2, isDisturbed: false },
  { prefix: uniquePrefix(), processes: 4, isDisturbed: false },
  { prefix: uniquePrefix(), processes: 4, isDisturbed: true },
]

interface GraphEnd {
  readonly result: WorkflowResult
  readonly journal: readonly RunEvent[]
}

/** All runs of a place: they begin together with those of the other places, so that one waits while another works. */
class RunsOfPlace {
  readonly patterns: Map<string, Promise<CrashEnd>> = new Map()
  readonly graphs: Promise<GraphEnd>[] = []
  private readonly place: Place
  private readonly store: ReturnType<typeof redisCoordinationStore>
  private readonly queue: ReturnType<typeof bullmqJobQueue>
  private readonly client: FlowRuntime

  constructor(place: Place) {
    const { prefix } = place
    this.place = place
    this.store = redisCoordinationStore({ url, prefix })
    this.queue = bullmqJobQueue({ url, prefix })
    const children = patterns.flatMap((known) => known.children)
    const blueprints = Object.fromEntries(children.map((child) => [child.blueprint.id, child]))
    this.client = new FlowRuntime({ store: this.store, queue: this.queue, blueprints })
  }

  begin(): void {
    const { client, store } = this
    const around = { store, tokensOf: (runIds: ReadonlySet<string>) => workers.in(this.place).tokensOf(runIds) }
    for (const known of patterns) {
      const { workflow, options } = known
      const end = slots(async () => {
        const run = await client.start(workflow, 'input', { ...options, runId: workflow.blueprint.id })
        return followPattern(known, run, around)
      })
      this.patterns.set(known.pattern.name, toldLater(end))
    }
    for (let seed = 0; seed < graphs; seed++) {
      const end = slots(async () => {
        const run = await client.start(graphWorkflow(seed), 'input', { runId: `graph-${seed}`, onFailure: 'continue' })
        return { result: await run.result(), journal: await run.journal() }
      })
      this.graphs.push(toldLater(end))
    }
  }

  async close(): Promise<void> {
    await this.queue.close()
    await this.store.close()
  }
}

/** What fails before anybody awaits it fails the one who awaits it later. */
function toldLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

const runs = new Map(places.map((place) => [place, new RunsOfPlace(place)]))

beforeAll(async () => {
  await workers.start(url, places, graphs)
  for (const one of runs.values()) one.begin()
}, limitMs)

afterAll(async () => {
  await workers.kill()
  for (const one of runs.values()) await one.close()
})

const titled = places.map((place) => {
  const { processes, isDisturbed } = place
  const way = isDisturbed ? ', with every job handed out twice, late and in any order' : ''
  return [`in ${processes} ${processes === 1 ? 'process' : 'processes'}${way}`, place] as const
})

describe.each(titled)('runs over Redis and BullMQ, %s', (_title, place) => {
  const { patterns: ends, graphs: graphEnds } = runs.get(place) as RunsOfPlace

  it.each(patterns.map((known) => [known.pattern.name, known] as const))(
    'end as in memory: %s',
    async (name, { pattern, workflow }) => {
      const end = comparableEnd(name, workflow.blueprint.id, (await ends.get(name)) as CrashEnd)
      const allowed = await allowedEnds(pattern)
      expect(end).toEqual(allowed.find((other) => isDeepStrictEqual(other, end)) ?? allowed[0])
    },
    limitMs,
  )

  it(
    'make the visits, marks and outputs of the reference model, for random graphs',
    async () => {
      const { deps } = workers.in(place)
      for (const [seed, end] of graphEnds.entries()) {
        const { result, journal } = await end
        expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, at) => at + 1))
        const outcome = { ...outcomeOfFacts(journal), deps: deps.get(seed) ?? new Map() }
        expectAgreementOf(seededScenario(seed), seed, { outcome, result })
      }
    },
    limitMs,
  )
})
