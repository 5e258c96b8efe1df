import { createWorker, defineWorkflow, FlowRuntime, ofType, type RunEvent } from '@heddle/core'
import { afterEach, describe, expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { redisUrl, uniquePrefix } from './redis.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const review = defineWorkflow('review', { input: ofType<string>() })
  .node('draft', ({ input }) => `draft of ${input}`)
  .node('ask', { after: 'draft' }, ({ waitFor }) => waitFor('verdict'))
  .node('publish', { after: 'ask' }, ({ deps }) => `published: ${String(deps.ask)}`)
  .build()

/** Connections that nobody else has, as a process of its own would. */
const connect = (prefix: string) => {
  const store = redisCoordinationStore({ url: redisUrl(), prefix })
  const queue = bullmqJobQueue({ url: redisUrl(), prefix })
  closers.push(async () => {
    await queue.close()
    await store.close()
  })
  return { store, queue }
}

/** Takes events until one of a type came; answers the types of all. */
const takeUntil = async (events: AsyncIterator<RunEvent>, type: RunEvent['type']): Promise<string[]> => {
  const types: string[] = []
  while (types.at(-1) !== type) {
    const next: IteratorResult<RunEvent, unknown> = await events.next()
    if (next.done === true) return types
    types.push(next.value.type)
  }
  return types
}

describe('a run that workers elsewhere carry out', () => {
  it('is followed live by any client from its first event on, answered by another and found by a third', async () => {
    const prefix = uniquePrefix()
    const worker = createWorker({ workflows: [review], ...connect(prefix) })
    closers.push(() => worker.close())
    const [starter, follower, answerer] = [connect(prefix), connect(prefix), connect(prefix)].map(
      (place) => new FlowRuntime({ ...place, blueprints: { review } }),
    ) as [FlowRuntime, FlowRuntime, FlowRuntime]

    await starter.start(review, 'a page', { runId: 'page-1', tags: ['news'] })
    const events = follower.open('page-1').events()[Symbol.asyncIterator]()
    const before = await takeUntil(events, 'wait.opened')
    expect(before[0]).toBe('run.started')
    expect(before.filter((type) => type === 'node.completed')).toHaveLength(1)

    const { runs } = await answerer.list({ status: ['running', 'awaiting'], tag: 'news' })
    expect(runs.map(({ runId }) => runId)).toEqual(['page-1'])
    expect(JSON.stringify(await answerer.open('page-1').explain())).toContain('verdict')
    await answerer.open('page-1').resume('verdict', 'good')

    const after = await takeUntil(events, 'run.completed')
    expect(after.at(-1)).toBe('run.completed')
    expect((await events.next()).done).toBe(true)
    expect((await follower.open('page-1').result()).output).toBe('published: good')
    const journal = await starter.open('page-1').journal()
    expect([...before, ...after]).toEqual(journal.map(({ type }) => type))
  })
})
