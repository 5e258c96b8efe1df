import { FileStore } from '../src/file/file-store.ts'
import type { WorkflowResult } from '../src/model/workflow-result.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import { foldJournal } from '../src/traversal/fold-journal.ts'
import { crashRegistry, type CrashPattern } from './crash-patterns.ts'
import { onlyProcess, SimulatedDisk, type Fault } from './simulated-disk.ts'
import { VirtualClock } from './virtual-clock.ts'
import { settle } from './while-time-passes.ts'

/** What a run came to, without times, attempts and commit order. */
export interface CrashEnd {
  readonly status: string
  readonly outputs: Readonly<Record<string, unknown>>
  readonly errors: readonly string[]
  readonly context: Readonly<Record<string, unknown>>
  readonly visits: readonly (readonly [string, string])[]
  readonly marks: readonly (readonly [string, string])[]
}

let processes = 0

/** Carries a pattern out in one process after another on one disk, until the run has ended: each fault ends one process. */
export async function endAfter(
  pattern: CrashPattern,
  faults: readonly Fault[],
): Promise<CrashEnd & { operations: number }> {
  const clock = new VirtualClock()
  let [fault, ...later] = faults
  let disk = new SimulatedDisk(fault)
  let operations = 0
  for (;;) {
    const end = await oneProcess(pattern, disk, clock)
    operations += disk.operations.length
    if (end !== undefined) return { ...end, operations }
    ;[fault, ...later] = later
    disk = disk.restart('all', fault)
  }
}

interface RunState {
  result?: WorkflowResult
  failed?: unknown
}

async function note(state: RunState, result: Promise<WorkflowResult>): Promise<void> {
  try {
    state.result = await result
  } catch (error) {
    state.failed = error
  }
}

/** One process from its beginning to the run's end, or `undefined` if it ended before. */
async function oneProcess(
  { blueprint, children = {}, options = {} }: CrashPattern,
  disk: SimulatedDisk,
  clock: VirtualClock,
): Promise<CrashEnd | undefined> {
  const store = new FileStore({ dir: '/store', files: disk, processes: onlyProcess(++processes), fsync: 'never' })
  const runtime = new FlowRuntime({ registry: crashRegistry, blueprints: children, store, clock })
  try {
    const run = await runtime.start(blueprint, 'input', { ...options, runId: 'r' })
    const state: RunState = {}
    void note(state, run.result())
    for (let steps = 0; state.result === undefined && state.failed === undefined; steps++) {
      await settle()
      if (steps > 100) throw new Error('the run does not come to its end')
      for (const { waitId, name } of await run.waits()) {
        if (!name.startsWith('silent')) await run.resume(waitId, `answer to ${name}`)
      }
      await settle()
      clock.advance(500)
    }
    if (state.result === undefined) throw state.failed
    return describeEnd(state.result, foldJournal(blueprint, await run.journal()))
  } catch (error) {
    if (disk.crashed) return undefined
    throw error
  }
}

function describeEnd(
  { status, outputs, errors, context }: WorkflowResult,
  { visits, marks }: ReturnType<typeof foldJournal>,
): CrashEnd {
  return {
    status,
    outputs: { ...outputs },
    errors: errors.map(({ code, message }) => `${code}: ${message}`),
    context: sorted(context),
    visits: [...visits].toSorted(byKey),
    marks: [...marks].toSorted(byKey),
  }
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one.localeCompare(other)
}

/** What two branches append to one list stands in the order of their commits. */
function sorted(context: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(String).toSorted((one, other) => one.localeCompare(other)) : value,
    ]),
  )
}
