import { describe, expect, it } from 'vitest'
import { onlyProcess, SimulatedDisk, type Fault } from '../../test/simulated-disk.ts'
import { settle } from '../../test/while-time-passes.ts'
import { FileStore } from '../file/file-store.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { route } from '../model/node-result.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { Timeline } from '../traversal/timeline.ts'
import { exportRun } from './export-run.ts'
import { FlowRuntime } from './flow-runtime.ts'

const rounds = 200

/** A loop that goes round many times, a wait, and an end. */
const blueprint: WorkflowBlueprint = {
  id: 'w',
  start: ['first', 'loop'],
  nodes: [
    { id: 'first', uses: 'say' },
    { id: 'loop', uses: 'loop' },
    { id: 'ask', uses: 'wait' },
    { id: 'end', uses: 'say' },
  ],
  edges: [
    { source: 'loop', target: 'loop', action: 'again' },
    { source: 'loop', target: 'ask', action: 'done' },
    { source: 'ask', target: 'end' },
  ],
}

function registryOf(calls: string[]): Registry {
  return {
    say: ({ nodeId }: NodeContext) => {
      calls.push(nodeId)
      return nodeId
    },
    loop: async ({ iteration, context }: NodeContext) => {
      // One snapshot is saved before the next one is due: a burst that never waits would go on meanwhile.
      await new Promise<void>((resolve) => {
        setImmediate(resolve)
      })
      context.update('count', (count) => Number(count ?? 0) + 1)
      return route((iteration[0] ?? 0) < rounds - 1 ? 'again' : 'done', 'looped')
    },
  }
}

/** Lets the run go on until it waits for an answer. */
async function untilAsked(run: RunHandle): Promise<void> {
  while ((await run.status()) === 'running') await settle()
}

interface Compacted {
  readonly runtime: FlowRuntime
  readonly run: RunHandle
  readonly journals: MemoryJournals
  /** The earliest event that is left. */
  readonly earliest: number
  readonly length: number
}

async function compacted(): Promise<Compacted> {
  const journals: MemoryJournals = new Map()
  const options = { registry: registryOf([]), snapshotEvery: 10, keepHistory: false }
  const runtime = new FlowRuntime({ ...options, store: memoryJournalStore({ journals }) })
  const run = await runtime.start(blueprint, 'in', { runId: 'r' })
  await untilAsked(run)
  const events = await run.journal()
  return { runtime, run, journals, earliest: events[0]?.seq ?? 0, length: events.at(-1)?.seq ?? 0 }
}

