import { describe, expect, it } from 'vitest'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { settle } from '../../test/while-time-passes.ts'
import { createWorker } from './create-worker.ts'
import { FlowRuntime } from './flow-runtime.ts'

type TestHandler = (ctx: NodeContext) => Promise<unknown>

const one: WorkflowBlueprint = { id: 'one', nodes: [{ id: 'a', uses: 'a' }], edges: [] }

/** The steps whose functions ran, over all processes. */
let ran: string[] = []

/** A step that answers who made it. */
const said = (text: string) => (): string => {
  ran.push(text)
  return text
}

const stuck = (): Promise<never> => new Promise(() => {})

/** Begins a run with one handler; its process ends, and the next one goes on with another handler. */
async function upgraded(before: TestHandler, after: TestHandler, blueprint = one): Promise<WorkflowResult> {
  ran = []
  const journals: MemoryJournals = new Map()
  const process = (a: TestHandler): FlowRuntime =>
    new FlowRuntime({ registry: { a } as Registry, store: memoryJournalStore({ journals }) })
  await process(before).start(blueprint, undefined, { runId: 'r' })
  await settle()
  // It runs again from its top several times: what is answered must be so each time.
  const asking = async (ctx: NodeContext): Promise<unknown> => {
    const result = await after(ctx)
    await ctx.sleep('a nap', 0)
    return result
  }
  return process(asking)
    .start(blueprint, undefined, { runId: 'r' })
    .then((run) => run.result())
}

/** Two steps of one name, and then the process ends. */
const twice: TestHandler = async ({ step }) => {
  await step('pay', said('first'))
  await step('pay', said('second'))
  await stuck()
}

describe('steps of one name of which some were renamed', () => {
  it.each<readonly [string, TestHandler]>([
    [
      'the first',
      async ({ step }) => [await step('fee', said('new'), { formerly: ['pay'] }), await step('pay', said('new'))],
    ],
    [
      'the second',
      async ({ step }) => [await step('pay', said('new')), await step('fee', said('new'), { formerly: ['pay'] })],
    ],
    [
      'both, to different names',
      async ({ step }) => [
        await step('fee', said('new'), { formerly: ['pay'] }),
        await step('tip', said('new'), { formerly: ['pay'] }),
      ],
    ],
    [
      'both, to one name that is listed twice and beside others',
      async ({ step }) => [
        await step('fee', said('new'), { formerly: ['fee', 'none', 'pay', 'pay'] }),
        await step('fee', said('new'), { formerly: ['fee', 'none', 'pay', 'pay'] }),
      ],
    ],
    [
      'both, asked for side by side',
      async ({ step }) =>
        Promise.all([step('fee', said('new'), { formerly: ['pay'] }), step('tip', said('new'), { formerly: ['pay'] })]),
    ],
  ])('are answered what was recorded where they stood: %s', async (_, after) => {
    expect(await upgraded(twice, after)).toMatchObject({ status: 'completed', output: ['first', 'second'] })
    expect(ran).toEqual(['first', 'second'])
  })

  it('are found too where only the later one was recorded before the process ended', async () => {
    const before: TestHandler = ({ step }) => Promise.all([step('pay', stuck), step('pay', said('second'))])
    const result = await upgraded(before, ({ step }) =>
      Promise.all([
        step('fee', said('again'), { formerly: ['pay'] }),
        step('tip', said('again'), { formerly: ['pay'] }),
      ]),
    )
    expect(result.output).toEqual(['again', 'second'])
    expect(ran).toEqual(['second', 'again'])
  })

  it('go on in a loop that has made some of its rounds', async () => {
    const result = await upgraded(twice, async ({ step }) => {
      const all: string[] = []
      for (let round = 0; round < 4; round++) {
        all.push(await step('fee', said(`round ${round}`), { formerly: ['pay'] }))
      }
      return all
    })
    expect(result.output).toEqual(['first', 'second', 'round 2', 'round 3'])
    expect(ran).toEqual(['first', 'second', 'round 2', 'round 3'])
  })

  it('can be named one by one, and the others be removed', async () => {
    const thrice: TestHandler = async ({ step }) => {
      for (const text of ['first', 'second', 'third']) await step('pay', said(text))
      await stuck()
    }
    const named = await upgraded(thrice, async ({ step, removedStep }) => {
      removedStep('pay')
      return step('fee', said('new'), { formerly: ['pay#2'] })
    })
    expect(named.output).toBe('third')
    const without = await upgraded(thrice, async ({ step, removedStep }) => {
      removedStep('pay#1')
      return [await step('pay', said('new')), await step('pay', said('new'))]
    })
    expect(without.output).toEqual(['first', 'third'])
    expect(ran).toEqual(['first', 'second', 'third'])
  })
})

