import { FileStore } from '../src/file/file-store.ts'
import type { IProcesses } from '../src/file/processes.ts'
import type { WorkflowBlueprint } from '../src/model/blueprint.ts'
import type { RunEvent } from '../src/model/run-event.ts'
import { visitKey } from '../src/model/visit.ts'
import type { WorkflowResult } from '../src/model/workflow-result.ts'
import type { IJournalStore } from '../src/ports/journal-store.ts'
import type { RunHandle } from '../src/ports/run-handle.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import { foldJournal } from '../src/traversal/fold-journal.ts'
import { crashRegistry } from './crash-patterns/handlers.ts'
import type { CrashEnd, CrashPattern } from './crash-patterns/pattern.ts'
import { CrashWitness } from './crash-witness.ts'
import { onlyProcess, SimulatedDisk, type Fault } from './simulated-disk.ts'
import { VirtualClock } from './virtual-clock.ts'
import { settle } from './while-time-passes.ts'

/** A run that may have taken several processes. */
export interface CrashedRun {
  readonly end: CrashEnd
  /** Operations of the disk, in all processes. */
  readonly operations: number
  /** What ran although its outcome was recorded. */
  readonly ranAgain: readonly string[]
}

let processes = 0

/** What a store is made of that keeps its runs on a disk. */
export type MakeStore = (files: SimulatedDisk, processes: IProcesses) => IJournalStore

const fileStore: MakeStore = (files, owner) => new FileStore({ dir: '/store', files, processes: owner, fsync: 'never' })

/** Carries a pattern out in one process after another on one disk, until the run has ended: each fault ends one process. */
export async function endAfter(
  pattern: CrashPattern,
  faults: readonly Fault[],
  makeStore: MakeStore = fileStore,
): Promise<CrashedRun> {
  const witness = new CrashWitness(new VirtualClock())
  let [fault, ...later] = faults
  let disk = new SimulatedDisk(fault)
  let operations = 0
  for (;;) {
    const end = await oneProcess(pattern, disk, witness, makeStore)
    operations += disk.operations.length
    if (end !== undefined) return { end, operations, ranAgain: witness.ranAgain }
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
  witness: CrashWitness,
  makeStore: MakeStore,
): Promise<CrashEnd | undefined> {
  const store = makeStore(disk, onlyProcess(++processes))
  const { clock, tokens } = witness
  await witness.readRecorded(store)
  const runtime = new FlowRuntime({
    registry: crashRegistry,
    blueprints: children,
    store,
    clock,
    dependencies: witness.world,
  })
  try {
    const run = await runtime.start(blueprint, 'input', { ...options, runId: 'r' })
    const state: RunState = {}
    void note(state, run.result())
    await settle()
    // What was due while no process ran comes before any more time passes.
    if (!disk.crashed) clock.advance(0)
    for (let steps = 0; ; steps++) {
      await settle()
      if (state.result !== undefined || state.failed !== undefined) break
      if (steps > 100) throw new Error('the run does not come to its end')
      for (const { waitId, name } of await run.waits()) {
        if (name.startsWith('hook')) await answerByToken(run, tokens)
        else if (name.startsWith('cancel')) await run.cancel('enough')
        else if (!name.startsWith('silent')) await run.resume(waitId, `answer to ${name}`)
      }
      await settle()
      if (!disk.crashed) clock.advance(500)
    }
    if (state.result === undefined) throw state.failed
    const end = describeEnd(blueprint, state.result, await run.journal())
    return { ...end, children: await childEnds(store) }
  } catch (error) {
    if (disk.crashed) return undefined
    throw error
  }
}

/** A token is void once there is a newer one. */
async function answerByToken(run: RunHandle, tokens: readonly string[]): Promise<void> {
  for (const former of tokens.slice(0, -1)) {
    const code = await run.resumeByToken(former, 'forged').catch(codeOf)
    if (code !== 'INVALID_TOKEN') throw new Error(`a token that was void was answered with ${code ?? 'success'}`)
  }
  await run.resumeByToken(tokens.at(-1) ?? '', 'answer by token')
}

/** The last event of each child run. */
async function childEnds(store: IJournalStore): Promise<readonly string[]> {
  const ends: string[] = []
  for await (const { first, last } of store.list()) {
    if (first.fact['parentRunId'] !== undefined) ends.push(last.fact.type)
  }
  return ends.toSorted((one, other) => one.localeCompare(other))
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string }).code
}

/** What a run came to, without its child runs. */
export function describeEnd(
  blueprint: WorkflowBlueprint,
  { status, outputs, errors, context }: WorkflowResult,
  journal: readonly RunEvent[],
): Omit<CrashEnd, 'children'> {
  const { visits, marks } = foldJournal(blueprint, journal)
  return {
    status,
    outputs: { ...outputs },
    errors: errors.map(({ code, message }) => `${code}: ${message}`),
    context: sorted(context),
    visits: [...visits].toSorted(byKey),
    marks: [...marks].toSorted(byKey),
    undone: journal.flatMap((event) =>
      event.type === 'compensation.completed' || event.type === 'compensation.failed'
        ? [`${visitKey(event)} ${event.type}`]
        : [],
    ),
    emitted: journal.flatMap((event) =>
      event.type === 'event.emitted' ? [`${visitKey(event)} ${event.event} ${String(event.payload)}`] : [],
    ),
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
