import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { ContextWrite } from '../model/outcome.ts'
import type { ReducerName } from '../model/policy.ts'
import type { SharedValues } from '../traversal/shared-values.ts'
import type { Engine } from './engine.ts'

/** Reducers that can make more of a value than anybody has written at a time. */
const growing: ReadonlySet<ReducerName> = new Set(['append', 'union', 'merge'])

/** By how much a value grows before it is looked at again. */
const growthBetweenChecks = 1.125

/** How much text a value came to when it was checked last, and with what was added since, roughly. */
interface Size {
  checked: number
  now: number
}

/**
 * Sees to it that shared values can still be stored when writes are merged into them. To look through a list for each element that is
 * added to it would cost more than all else: it is looked through each time it has grown by an eighth.
 */
export class SharedGrowth {
  private readonly shared: SharedValues
  private readonly engine: Pick<Engine, 'checkValue' | 'serializer'>
  private readonly sizes: Map<string, Size> = new Map()

  constructor(shared: SharedValues, engine: Pick<Engine, 'checkValue' | 'serializer'>) {
    this.shared = shared
    this.engine = engine
  }

  /** Why the writes of a node's outcome cannot be committed, if they cannot. */
  refuse(writes: readonly ContextWrite[], nodeId: string): HeddleError | undefined {
    const { shared, sizes } = this
    const merged = new Map<string, unknown>()
    for (const { key, value, replace } of writes) {
      if (replace === true) {
        sizes.delete(key)
        merged.set(key, value)
      } else if (growing.has(shared.reducer(key))) {
        const next = shared.merged(key, merged.has(key) ? merged.get(key) : shared.get(key), value)
        const error = this.check(key, value, next)
        if (error !== undefined) return sharedTooLarge(nodeId, key, error)
        merged.set(key, next)
      }
    }
    return undefined
  }

  private check(key: string, added: unknown, next: unknown): unknown {
    const { sizes, engine } = this
    const size = sizes.get(key)
    const now = size === undefined ? 0 : size.now + this.sizeOf(added)
    if (size !== undefined && now < size.checked * growthBetweenChecks) {
      size.now = now
      return undefined
    }
    try {
      engine.checkValue(next)
    } catch (error) {
      return error
    }
    const checked = this.sizeOf(next)
    sizes.set(key, { checked, now: checked })
    return undefined
  }

  private sizeOf(value: unknown): number {
    if (typeof value === 'string') return value.length + 3
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return 8
    return this.engine.serializer.serialize(value).length
  }
}

/**
 * The failure of a node that would have made a shared value too large to be stored.
 *
 * @param cause why the value cannot be stored
 */
export function sharedTooLarge(nodeId: string, key: string, cause: unknown): HeddleError {
  const { code, details, message } = isHeddleError(cause)
    ? cause
    : { code: 'NOT_SERIALISABLE' as const, details: {}, message: String(cause) }
  return new HeddleError(
    code,
    `what node "${nodeId}" adds to the shared value "${key}" makes it one that cannot be stored; keep less in it, or store it aside and share where it lies: ${message}`,
    { details: { ...details, nodeId, key }, cause },
  )
}
