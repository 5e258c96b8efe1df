import { describe, expect, it } from 'vitest'
import { machines } from '../../test/machines.ts'
import { settle } from '../../test/while-time-passes.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'
import type { RunJob } from '../model/run-job.ts'

const [known, unknown] = ['known', 'unknown'].map((id) =>
  defineWorkflow(id, { input: ofType<string>() })
    .node('work', () => id)
    .build(),
)

describe('a job whose definition a worker does not have', () => {
  it('goes back soon, then less and less often up to a second, under another id than the one that is handled', async () => {
    const { clock, client, work, pass, queue } = machines()
    const sent: RunJob[] = []
    const bounce = (jobs: readonly RunJob[]): Promise<void> => {
      sent.push(...jobs)
      return queue.enqueue(jobs)
    }
    work({
      workflows: [known!],
      queue: {
        enqueue: bounce,
        consume: (handler, options) => queue.consume(handler, options),
        close: () => queue.close(),
      },
    })
    const run = await client().start(unknown!, 'in')
    while (sent.length < 8) {
      await settle()
      clock.advance(50)
    }
    expect(sent.map(({ delayMs }) => delayMs)).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000])
    const ids = sent.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id, at) => id !== ids[at + 1])).toBe(true)
    const addedAt = clock.now()
    work({ workflows: [unknown!] })
    expect((await pass(run.result())).output).toBe('unknown')
    expect(clock.now() - addedAt).toBeLessThanOrEqual(3000)
  })
})
