import { isDeepStrictEqual } from 'node:util'
import { FlowRuntime } from '@heddle/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAgreementOf } from '../../core/test/agrees-with-reference.ts'
import type { CrashEnd } from '../../core/test/crash-patterns/pattern.ts'
import { outcomeOfFacts } from '../../core/test/outcome-of-facts.ts'
import { seededScenario } from '../../core/test/reference-model/random-graph.ts'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { allowedEnds, comparableEnd } from './whole-runs/ends-by-order.ts'
import { followPattern } from './whole-runs/follow-pattern.ts'
import { graphWorkflow, knownPatterns } from './whole-runs/known-workflows.ts'
import { WorkerProcesses } from './whole-runs/worker-processes.ts'

/** How many random graphs are run; `HEDDLE_GRAPHS` asks for more. */
const graphs = Number(process.env['HEDDLE_GRAPHS'] ?? 100)

/** How many patterns are run at a time: the order in which they settle is decided by their times, as long as workers are not late. */
const atOnce = 32

const patterns = knownPatterns()

const settings = [
  { title: 'in 1 process', processes: 1, isDisturbed: false },
  { title: 'in 2 processes', processes: 2, isDisturbed: false },
  { title: 'in 4 processes', processes: 4, isDisturbed: false },
  { title: 'in 4 processes, with every job handed out twice, late and in any order', processes: 4, isDisturbed: true },
]

describe.each(settings)('runs over Redis and BullMQ, $title', ({ processes, isDisturbed }) => {
  const place = { url: redisUrl(), prefix: uniquePrefix() }
  const store = redisCoordinationStore(place)
  const queue = bullmqJobQueue(place)
  const workers = new WorkerProcesses()
  const blueprints = Object.fromEntries(
    patterns.flatMap(({ children }) => children).map((child) => [child.blueprint.id, child]),
  )
  const client = new FlowRuntime({ store, queue, blueprints })
  const ends = new Map<string, Promise<CrashEnd>>()

  beforeAll(async () => {
    await workers.start(processes, { ...place, graphs, isDisturbed })
    const around = { store, tokensOf: (runIds: ReadonlySet<string>) => workers.tokensOf(runIds) }
    const slots = slotsOf(atOnce)
    for (const known of patterns) {
      const { workflow, options } = known
      const end = slots(async () => {
        const run = await client.start(workflow, 'input', { ...options, runId: workflow.blueprint.id })
        return followPattern(known, run, around)
      })
      end.catch(() => undefined)
      ends.set(known.pattern.name, end)
    }
  }, 120_000)

  afterAll(async () => {
    await workers.kill()
    await queue.close()
    await store.close()
  })

  it.each(patterns.map((known) => [known.pattern.name, known] as const))(
    'end as in memory: %s',
    async (name, { pattern, workflow }) => {
      const end = comparableEnd(name, workflow.blueprint.id, (await ends.get(name)) as CrashEnd)
      const allowed = await allowedEnds(pattern)
      expect(end).toEqual(allowed.find((other) => isDeepStrictEqual(other, end)) ?? allowed[0])
    },
  )

  it('make the visits, marks and outputs of the reference model, for random graphs', async () => {
    const start = (seed: number) =>
      client.start(graphWorkflow(seed), 'input', { runId: `graph-${seed}`, onFailure: 'continue' })
    const runs = await Promise.all(Array.from({ length: graphs }, (_, seed) => start(seed)))
    for (const [seed, run] of runs.entries()) {
      const result = await run.result()
      const journal = await run.journal()
      expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, at) => at + 1))
      const outcome = { ...outcomeOfFacts(journal), deps: workers.deps.get(seed) ?? new Map() }
      expectAgreementOf(seededScenario(seed), seed, { outcome, result })
    }
  })
})

/** Lets so much work be under way at a time; the rest waits for its turn. */
function slotsOf(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = count
  return async (work) => {
    if (free > 0) free--
    else {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    }
    try {
      return await work()
    } finally {
      const take = waiting.shift()
      if (take === undefined) free++
      take?.()
    }
  }
}
