import { defaultLimits, resolveActorLimits, type ActorLimits } from '../actor/actor-options.ts'
import { EventFeed } from '../actor/event-feed.ts'
import { resolveKeyLimits } from '../actor/resolve-key-limits.ts'
import { RunActor } from '../actor/run-actor.ts'
import type { KeyLimits } from '../model/key-limit.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import { Worker } from '../worker/worker.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import { withBlobs } from './blob-stores.ts'
import { checkOptions } from './check-options.ts'
import { checkSharedPorts } from './check-shared-ports.ts'
import { checkWorkerOptions } from './check-worker-options.ts'
import { resolvePorts } from './create-engine.ts'
import { defineWith, type DefineRunsOptions } from './define-runs.ts'
import type { RunLimits } from './limits.ts'

/** Options of {@link createWorker}. */
export interface CreateWorkerOptions extends DefineRunsOptions {
  readonly store: ICoordinationStore
  readonly queue: IJobQueue
  /** Keeps values that are larger than `limits.maxInlineBytes`: the same one as that of all other workers and clients of the store. */
  readonly blobs?: IBlobStore
  /** How many jobs may be under way at once. @default 10 */
  readonly concurrency?: number
  /**
   * Whether the worker goes on with one visit that a settlement made ready itself, instead of sending it to the queue: fewer messages and
   * no wait in line, for up to a second from the job that it took. It goes on only with visits of that job's queue and priority; a rate
   * limit of the queue counts jobs, and so not these visits. All guarantees stay the same.
   * @default false
   */
  readonly continueInWorker?: boolean
  /** How often runs that are due are looked for, in milliseconds, from 1 up. @default 1000 */
  readonly sweepMs?: number
  /** What bounds the runs, and the times and limits of the protocol. @default see {@link RunLimits} and {@link ActorLimits} */
  readonly limits?: Partial<RunLimits & ActorLimits>
  /**
   * Limits of the attempts of nodes by their `concurrencyKey`, across all runs and workers of the store. Give all workers the same: each
   * goes by its own, and a key that a worker has no limit for is not limited there.
   * @default none
   */
  readonly keyLimits?: KeyLimits
}

/**
 * Opens a worker: it takes jobs of runs from the queue, and looks after runs that are due. Any number of workers may work on the same
 * store and queue; a run is carried out by those that know its definition.
 *
 * @returns what has to be closed: `close()`, or `await using`
 * @throws HeddleError `INVALID_BLUEPRINT` with all problems, `INVALID_OPTION` if there is nothing to work on, and for an option that cannot be meant
 * @example
 * ```ts
 * await using worker = createWorker({ workflows: [review], store, queue, concurrency: 20 })
 * ```
 */
export function createWorker(options: CreateWorkerOptions): Worker {
  checkOptions(options)
  checkWorkerOptions(options)
  const shared = checkSharedPorts('a worker', options, ['enqueue', 'consume'])
  const { queue } = shared
  // Its attempts are limited by permits of the store, not of this process.
  const { keyLimits: given, ...others } = options
  const ports = resolvePorts(others, Object.keys(defaultLimits))
  const keyLimits = resolveKeyLimits(given)
  const { concurrency, sweepMs, continueInWorker = false } = options
  const limits = resolveActorLimits(options.limits)
  const store = withBlobs(shared.store, options)
  const definitions = defineWith(ports, { ...options, keyLimits: keyLimits ?? {} })
  const { clock, logger, eventBus } = ports
  const feed = new EventFeed(store, logger, (events) => {
    for (const event of events) eventBus.emit(event)
  })
  return new Worker(
    (onChange) =>
      new RunActor({
        store,
        definitions,
        clock,
        logger,
        limits,
        continues: continueInWorker,
        enqueue: (jobs) => queue.enqueue(jobs),
        onChange: (_run, dueAt) => onChange(dueAt),
        onDue: onChange,
        ...(keyLimits === undefined ? {} : { keyLimits }),
        ...(options.eventBus === undefined ? {} : { feed }),
      }),
    queue,
    { ...(concurrency === undefined ? {} : { concurrency }), ...(sweepMs === undefined ? {} : { sweepMs }) },
  )
}
