import { createWorker, defineWorkflow, FlowRuntime, ofType, shared } from '@heddle/core'
import { expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { until } from './jobs.ts'
import { redisUrl, uniquePrefix } from './redis.ts'

const count = 10_000

/** How many runs are started, or asked for their results, at a time. */
const atOnce = 500

/** Against hanging only, in milliseconds. */
const limitMs = 600_000

const inParts = async <T>(work: (n: number) => Promise<T>): Promise<T[]> => {
  const done: T[] = []
  for (let from = 0; from < count; from += atOnce) {
    done.push(...(await Promise.all(Array.from({ length: atOnce }, (_, at) => work(from + at)))))
  }
  return done
}

it(
  '10,000 runs that are live at once on one worker do not see each other: outputs, inputs and shared values are their own',
  async () => {
    const reached = new Set<string>()
    const small = defineWorkflow('small', { input: ofType<number>(), context: { own: shared<number>() } })
      .node('first', ({ input, context }) => {
        context.set('own', input)
        return 2 * input
      })
      .node('second', { after: 'first' }, ({ runId, deps, context }) => {
        reached.add(runId)
        return [runId, deps.first, context.get('own')]
      })
      .build()
    const place = { url: redisUrl(), prefix: uniquePrefix() }
    const store = redisCoordinationStore({ ...place, retention: { count: 2 * count } })
    const queue = bullmqJobQueue(place)
    const client = new FlowRuntime({ store, queue })
    await inParts((n) => client.start(small, n, { runId: `run-${n}` }))

    const worker = createWorker({ workflows: [small], store, queue, concurrency: 100 })
    await until(() => reached.size === count, limitMs)
    const results = await inParts((n) => client.open(`run-${n}`).result())
    const outputs = results.map(({ status, output }) => [status, output])
    expect(outputs).toEqual(Array.from({ length: count }, (_, n) => ['completed', [`run-${n}`, 2 * n, n]]))
    await worker.close()
    await queue.close()
    await store.close()
  },
  limitMs,
)
