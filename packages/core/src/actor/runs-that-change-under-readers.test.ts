import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { machines, type Machines } from '../../test/machines.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { RunHead } from '../ports/run-records.ts'

const blueprint: WorkflowBlueprint = {
  id: 'flow',
  nodes: ['a', 'b', 'c'].map((id) => ({ id, uses: 'step' })),
  edges: [
    { source: 'a', target: 'b' },
    { source: 'b', target: 'c' },
  ],
}

/** A run that has completed, somewhere of its own. */
async function completedRun(input: unknown): Promise<Machines> {
  const on = machines()
  const registry = { step: () => input }
  const worker = on.work({ registry, blueprints: [blueprint] })
  await on.pass(on.client().run(blueprint, input, { runId: 'r' }))
  await worker.close()
  return on
}

const all = async (events: AsyncIterable<RunEvent>): Promise<RunEvent[]> => {
  const told: RunEvent[] = []
  for await (const event of events) told.push(event)
  return told
}

const asked: readonly (readonly [string, (run: RunHandle) => Promise<unknown>])[] = [
  ['result', (run) => run.result()],
  ['journal', (run) => run.journal()],
  ['events', (run) => all(run.events())],
]

/** A client whose store changes between one of its operations and the next one. */
function clientOf(on: Machines, change: { readonly after: string; readonly to: () => Promise<unknown> }): RunHandle {
  let hasChanged = false
  const store = aroundStore(on.store, async ({ name, carryOut }) => {
    const found = await carryOut()
    if (name !== change.after || hasChanged) return found
    hasChanged = true
    await change.to()
    return found
  })
  return on.client({ store }).open(blueprint, 'r')
}

const removing = (store: ICoordinationStore) => async (): Promise<void> => store.remove((await store.readRun('r'))!)

describe('a run that is removed while it is read', () => {
  it.each(asked.flatMap(([what, ask]) => ['readRun', 'readJournal'].map((after) => [what, after, ask] as const)))(
    'makes its %s be refused, after %s too',
    async (_what, after, ask) => {
      const on = await completedRun(1)
      await expect(ask(clientOf(on, { after, to: removing(on.store) }))).rejects.toMatchObject({
        code: 'UNKNOWN_RUN',
        details: { runId: 'r' },
      })
    },
  )

  it.each(asked)('and whose id is used again: its %s is not that of the other run', async (_what, ask) => {
    const on = await completedRun(1)
    const to = async (): Promise<void> => {
      await removing(on.store)()
      await on.client().start(blueprint, 2, { runId: 'r' })
    }
    await expect(ask(clientOf(on, { after: 'readRun', to }))).rejects.toMatchObject({
      code: 'UNKNOWN_RUN',
      message: 'run "r" was removed and its id used for another run; open that one',
    })
  })

  it('and whose id is used again has no result if that one is awaited', async () => {
    const on = machines()
    await on.client().start(blueprint, 1, { runId: 'r' })
    const awaited = on.client().open(blueprint, 'r').result()
    awaited.catch(() => undefined)
    await on.pass(on.client().open(blueprint, 'r').status())
    await removing(on.store)()
    on.work({ registry: { step: () => 2 }, blueprints: [blueprint] })
    await on.client().start(blueprint, 2, { runId: 'r' })
    await expect(on.pass(awaited)).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
  })
})

/** A store that can be set back: what it tells of the run is then what it told before. */
async function twoPasts(): Promise<{ readonly on: Machines; readonly heads: readonly RunHead[] }> {
  const on = machines()
  const heads: RunHead[] = []
  const registry = {
    step: async () => {
      heads.push((await on.store.readRun('r'))!)
      return heads.length
    },
  }
  on.work({ registry, blueprints: [blueprint] })
  await on.pass(on.client().run(blueprint, 1, { runId: 'r' }))
  return { on, heads }
}

describe('the events of a run whose store loses the end of its log', () => {
  it.each(['a head that stands before what was told', 'entries that are others than those that were told'])(
    'end with an error that says so: %s',
    async (how) => {
      const { on, heads } = await twoPasts()
      const early = heads[1]!
      let looks = 0
      const store = aroundStore(on.store, async ({ name, parameters, carryOut }) => {
        if (name === 'readRun') {
          looks++
          if (looks === 1) return early
          return how.startsWith('a head') ? { ...early, seq: early.seq - 1, revision: early.revision - 1 } : carryOut()
        }
        if (name !== 'readJournal') return carryOut()
        const entries = (await carryOut()) as { readonly seq: number; readonly at: number }[]
        if (looks === 1) return entries.filter(({ seq }) => seq <= early.seq)
        expect(parameters[1]).toBe(early.seq - 1)
        return entries.map((entry) => ({ ...entry, at: entry.at + 700 }))
      })
      const told: number[] = []
      const reading = (async () => {
        for await (const { seq } of on.client({ store }).open(blueprint, 'r').events()) told.push(seq)
      })()
      reading.catch(() => undefined)
      await expect(on.pass(reading)).rejects.toMatchObject({ code: 'RUN_SET_BACK', details: { runId: 'r' } })
      expect(told).toEqual(Array.from({ length: early.seq }, (_, at) => at + 1))
    },
  )

  it('are told once each where it loses nothing, with one look at the journal for each step', async () => {
    const { on, heads } = await twoPasts()
    const reads: unknown[] = []
    const looks = [...heads]
    const store = aroundStore(on.store, async ({ name, parameters, carryOut }) => {
      if (name === 'readRun' && looks.length > 0) return looks.shift()
      if (name !== 'readJournal') return carryOut()
      const upTo = heads[reads.length]?.seq ?? Infinity
      reads.push(parameters[1])
      return ((await carryOut()) as { readonly seq: number }[]).filter(({ seq }) => seq <= upTo)
    })
    const told = await on.pass(all(on.client({ store }).open(blueprint, 'r').events()))
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, at) => at + 1))
    expect(told.at(-1)?.type).toBe('run.completed')
    expect(reads).toEqual([0, ...heads.map(({ seq }) => seq - 1)])
  })
})

describe('the result of a run whose store lost the end of its journal', () => {
  it('is none', async () => {
    const on = await completedRun(1)
    const store = aroundStore(on.store, async ({ name, carryOut }) => {
      const found = await carryOut()
      return name === 'readJournal' ? (found as unknown[]).slice(0, -1) : found
    })
    const client = on.client({ store })
    await expect(client.open(blueprint, 'r').result()).rejects.toMatchObject({ code: 'RUN_SET_BACK' })
  })
})
