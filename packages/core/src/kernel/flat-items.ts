import type { HeddleError } from '../errors/heddle-error.ts'
import type { Items } from './frame.ts'
import { visitCode } from './status-codes.ts'

/** The items of a map in memory. */
export class FlatItems implements Items {
  readonly count: number
  readonly concurrency: number
  readonly tolerated: number
  next = 0
  settled = 0
  failed = 0
  /** Outputs by item; the kernel never reads them. */
  readonly outputs: unknown[] = []
  /** The items themselves; the kernel never reads them. */
  values: readonly unknown[] = []
  /** The error of the first item that failed; the kernel never reads it. */
  error: HeddleError | undefined
  readonly statuses: number[] = []

  constructor(count: number, concurrency: number, tolerated: number) {
    this.count = count
    this.concurrency = concurrency
    this.tolerated = tolerated
  }

  status(item: number): number {
    return this.statuses[item] ?? visitCode.pending
  }

  setStatus(item: number, status: number): void {
    this.statuses[item] = status
  }
}
