import { HeddleError } from '../errors/heddle-error.ts'
import { describeKind } from '../model/describe-kind.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IJobQueue } from '../ports/job-queue.ts'

/** The ports that workers and their clients share. */
interface SharedPorts {
  readonly store: ICoordinationStore
  readonly queue: IJobQueue
}

/** The same as plain JavaScript may give them. */
interface GivenPorts {
  readonly store?: unknown
  readonly queue?: unknown
}

/**
 * The store and the queue of whoever works with distributed runs.
 *
 * @param of names who is given them
 * @param uses the operations of the queue that it needs
 * @throws HeddleError `INVALID_OPTION` if one is missing, or is something else
 */
export function checkSharedPorts(
  of: string,
  { store, queue }: GivenPorts,
  uses: readonly (keyof IJobQueue)[],
): SharedPorts {
  if (store === undefined || queue === undefined) {
    const [given, missing] = store === undefined ? ['queue', 'store'] : ['store', 'queue']
    const having = store === queue ? '' : ` with a ${given}`
    const also = store === queue ? ' and a queue' : ' too'
    const message = `${of}${having} needs a ${missing}${also}: runs are kept in the store, and the queue wakes their workers`
    throw new HeddleError('INVALID_OPTION', message, { details: { option: missing } })
  }
  const isStore = has(store, 'claim')
  if (!isStore) throw invalid('store', 'a coordination store, as memoryCoordinationStore() makes one', store)
  if (!has(queue, ...uses)) throw invalid('queue', 'a job queue, as memoryJobQueue() makes one', queue)
  return { store: store as ICoordinationStore, queue: queue as IJobQueue }
}

function has(port: unknown, ...operations: readonly string[]): boolean {
  if (typeof port !== 'object' || port === null) return false
  return operations.every((name) => typeof (port as Record<string, unknown>)[name] === 'function')
}

function invalid(option: string, what: string, given: unknown): HeddleError {
  const message = `${option} must be ${what}, and is ${describeKind(given)}`
  return new HeddleError('INVALID_OPTION', message, { details: { option } })
}
