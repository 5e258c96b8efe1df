import { describe, expect, it } from 'vitest'
import { machines } from '../../test/machines.ts'
import { settle } from '../../test/while-time-passes.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import { ofType } from '../builder/of-type.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'

/** A workflow whose only node ends when it is let, and what its attempts came to. */
const slowWorkflow = () => {
  const begun: (() => void)[] = []
  const aborted: string[] = []
  const workflow = defineWorkflow('slow', { input: ofType<string>() })
    .node('work', ({ input, signal, attempt }) => {
      const which = `attempt ${attempt}, call ${begun.length + 1}`
      signal.addEventListener('abort', () => aborted.push(which))
      return new Promise<string>((resolve) => {
        begun.push(() => resolve(`${input} by ${which}`))
      })
    })
    .build()
  return { workflow, begun, aborted }
}

// Nobody would miss a worker within this time.
const limits = { leaseMs: 3_600_000 }

describe('a worker that is closed', () => {
  it('waits for attempts under way, and takes nothing more', async () => {
    const { client, work, pass } = machines()
    const { workflow, begun } = slowWorkflow()
    const worker = work({ workflows: [workflow], concurrency: 1, limits })
    const [first, second] = [await client().start(workflow, 'one'), await client().start(workflow, 'two')]
    await settle()
    const closed = worker.close()
    await settle()
    begun[0]?.()
    await pass(closed)
    expect([begun.length, await first.status(), await second.status()]).toEqual([1, 'completed', 'running'])
  })

  it('gives up attempts that take longer than it has: others make them at once, and nothing counts as lost', async () => {
    const { clock, client, work, pass, store } = machines()
    const { workflow, begun, aborted } = slowWorkflow()
    const run = await client().start(workflow, 'one')
    for (let round = 1; round <= 8; round++) {
      const worker = work({ workflows: [workflow], limits: { ...limits, maxLostAttempts: 1 } })
      while (begun.length < round) await settle()
      const closed = worker.close({ withinMs: 50 })
      await settle()
      expect(aborted).toHaveLength(round - 1)
      clock.advance(50)
      await closed
      expect(aborted).toHaveLength(round)
    }
    work({ workflows: [workflow], limits })
    while (begun.length < 9) await settle()
    begun[8]?.()
    expect((await pass(run.result())).output).toBe('one by attempt 1, call 9')
    const journal = await run.journal()
    expect(journal.filter(({ type }) => type === 'node.started')).toHaveLength(9)
    expect(journal.filter(({ type }) => type === 'node.completed')).toHaveLength(1)
    expect((await store.readRun(run.runId))?.status).toBe('completed')
  })

  it('gives up what it claims after its time, and can be given less time by a second call', async () => {
    const { clock, client, work, store: plain } = machines()
    const { workflow, begun, aborted } = slowWorkflow()
    let goOn: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const store: ICoordinationStore = new Proxy(plain, {
      get: (target, name) => {
        const operation: unknown = Reflect.get(target, name)
        if (typeof operation !== 'function') return operation
        return async (...parameters: unknown[]) => {
          const reply: unknown = await Reflect.apply(operation as () => Promise<unknown>, target, parameters)
          if (name === 'claim') await held
          return reply
        }
      },
    })
    const worker = work({ workflows: [workflow], limits, store })
    const run = await client().start(workflow, 'one')
    await settle()
    const closed = [worker.close(), worker.close({ withinMs: 10 })]
    await settle()
    clock.advance(10)
    await settle()
    goOn()
    await Promise.all(closed)
    expect([begun.length, aborted.length]).toEqual([0, 0])
    const head = await plain.readRun(run.runId)
    const ref = { runId: run.runId, incarnation: head?.incarnation ?? '' }
    expect(await plain.readDispatches(ref)).toMatchObject([{ dispatch: 2, isClaimed: false }])
  })

  it('ends although its store does not answer', async () => {
    const { clock, client, work, store: plain } = machines()
    const { workflow, begun } = slowWorkflow()
    const store: ICoordinationStore = new Proxy(plain, {
      get: (target, name) => {
        const operation: unknown = Reflect.get(target, name)
        if (name === 'release') return () => new Promise(() => {})
        return typeof operation === 'function' ? (operation as () => unknown).bind(target) : operation
      },
    })
    const worker = work({ workflows: [workflow], limits, store })
    await client().start(workflow, 'one')
    while (begun.length === 0) await settle()
    const closed = worker.close({ withinMs: 10 })
    await settle()
    clock.advance(10)
    await settle()
    clock.advance(5000)
    await closed
  })

  it('refuses a time that cannot be meant', async () => {
    const { work } = machines()
    const worker = work({ workflows: [slowWorkflow().workflow] })
    const expected = { code: 'INVALID_OPTION', details: { option: 'withinMs', given: -1 } }
    await expect(worker.close({ withinMs: -1 })).rejects.toMatchObject(expected)
  })
})