describe('a run whose history is not kept', () => {
  it('keeps little more than the events after its last snapshot, and goes on from there', async () => {
    const { runtime, journals, earliest, length } = await compacted()
    expect(earliest).toBeGreaterThan(length / 2)
    await runtime.close()
    const calls: string[] = []
    const later = new FlowRuntime({ registry: registryOf(calls), store: memoryJournalStore({ journals }) })
    const run = later.open(blueprint, 'r')
    await run.resume('ask', 'yes')
    expect(await run.result()).toMatchObject({
      status: 'completed',
      outputs: { first: 'first', loop: 'looped', ask: 'yes', end: 'end' },
      context: { count: rounds },
    })
    expect(calls).toEqual(['end'])
  })

  it('is forked at the events that are left, and refused at those that are not', async () => {
    const { runtime, earliest, length } = await compacted()
    for (const at of [earliest - 1, earliest, length]) {
      const fork = await runtime.fork(blueprint, 'r', { at, runId: `f${at}`, context: { forked: at } })
      await untilAsked(fork)
      await fork.resume('ask', 'yes')
      expect((await fork.result()).context).toEqual({ count: rounds, forked: at })
    }
    for (const [at, message] of [
      [10, 'dropped by a compaction'],
      [length + 1, 'has no event'],
    ] as const) {
      await expect(runtime.fork(blueprint, 'r', { at, runId: 'f' })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(message) as string,
      })
    }
  })

  it('tells that it cannot be looked back at, exported or migrated', async () => {
    const { runtime, run, journals } = await compacted()
    const timeline = new Timeline(blueprint, await run.journal())
    expect(() => timeline.at(timeline.length)).toThrow(/dropped by a compaction/u)
    await expect(exportRun(memoryJournalStore({ journals }), 'r')).rejects.toThrow(/dropped by a compaction/u)
    await runtime.close()
    const later = new FlowRuntime({ registry: registryOf([]), store: memoryJournalStore({ journals }) })
    const migrated = later.open({ ...blueprint, version: '2' }, 'r', { migrate: {} })
    await expect(migrated.status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      message: expect.stringMatching(/run "r" .*dropped by a compaction/su) as string,
    })
  })

  it('is compacted also where each process only writes a few events', async () => {
    const journals: MemoryJournals = new Map()
    const asking: WorkflowBlueprint = {
      id: 'asking',
      start: ['ask'],
      nodes: [{ id: 'ask', uses: 'wait' }],
      edges: [{ source: 'ask', target: 'ask' }],
    }
    const options = { snapshotEvery: 50, keepHistory: false }
    for (let count = 0; count < 40; count++) {
      const runtime = new FlowRuntime({ ...options, store: memoryJournalStore({ journals }) })
      const run = count === 0 ? await runtime.start(asking, 'in', { runId: 'r' }) : runtime.open(asking, 'r')
      await untilAsked(run)
      await run.resume('ask', count)
      await untilAsked(run)
      await runtime.close()
    }
    expect(journals.get('r')?.base).toBeGreaterThan(100)
    expect(journals.get('r')?.entries.length).toBeLessThan(150)
  })

  it('is kept whole unless that is wanted otherwise', async () => {
    const runtime = new FlowRuntime({ registry: registryOf([]), store: memoryJournalStore(), snapshotEvery: 10 })
    const run = await runtime.start(blueprint, 'in', { runId: 'r' })
    await untilAsked(run)
    expect((await run.journal())[0]?.seq).toBe(1)
  })

  it('refuses a number of events that is none', () => {
    const open = (): FlowRuntime =>
      new FlowRuntime({ registry: registryOf([]), store: memoryJournalStore(), snapshotEvery: 0 })
    expect(open).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})

let processes = 0

/** One process on a disk, from its beginning to the end of the run, or `undefined` if it ended before. */
async function oneProcess(disk: SimulatedDisk): Promise<WorkflowResult | undefined> {
  const store = new FileStore({ dir: '/store', files: disk, processes: onlyProcess(++processes), fsync: 'never' })
  const runtime = new FlowRuntime({ registry: registryOf([]), store, snapshotEvery: 10, keepHistory: false })
  try {
    const run = await runtime.start(blueprint, 'in', { runId: 'r' })
    await untilAsked(run)
    for (const { name } of await run.waits()) await run.resume(name, 'yes')
    return await run.result()
  } catch (error) {
    if (disk.crashed) return undefined
    throw error
  }
}

it('a run without history ends like the undisturbed one, whichever operation of its disk its process ends at', async () => {
  const undisturbed = new SimulatedDisk()
  const { status, outputs, context } = (await oneProcess(undisturbed)) as WorkflowResult
  // What is done for snapshots and compactions, and a little before and after it.
  const near = new Set<number>()
  for (const [at, what] of undisturbed.operations.entries()) {
    if (!/runs.r.*(?:snapshot|log\.tmp)/u.test(what)) continue
    for (let place = at - 2; place <= at + 4; place++) near.add(place)
  }
  expect(near.size).toBeGreaterThan(30)
  expect({ status, context }).toEqual({ status: 'completed', context: { count: rounds } })
  for (const at of near) {
    for (const done of [false, true]) {
      const fault: Fault = { at, done }
      let disk = new SimulatedDisk(fault)
      let result = await oneProcess(disk)
      while (result === undefined) {
        disk = disk.restart('all')
        result = await oneProcess(disk)
      }
      expect({ at, done, status: result.status, outputs: result.outputs, context: result.context }).toEqual({
        at,
        done,
        status,
        outputs,
        context,
      })
    }
  }
}, 120_000)
