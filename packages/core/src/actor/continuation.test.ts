import { describe, expect, it } from 'vitest'
import { machines, type Machines } from '../../test/machines.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import type { NodeConfig, WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext } from '../ports/node-context.ts'
import type { IJobQueue } from '../ports/job-queue.ts'

const ids = ['a', 'b', 'c', 'd']

/** `a` → `b` → `c` → `d`. */
function chainOf(configs: Readonly<Record<string, NodeConfig>> = {}): WorkflowBlueprint {
  return {
    id: 'chain',
    nodes: ids.map((id) => ({ id, uses: 'work', ...(configs[id] === undefined ? {} : { config: configs[id] }) })),
    edges: ids.slice(1).map((target, at) => ({ source: ids[at] as string, target })),
  }
}

const name = ({ nodeId }: NodeContext): string => nodeId

/** Machines whose queue is told of: which visits are sent, `turn` for a job that asks for a turn. */
function withWatchedQueue(clock: VirtualClock = new VirtualClock()): Machines & { readonly sent: string[] } {
  const inner = memoryJobQueue({ clock })
  const sent: string[] = []
  const queue: IJobQueue = {
    enqueue: (jobs) => {
      sent.push(...jobs.map(({ visit }) => visit?.nodeId ?? 'turn'))
      return inner.enqueue(jobs)
    },
    consume: (handler, options) => inner.consume(handler, options),
    close: () => inner.close(),
  }
  const all = machines(clock)
  return {
    ...all,
    sent,
    queue,
    client: (options = {}) => all.client({ queue, ...options }),
    work: (options) => all.work({ queue, ...options }),
  }
}

describe('a worker that goes on with successors', () => {
  it('sends no visit of a chain to the queue but the first', async () => {
    const { client, work, pass, sent } = withWatchedQueue()
    work({ blueprints: [chainOf()], registry: { work: name }, continueInWorker: true })
    const { status, output } = await pass(client().run(chainOf(), undefined))
    expect({ status, output, sent }).toEqual({ status: 'completed', output: 'd', sent: ['a'] })
  })

  it('goes on with one visit, and sends the others to the queue', async () => {
    const { client, work, pass, sent } = withWatchedQueue()
    const blueprint: WorkflowBlueprint = {
      id: 'diamond',
      nodes: ids.map((id) => ({ id, uses: 'work' })),
      edges: ['ab', 'ac', 'bd', 'cd'].map(([source = '', target = '']) => ({ source, target })),
    }
    work({ blueprints: [blueprint], registry: { work: name }, continueInWorker: true })
    const { status } = await pass(client().run(blueprint, undefined))
    expect({ status, sent }).toEqual({ status: 'completed', sent: ['a', 'c'] })
  })

  it('sends visits of another queue or priority to the queue', async () => {
    const { client, work, pass, sent } = withWatchedQueue()
    const blueprint = chainOf({ b: { queue: 'gpu' }, d: { priority: 3 } })
    work({ blueprints: [blueprint], registry: { work: name }, continueInWorker: true })
    await pass(client().run(blueprint, undefined))
    expect(sent).toEqual(['a', 'b', 'c', 'd'])
  })

  it('sends visits that are not due yet to the queue', async () => {
    const { client, work, pass, sent } = withWatchedQueue()
    const blueprint = chainOf({ b: { retry: { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 500 } } } })
    const fails = ({ nodeId, attempt }: NodeContext): string => {
      if (nodeId === 'b' && attempt === 1) throw new TypeError('not yet')
      return nodeId
    }
    work({ blueprints: [blueprint], registry: { work: fails }, continueInWorker: true })
    await pass(client().run(blueprint, undefined))
    expect(sent).toEqual(['a', 'b'])
  })

  it('lets others have their turn a second after it took a job', async () => {
    const { client, work, pass, sent, clock } = withWatchedQueue()
    const takesLong = ({ nodeId }: NodeContext): Promise<string> =>
      new Promise((resolve) => {
        clock.schedule(600, () => resolve(nodeId))
      })
    work({ blueprints: [chainOf()], registry: { work: takesLong }, continueInWorker: true })
    await pass(client().run(chainOf(), undefined))
    expect(sent).toEqual(['a', 'c'])
  })

  it('goes on with nothing once it is to close', async () => {
    const { client, work, pass, sent } = withWatchedQueue()
    let end = (_output: string): void => undefined
    const waits = ({ nodeId }: NodeContext): string | Promise<string> =>
      nodeId === 'b'
        ? new Promise((resolve) => {
            end = resolve
          })
        : nodeId
    const options = { blueprints: [chainOf()], registry: { work: waits }, continueInWorker: true }
    const worker = work(options)
    const run = await client().start(chainOf(), undefined)
    await settle()
    const closed = worker.close()
    end('b')
    await closed
    expect(sent).toEqual(['a', 'c'])
    work(options)
    expect((await pass(run.result())).status).toBe('completed')
  })

  it('leaves a visit that it does not come to where others find it', async () => {
    const { client, work, pass, store } = withWatchedQueue()
    const dying = Object.create(store) as typeof store
    dying.claim = async (request) => {
      if (request.visitKey === 'b') throw new HeddleError('STORE_UNAVAILABLE', 'it is out of reach from here')
      return store.claim(request)
    }
    const options = { blueprints: [chainOf()], registry: { work: name }, continueInWorker: true }
    const lost = work({ ...options, store: dying, sweepMs: 1_000_000_000 })
    const run = await client().start(chainOf(), undefined)
    await settle()
    await lost.close()
    work(options)
    expect((await pass(run.result())).status).toBe('completed')
  })
})
