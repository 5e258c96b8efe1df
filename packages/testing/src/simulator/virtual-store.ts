import type { IClock, ICoordinationStore, StartRequest } from '@heddle/core'
import { WorldChecks, type NodeIds } from './checks/world-checks.ts'
import type { Operation } from './checks/operation.ts'
import type { Report } from './checks/violation.ts'
import type { VirtualProcess } from './virtual-process.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Makes a store that goes by the clock of a simulated world. */
export type StoreFactory = (options: { readonly clock: IClock }) => ICoordinationStore

type AnyOperation = (...parameters: unknown[]) => Promise<unknown>

interface Logged extends Operation {
  /** When it was carried out. */
  readonly at: number
}

/** What a store of a world is made with. */
export interface VirtualStoreOptions {
  readonly time: VirtualTime
  readonly makeStore: StoreFactory
  readonly nodeIds: NodeIds
  readonly report: Report
  /** Is told of every operation after it was carried out and checked. */
  readonly onOperation: (by: string, operation: Operation, reply: unknown) => void
  /** Whether operations are kept, so that the last ones can be lost. */
  readonly isLogged: boolean
}

/** The store of a simulated world. What its records say is checked after every operation. */
export class VirtualStore {
  /** How many operations were carried out. */
  steps = 0
  checks: WorldChecks
  private readonly options: VirtualStoreOptions
  private readonly names: readonly (keyof ICoordinationStore)[]
  private log: Logged[] = []
  private store: ICoordinationStore
  /** The time of an operation that is carried out once more. */
  private repeatedAt: number | undefined

  constructor(options: VirtualStoreOptions) {
    this.options = options
    this.store = this.open()
    this.checks = this.openChecks()
    this.names = operationNames(this.store)
  }

  private open(): ICoordinationStore {
    const { time, makeStore } = this.options
    return makeStore({
      clock: { now: () => this.now(), schedule: (delayMs, callback) => time.schedule(delayMs, callback) },
    })
  }

  private openChecks(): WorldChecks {
    const { nodeIds, report } = this.options
    return new WorldChecks(this.store, () => this.now(), nodeIds, report)
  }

  private now(): number {
    return this.repeatedAt ?? this.options.time.now()
  }

  /** The store itself, without a process in between. */
  get direct(): ICoordinationStore {
    return this.store
  }

  /** The store as one process sees it. */
  seenBy(process: VirtualProcess): ICoordinationStore {
    const line: Record<string, AnyOperation> = {}
    for (const name of this.names) {
      line[name] = (...parameters) => process.call(name, () => this.carryOut(process.name, { name, parameters }))
    }
    return line as unknown as ICoordinationStore
  }

  private async carryOut(by: string, asked: Operation): Promise<unknown> {
    const operation = asked.name === 'start' ? withSteadyIncarnation(asked) : asked
    this.steps++
    if (this.options.isLogged && !operation.name.startsWith('read')) {
      this.log.push({ ...copyOf(operation), at: this.options.time.now() })
    }
    const reply = await this.apply(operation)
    this.options.onOperation(by, operation, reply)
    return reply
  }

  private async apply(operation: Operation): Promise<unknown> {
    const { name, parameters } = operation
    const reply = await (this.store[name] as unknown as AnyOperation).call(this.store, ...parameters)
    await this.checks.observe(operation, reply)
    return reply
  }

  /** Goes back to where the store was before its last operations: a new store, of which all but those are asked again. */
  async loseTail(count: number): Promise<void> {
    this.log = this.log.slice(0, Math.max(0, this.log.length - count))
    this.store = this.open()
    this.checks = this.openChecks()
    for (const operation of this.log) {
      this.repeatedAt = operation.at
      await this.apply(copyOf(operation))
    }
    this.repeatedAt = undefined
  }
}

/** The operations that a store has, whether they stand in the object or in its classes. */
function operationNames(store: ICoordinationStore): (keyof ICoordinationStore)[] {
  const names = new Set<string>()
  for (let at = store as object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name)
  }
  names.delete('constructor')
  return [...names].filter((name) => typeof Reflect.get(store, name) === 'function') as (keyof ICoordinationStore)[]
}

/** An operation as it was asked for, whatever becomes of the objects in it. Everything in them is plain. */
function copyOf({ name, parameters }: Operation): Operation {
  return { name, parameters: parameters.map(copyPlain) }
}

function copyPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyPlain)
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyPlain(field)]))
}

/** The ids of child runs come out of the incarnation of their parent: a random one would make each replay another world. */
function withSteadyIncarnation({ name, parameters }: Operation): Operation {
  const [request] = parameters as [StartRequest]
  return { name, parameters: [{ ...request, incarnation: `incarnation of ${request.runId}` }] }
}
