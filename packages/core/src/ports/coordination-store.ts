import type { IDueIndex } from './due-index.ts'
import type { IPermits } from './permits.ts'
import type { IKeyPrimitives } from './key-primitives.ts'
import type { IRunRecords } from './run-records.ts'
import type { ITurnStore } from './turn-store.ts'
import type { IWaitsAndTimers } from './waits-and-timers.ts'

/**
 * All records of runs, and the operations on them: what workers on any number of machines share. Each operation is atomic and
 * idempotent (`docs`: the protocol of a distributed run); all times are those of the store's clock. The reference is
 * `memoryCoordinationStore`.
 */
export interface ICoordinationStore
  extends IRunRecords, ITurnStore, IWaitsAndTimers, IDueIndex, IPermits, IKeyPrimitives {}
