import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { machines, type Machines } from '../../test/machines.ts'
import { settle } from '../../test/while-time-passes.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'
import type { JobConsumer } from '../ports/job-queue.ts'
import { createWorker } from '../runtime/create-worker.ts'
import type { Workflow } from '../ports/workflow.ts'

function forever(): Promise<never> {
  return new Promise(() => {
    // Never.
  })
}

/** A worker that can die: then nothing of what it asks for is done any more, no answer reaches it, and it takes no jobs. */
function openMortal(
  { clock, store, queue }: Machines,
  workflow: Workflow,
  dies: (name: string, reply: unknown) => boolean = () => false,
): () => void {
  const worker = { isDead: false }
  let consumer: JobConsumer | undefined
  const kill = (): void => {
    worker.isDead = true
    void consumer?.close()
  }
  createWorker({
    workflows: [workflow],
    clock,
    store: aroundStore(store, async ({ name, carryOut }) => {
      if (worker.isDead) return forever()
      const reply = await carryOut()
      if (!worker.isDead && dies(name, reply)) kill()
      return worker.isDead ? forever() : reply
    }),
    queue: {
      enqueue: (jobs) => (worker.isDead ? forever() : queue.enqueue(jobs)),
      consume: (handler, options) => (consumer = queue.consume(handler, options)),
      close: () => queue.close(),
    },
  })
  return kill
}

describe('the sweepers of several workers', () => {
  it.each([
    ['had taken its run', 'takeDue', 'runIds'],
    ['had dispatched its visit again and sent no job', 'tend', 'jobs'],
  ])('bring an attempt back within 15 s whose worker died, although the one died that %s', async (_, name, found) => {
    const all = machines()
    const { clock } = all
    const begunAt: number[] = []
    const workflow = defineWorkflow('slow', { input: ofType<string>() })
      .node('work', async () => (begunAt.push(clock.now()) === 1 ? forever() : 'done'))
      .build()
    const killFirst = openMortal(all, workflow)
    const run = await all.client().start(workflow, 'one')
    while (begunAt.length === 0) await settle()
    // Just after it has renewed its lease, so that this lasts longest.
    clock.advance(8000 / 3)
    await settle()
    killFirst()
    const killedAt = clock.now()
    let deaths = 0
    const dies = (asked: string, reply: unknown): boolean => {
      const isTheOne = asked === name && (reply as Record<string, unknown[]>)[found]?.length === 1 && deaths === 0
      if (isTheOne) deaths++
      return isTheOne
    }
    for (let others = 0; others < 3; others++) openMortal(all, workflow, dies)
    while (begunAt.length < 2) {
      clock.advance(100)
      await settle()
    }
    expect([deaths, await run.status()]).toEqual([1, 'completed'])
    expect((begunAt[1] ?? 0) - killedAt).toBeLessThanOrEqual(12_000)
  })
})
