import { createWorker, defineWorkflow, FlowRuntime, ofType, type RunEvent } from '@heddle/core'
import { expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { pause, until } from './jobs.ts'
import { recordLog } from './record-log.ts'
import { startRedis } from './redis-server.ts'

/** Longer than leases, turns and sweeps, and than the jobs of a queue may be without a sign of life, in milliseconds. */
const awayMs = 12_000

const runs = 40

/** What went on when the server was gone, and ends meanwhile or afterwards. */
const stages = ['works', 'sleeps', 'retries', 'asks', 'steps'] as const

it('while Redis is away for long, workers wait and go on: no run is lost, nothing settles twice, and what was sent meanwhile is done', async () => {
  const server = await startRedis({ settings: { appendfsync: 'always' } })
  const { logger, lines } = recordLog()
  const { promise: back, open: isBack } = gate()
  const begun = new Set<number>()
  const workflow = defineWorkflow('away', { input: ofType<number>() })
    .node('works', async ({ input }) => {
      begun.add(input)
      // Every other attempt is under way until the server is back; the others end while it is away.
      await (input % 2 === 0 ? back : pause(awayMs / 4))
      return input
    })
    .node('sleeps', { after: 'works' }, async ({ input, sleep }) => {
      await sleep('nap', 100)
      return input
    })
    .node('retries', { after: 'works', retry: { maxAttempts: 3, backoff: { type: 'fixed', delay: 50 } } }, (ctx) => {
      if (ctx.attempt < 2) throw new TypeError('not yet')
      return ctx.input
    })
    .node('asks', { after: 'works' }, ({ waitFor }) => waitFor('answer'))
    .node('steps', { after: 'works' }, ({ input, step }) => step('once', () => input))
    .node('join', { after: ['sleeps', 'retries', 'asks', 'steps'] }, ({ deps }) => Object.values(deps))
    .build()

  const open = () => {
    const store = redisCoordinationStore({ url: server.url, logger })
    const queue = bullmqJobQueue({ url: server.url, logger })
    const close = async (): Promise<void> => {
      await queue.close()
      await store.close()
    }
    return { store, queue, close }
  }
  const places = [open(), open(), open()] as const
  const workers = places
    .slice(1)
    .map(({ store, queue }) => createWorker({ workflows: [workflow], store, queue, logger, concurrency: runs }))
  const client = new FlowRuntime({ store: places[0].store, queue: places[0].queue })
  const start = (n: number) => client.start(workflow, n, { runId: `run-${n}` })
  const started = await Promise.all(Array.from({ length: runs }, (_, n) => start(n)))
  await until(() => begun.size === runs)

  await server.kill()
  const meanwhile = start(runs)
  await pause(awayMs)
  await server.restart()
  isBack()

  const all = [...started, await meanwhile]
  for (const run of all) {
    await until(async () => (await run.waits()).length === 1)
    await client.open(run.runId).resume('answer', 'yes')
  }
  for (const [n, run] of all.entries()) {
    const { status, output } = await run.result()
    expect([status, output]).toEqual(['completed', [n, n, 'yes', n]])
    expectOnce(await run.journal())
  }
  expect(lines).toContain('warn the Redis of the runs cannot be reached; tried again')
  expect(lines).toContain('info the Redis of the runs is reached again')
  for (const worker of workers) await worker.close()
  for (const place of places) await place.close()
  await server.stop()
}, 300_000)

/** Each visit has settled once, and the journal has no gap. */
function expectOnce(journal: readonly RunEvent[]): void {
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, at) => at + 1))
  const settled = journal.flatMap((event) => (event.type === 'node.completed' ? [event.nodeId] : []))
  expect(settled.toSorted((one, other) => one.localeCompare(other))).toEqual(
    [...stages, 'join'].toSorted((one, other) => one.localeCompare(other)),
  )
}

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