describe('a declaration of what was renamed or removed', () => {
  it("that two steps had each other's name is refused, since nobody knows what is whose", async () => {
    const before: TestHandler = async ({ step }) => {
      await step('left', said('left'))
      await step('right', said('right'))
      await stuck()
    }
    const { errors } = await upgraded(before, async ({ step }) => [
      await step('right', said('new'), { formerly: ['left'] }),
      await step('left', said('new'), { formerly: ['right'] }),
    ])
    expect(errors).toMatchObject([{ code: 'STEP_MISMATCH', details: { visit: 'a', call: 'left', other: 'right' } }])
    expect(ran).toEqual(['left', 'right'])
  })

  it.each<readonly [string, TestHandler]>([
    [
      'before',
      async ({ step, removedStep }) => {
        removedStep('pay')
        return step('pay', said('new'))
      },
    ],
    [
      'after',
      async ({ step, removedStep }) => {
        const paid = await step('pay', said('new'))
        removedStep('pay')
        return paid
      },
    ],
  ])('that removes a name which is asked for too is refused: %s', async (_, after) => {
    const { errors } = await upgraded(twice, after)
    expect(errors).toMatchObject([{ code: 'STEP_MISMATCH', details: { visit: 'a', call: 'pay' } }])
    expect(errors[0]?.message).toContain('is declared as removed')
    expect(ran).toEqual(['first', 'second'])
  })

  it.each<readonly [string, unknown]>([
    ['formerly', 'pay'],
    ['formerly', [5]],
    ['removedStep', undefined],
    ['removedStep', ''],
  ])('that is no name is refused: %s of %o', async (what, given) => {
    const { errors } = await upgraded(twice, async ({ step, removedStep }) => {
      if (what === 'removedStep') removedStep(given as string)
      else await step('fee', said('new'), { formerly: given as string[] })
    })
    expect(errors).toMatchObject([{ cause: { code: 'INVALID_OPTION' } }])
    expect(ran).toEqual(['first', 'second'])
  })

  it('counts in each round of a loop of the graph, and in each item of a map, for itself', async () => {
    const rounds: WorkflowBlueprint = {
      id: 'rounds',
      start: ['a'],
      nodes: [{ id: 'a', uses: 'a', config: { maxIterations: 5 } }],
      edges: [{ source: 'a', target: 'a', condition: 'result.round < 2.0' }],
    }
    const before: TestHandler = async ({ step, iteration: [round = 0] }) => {
      const first = await step('pay', said(`first ${round}`))
      const second = await step('pay', said(`second ${round}`))
      if (round === 1) await stuck()
      return { round, first, second }
    }
    const { output } = await upgraded(
      before,
      async ({ step, removedStep, iteration: [round = 0] }) => {
        removedStep('pay')
        return { round, first: await step('fee', said(`new ${round}`), { formerly: ['pay#1'] }) }
      },
      rounds,
    )
    expect(output).toEqual({ round: 2, first: 'new 2' })
    expect(ran).toEqual(['first 0', 'second 0', 'first 1', 'second 1', 'new 2'])
  })

  it('holds for runs of workers too', async () => {
    ran = []
    const store = memoryCoordinationStore()
    const queue = memoryJobQueue()
    const ports = { store, queue }
    const before: TestHandler = async ({ step, waitFor }) => {
      await step('pay', said('first'))
      await step('pay', said('second'))
      await waitFor('go')
    }
    const after: TestHandler = async ({ step, waitFor, removedStep }) => {
      removedStep('none')
      const tip = await step('tip', said('new'), { formerly: ['pay'] })
      await waitFor('go')
      return [tip, await step('pay', said('new'))]
    }
    const old = createWorker({ ...ports, blueprints: [one], registry: { a: before } as Registry })
    const run = await new FlowRuntime({ ...ports, blueprints: { one } }).start(one, undefined, { runId: 'r' })
    await settle()
    await old.close()
    const next = createWorker({ ...ports, blueprints: [one], registry: { a: after } as Registry })
    await run.resume('go')
    expect(await run.result()).toMatchObject({ status: 'completed', output: ['first', 'second'] })
    expect(ran).toEqual(['first', 'second'])
    await next.close()
    await queue.close()
  })
})
