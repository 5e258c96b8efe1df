import { describe, expect, it } from 'vitest'
import { onlyProcess, SimulatedDisk, type Fault, type Survival } from '../../test/simulated-disk.ts'
import { settle } from '../../test/while-time-passes.ts'
import { isHeddleError } from '../errors/heddle-error.ts'
import { FileStore } from '../file/file-store.ts'
import type { FsyncPolicy } from '../file/journal-services.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { FlowRuntime } from './flow-runtime.ts'

const rounds = 10

/** A loop with a child run in it, long enough for several compactions. */
const blueprint: WorkflowBlueprint = {
  id: 'rounds',
  start: ['work'],
  nodes: [
    { id: 'work', uses: 'work' },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
  ],
  edges: [
    { source: 'work', target: 'sub' },
    { source: 'sub', target: 'work', condition: `result < ${rounds}.0` },
  ],
  policy: { context: { sum: { reducer: 'sum', initial: 0 } } },
}
const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'add', uses: 'add' }], edges: [] }

let processes = 0

/** What the steps did, over all processes. */
class World {
  /** Which steps ran, and how often. */
  readonly ran: Map<string, number> = new Map()

  registry(): Registry {
    return {
      work: async ({ iteration, step, context }: NodeContext) => {
        const [round = 0] = iteration
        context.set('sum', 1)
        return step('count', () => {
          this.ran.set(`count ${round}`, (this.ran.get(`count ${round}`) ?? 0) + 1)
          return round + 1
        })
      },
      add: ({ input }: NodeContext) => input,
    }
  }

  private async note(run: RunHandle, state: { result?: unknown }): Promise<void> {
    try {
      const { status, outputs, context } = await run.result()
      state.result = { status, output: outputs['sub'], sum: context['sum'] }
    } catch {
      // The journal could not be written: the next process goes on.
    }
  }

  /** One process; answers the output if the run has ended. */
  async process(disk: SimulatedDisk, fsync: FsyncPolicy): Promise<unknown> {
    const store = new FileStore({
      dir: '/store',
      files: disk,
      processes: onlyProcess(++processes),
      fsync,
      fsyncEveryMs: 0,
    })
    const runtime = new FlowRuntime({
      registry: this.registry(),
      blueprints: { child },
      store,
      keepHistory: false,
      snapshotEvery: 10,
    })
    const state: { result?: unknown } = {}
    try {
      const run = await runtime.start(blueprint, undefined, { runId: 'r' })
      void this.note(run, state)
      for (let turn = 0; turn < 40 && state.result === undefined && !disk.crashed; turn++) await settle()
      await runtime.close()
    } catch (error) {
      if (!disk.crashed && !isHeddleError(error)) throw error
    }
    if (!disk.crashed) expect(disk.opened).toBe(0)
    return disk.crashed ? undefined : state.result
  }
}

const whole = { status: 'completed', output: rounds, sum: rounds }

async function operationsOf(fsync: FsyncPolicy): Promise<readonly string[]> {
  const disk = new SimulatedDisk()
  expect(await new World().process(disk, fsync)).toEqual(whole)
  return disk.operations
}

/** Faults at what a compaction does to the disk, and at what comes right behind. */
function faultsOf(operations: readonly string[]): readonly Fault[] {
  const ofCompaction = operations.flatMap((operation, index) =>
    /\.tmp|remove|rename|snapshot/u.test(operation) ? [index + 1, index + 2] : [],
  )
  return [...new Set(ofCompaction)].flatMap((at) => [
    { at, done: false },
    { at, done: true },
    { at, done: 7 },
    { at, type: 'fail', done: false } as const,
    { at, type: 'fail', done: true } as const,
  ])
}

const losses: readonly (readonly [FsyncPolicy, Survival])[] = [
  ['never', 'all'],
  ['group', 'none'],
]

describe('the compaction of a journal whose run goes on', () => {
  it.each(losses)(
    'may end or fail at any of its operations on files, and the run comes to its end: fsync %s, of what was not synced there is %s',
    async (fsync, survival) => {
      const operations = await operationsOf(fsync)
      const faults = faultsOf(operations)
      expect(faults.length).toBeGreaterThan(40)
      for (const fault of faults) {
        const world = new World()
        const disk = new SimulatedDisk(fault)
        let end = await world.process(disk, fsync)
        let next = disk
        for (let turn = 0; end === undefined && turn < 3; turn++) {
          next = next.restart(turn === 0 && disk.crashed ? survival : 'all')
          end = await world.process(next, fsync)
        }
        const where = `${JSON.stringify(fault)} ${operations[fault.at - 1]}`
        expect({ where, end }).toEqual({ where, end: whole })
        if (survival !== 'all') continue
        // At most the step that was not recorded yet.
        const again = [...world.ran.values()].filter((count) => count > 1)
        expect({ where, again: again.every((count) => count === 2) && again.length <= 1 }).toEqual({
          where,
          again: true,
        })
      }
    },
    120_000,
  )

  it('hides nothing from who reads meanwhile, at any operation', async () => {
    const disk = new SimulatedDisk()
    const reader = new FileStore({ dir: '/store', files: disk, processes: onlyProcess(9999) })
    const looks: Promise<number>[] = []
    const look = async (): Promise<number> => {
      const entries = (await reader.readEntries('r', 0, 100_000)) ?? []
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => (entries[0]?.seq ?? 0) + at))
      const contents = await reader.read('r')
      return contents?.entries.at(-1)?.seq ?? contents?.snapshot?.seq ?? 0
    }
    disk.performing = () => {
      looks.push(look())
    }
    expect(await new World().process(disk, 'group')).toEqual(whole)
    disk.performing = () => {}
    const seen = await Promise.all(looks)
    expect(seen).toEqual(seen.toSorted((one, other) => one - other))
    expect(seen.length).toBeGreaterThan(100)
  })
})
