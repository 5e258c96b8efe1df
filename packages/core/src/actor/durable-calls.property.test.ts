import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { Cluster, type ClusterOptions } from '../../test/cluster.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { route } from '../model/node-result.ts'
import { visitKey } from '../model/visit.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'c', uses: 'c' }], edges: [] }
const slow: WorkflowBlueprint = { id: 'slow', nodes: [{ id: 's', uses: 'wait' }], edges: [] }

const looped: WorkflowBlueprint = {
  id: 'looped',
  start: ['work'],
  nodes: [
    { id: 'work', uses: 'work', config: { retry: { maxAttempts: 2 } } },
    { id: 'each', uses: 'map', params: { each: 'item' } },
  ],
  edges: [
    { source: 'work', target: 'work', action: 'again' },
    { source: 'work', target: 'each', action: 'done' },
  ],
}

/** Handlers that make calls of every kind. Each run of a step is told by run, visit and call. */
function handlers(onStep: (step: string) => void): Registry {
  const noted =
    (ctx: NodeContext) =>
    <T>(call: string, result: T): Promise<Awaited<T>> =>
      ctx.step(call, () => {
        onStep(`${ctx.runId} ${ctx.idempotencyKey.split(':')[1] ?? ''} ${call}`)
        return result
      })
  const caught = (error: unknown): unknown => (error as { readonly code?: unknown }).code
  return {
    work: async (ctx: NodeContext) => {
      const step = noted(ctx)
      const first = await step('first', ctx.iteration[0])
      const [left, right] = await Promise.all([step('left', 'l'), step('right', 'r'), ctx.sleep('nap', 700)])
      await ctx.emit('told', first)
      if (ctx.attempt === 1 && ctx.iteration[0] === 0) throw new Error('not yet')
      const late = ctx.waitFor('late', { timeout: 900 }).catch(caught)
      const made = await Promise.all([
        ctx.invoke('one', 'child', 1),
        ctx.invoke('two', 'child', 'bad').catch(caught),
        ctx.invoke('slow', 'slow', 1, { timeout: 1500 }).catch(caught),
        Promise.race([ctx.sleep('short', 10), ctx.waitFor('never')]),
      ])
      const last = await step('last', [left, right, await late])
      return route(ctx.iteration[0] === 0 ? 'again' : 'done', [first, ...made, ...last])
    },
    c: async (ctx: NodeContext) => {
      const kept = await noted(ctx)('kept', ctx.input)
      await ctx.sleep('nap', 50)
      if (kept === 'bad') throw new Error('bad')
      return `${String(kept)} kept`
    },
    item: async (ctx: NodeContext) => {
      const kept = await noted(ctx)('kept', ctx.item)
      await ctx.sleep('nap', 20)
      return kept
    },
  }
}

/** A store that tells which steps were recorded as done. */
function noting(store: ICoordinationStore, recorded: Set<string>): ICoordinationStore {
  return aroundStore(store, async ({ name, parameters, carryOut }) => {
    const reply = await carryOut()
    if (name === 'recordStep' && reply === 'recorded') {
      const [{ runId, visitKey: key }, step] = parameters as Parameters<ICoordinationStore['recordStep']>
      if (step.startsWith('s/')) recorded.add(`${runId} ${key} ${step.slice(2)}`)
    }
    return reply
  })
}

/** Runs the workflow in a cluster; answers its output, and the steps that were run although they were recorded. */
async function runInCluster(
  options: Partial<ClusterOptions>,
): Promise<{ readonly output: unknown; readonly again: readonly string[]; readonly cluster: Cluster }> {
  const recorded = new Set<string>()
  const again: string[] = []
  const registry = handlers((step) => {
    if (recorded.has(step)) again.push(step)
  })
  const store: ClusterOptions['store'] = (clock) => noting(memoryCoordinationStore({ clock }), recorded)
  const cluster = new Cluster({ registry, blueprints: { looped, child, slow }, store, ...options })
  for (const blueprint of [child, slow]) cluster.define(blueprint)
  await cluster.start(looped, 'input')
  const head = await cluster.run()
  expect(head).toMatchObject({ status: 'completed', waits: [], failures: [] })
  const events = await cluster.events()
  const last = events.at(-1)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  const steps = events.flatMap((event) =>
    event.type === 'step.recorded' || event.type === 'event.emitted' ? [`${visitKey(event)} ${event.call}`] : [],
  )
  expect(new Set(steps).size).toBe(steps.length)
  return { output: last?.type === 'run.completed' ? last.output : undefined, again, cluster }
}

const output = [1, '1 kept', 'SUBFLOW_FAILED', 'INVOKE_TIMEOUT', undefined, 'l', 'r', 'WAIT_TIMEOUT']

describe('a run with durable calls in a cluster', () => {
  it.each<[string, ClusterOptions['faults'], number]>([
    ['nothing goes wrong', {}, 3],
    ['each job comes twice', { duplicate: 100 }, 15],
    ['operations of the store are sent twice', { resend: 50 }, 15],
    ['jobs get lost', { lose: 30 }, 15],
    ['workers die at any operation', { die: 1, resend: 10, duplicate: 20, lose: 5 }, 60],
  ])(
    'ends the same, and runs no step again that was recorded, if %s',
    async (_what, faults, seeds) => {
      let deaths = 0
      for (let seed = 0; seed < seeds; seed++) {
        const ended = await runInCluster({ seed, workers: 3, ...(faults === undefined ? {} : { faults }) })
        const { cluster, ...result } = ended
        expect({ seed, ...result }).toEqual({ seed, output, again: [] })
        deaths += cluster.deaths
      }
      if (faults?.die !== undefined) expect(deaths).toBeGreaterThan(20)
    },
    240_000,
  )
})
