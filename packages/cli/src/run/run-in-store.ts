import {
  EventBus,
  FlowRuntime,
  ReplayOrchestrator,
  type IJournalStore,
  type RunEvent,
  type RunHandle,
  type WorkflowResult,
} from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import type { Answer } from '../flags/answers.ts'
import { readEvents } from '../store/read-journal.ts'
import { portsOf } from './definition-runs.ts'
import { standingNow } from '../store/stored-waits.ts'
import { noteLogger } from './note-logger.ts'
import type { RunListener } from './prepare-run.ts'
import type { RunReport } from './run-report.ts'
import { RunWatch } from './watch-run.ts'

/** Who is told what happens in a run of a store, and what had happened in it before. */
export interface StoredRunListener extends RunListener {
  /** The run has an id, and its events so far are these. */
  readonly onOpen: (runId: string, past: readonly RunEvent[]) => void
}

/** What {@link runInStore} carries out. */
export interface StoredRunRequest {
  readonly definition: Definition
  /** Closed when this process is done with the run. */
  readonly store: IJournalStore
  /** The run, if it may be in the store already. */
  readonly runId?: string | undefined
  /** The events before, of a run that is not in the store yet. */
  readonly past?: readonly RunEvent[]
  /** Starts the run, or opens it. */
  readonly open: (runtime: FlowRuntime) => Promise<RunHandle>
  readonly answers: readonly Answer[]
}

/**
 * Goes on with a run of a store in this process until it has ended or waits for something that no answer was given for. The store is
 * closed then.
 *
 * @param signal aborting it lets go of the run as its journal knows it; any process can go on with it
 * @throws HeddleError what opening it throws, and `STORE_UNAVAILABLE` if the journal could not be written
 */
export async function runInStore(
  { definition, store, runId, past: known = [], open, answers }: StoredRunRequest,
  listener: StoredRunListener,
  signal: AbortSignal,
): Promise<RunReport> {
  const past = runId === undefined ? known : await pastOf(store, runId)
  // What happens while the run is being opened is told when its id is known.
  const early: (() => void)[] = []
  let tell = (telling: () => void): void => void early.push(telling)
  let watch: RunWatch | undefined
  const eventBus = new EventBus()
  eventBus.on('*', (event) =>
    tell(() => {
      listener.onEvent(event)
      watch?.take(event)
    }),
  )
  const logger = noteLogger((level, line) => tell(() => listener.onNote(level, line)))
  const runtime = new FlowRuntime({ ...portsOf(definition), eventBus, logger, store })
  try {
    const handle = await open(runtime)
    listener.onOpen(handle.runId, past)
    const watching = new RunWatch(handle, answers)
    watch = watching
    tell = (telling) => telling()
    for (const telling of early) telling()
    watching.begin()
    const end = await Promise.race([handle.result(), watching.atRest, whenAborted(signal)])
    watching.close()
    const { refused } = watching
    const unused = watching.unused()
    if (typeof end === 'object') return { result: end, stuckAt: undefined, refused, unused }
    const waits = end === 'awaiting' ? await handle.waits() : []
    // Closing gives back the attempts that are under way.
    const stuckAt = end === 'stuck' ? await runningNodes(store, handle.runId) : undefined
    await runtime.close()
    const result = await resultSoFar(definition, store, handle.runId, waits)
    if (end === 'awaiting') return { result, stuckAt: undefined, refused, unused }
    result.status = 'stalled'
    return { result, stuckAt, refused, unused, isLetGo: end === 'let go' }
  } finally {
    await runtime.close()
  }
}

/** The events so far of a run that may not be there. */
async function pastOf(store: IJournalStore, runId: string): Promise<readonly RunEvent[]> {
  const isThere = (await store.readEntries(runId, 0, 1)) !== undefined
  return isThere ? readEvents(store, runId) : []
}

/** The nodes of which an attempt is under way. */
async function runningNodes(store: IJournalStore, runId: string): Promise<readonly string[]> {
  const { folded } = await standingNow(store, runId)
  return [...folded.visits].flatMap(([key, status]) => (status === 'running' ? [key] : []))
}

function whenAborted(signal: AbortSignal): Promise<'let go'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('let go')
    signal.addEventListener('abort', () => resolve('let go'), { once: true })
  })
}

/** What a run has produced so far, from its journal. */
async function resultSoFar(
  definition: Definition,
  store: IJournalStore,
  runId: string,
  waits: WorkflowResult['waits'],
): Promise<WorkflowResult> {
  const events = await readEvents(store, runId)
  const prepared = new FlowRuntime(portsOf(definition)).prepare(definition.runnable, undefined, { runId })
  const { traverser, executorFactory, state, services } = prepared
  const result = await new ReplayOrchestrator(events, { isPart: true }).run(traverser, executorFactory, state, services)
  // The journal of a run tells of its own waits; those of its child runs stand in theirs.
  // What the result computes it computes as itself.
  return new Proxy(result, {
    get: (target, key): unknown => (key === 'waits' ? waits : Reflect.get(target, key, target)),
  })
}
