import { onTestFinished } from 'vitest'
import { memoryCoordinationStore } from '../src/memory/coordination-store.ts'
import { memoryJobQueue } from '../src/memory/job-queue.ts'
import { memoryJournalStore, type MemoryJournals } from '../src/memory/journal-store.ts'
import type { ICoordinationStore } from '../src/ports/coordination-store.ts'
import type { IJobQueue } from '../src/ports/job-queue.ts'
import type { RunHandle } from '../src/ports/run-handle.ts'
import { createWorker, type CreateWorkerOptions } from '../src/runtime/create-worker.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import type { FlowRuntimeOptions } from '../src/runtime/options.ts'
import type { Worker } from '../src/worker/worker.ts'
import { VirtualClock } from './virtual-clock.ts'
import { settle, whileTimePasses } from './while-time-passes.ts'

/** One store, one queue and one clock, with any number of processes around them. */
export interface Machines {
  readonly clock: VirtualClock
  readonly store: ICoordinationStore
  readonly queue: IJobQueue
  /** A process that starts runs and follows them. */
  readonly client: (options?: FlowRuntimeOptions) => FlowRuntime
  /** A process that carries runs out. It is closed when the test is over. */
  readonly work: (options: Partial<CreateWorkerOptions>) => Worker
  /** Awaits work while time passes. */
  readonly pass: <T>(work: Promise<T>) => Promise<T>
}

/** Machines that share nothing but a store in memory, its queue, and a clock that is moved by hand. */
export function machines(clock: VirtualClock = new VirtualClock()): Machines {
  const ports = { clock, store: memoryCoordinationStore({ clock }), queue: memoryJobQueue({ clock }) }
  return {
    ...ports,
    client: (options = {}) => new FlowRuntime({ ...ports, ...options }),
    work: (options) => {
      const worker = createWorker({ ...ports, random: () => 0, ...options })
      onTestFinished(() => worker.close())
      return worker
    },
    pass: (work) => whileTimePasses(clock, work),
  }
}

/** A process: a runtime with a store of its own on journals that outlive it. */
export function processOn(journals: MemoryJournals, options: Omit<FlowRuntimeOptions, 'store'>): FlowRuntime {
  return new FlowRuntime({ ...options, store: memoryJournalStore({ journals }) })
}

/** Lets time pass until so many waits of a run are open, and nothing else moves it. */
export async function untilAwaiting(clock: VirtualClock, run: RunHandle, waits: number): Promise<void> {
  for (let steps = 0; steps < 1000; steps++) {
    await settle()
    if ((await run.waits()).length === waits && (await run.status()) === 'awaiting') return
    clock.advance(10)
  }
  throw new Error('the run does not come to rest')
}
