import { HeddleError } from '../../errors/heddle-error.ts'
import type { ContextWrite } from '../../model/outcome.ts'
import { isGrowing } from '../../traversal/growing-value.ts'
import type { SharedValues } from '../../traversal/shared-values.ts'
import type { Engine } from '../engine/engine.ts'
import { unstorable } from './unstorable.ts'

/** By how much a value grows before it is looked at again. */
const growthBetweenChecks = 1.125

/** How much text a value came to when it was checked last, and with what was added since, roughly. */
interface Size {
  checked: number
  now: number
}

/** What the writes of one outcome make of a key. It is put together only to be looked at. */
interface Pending {
  /** What the writes are merged into; nothing, where that is what the run holds. */
  start: readonly [unknown] | undefined
  added: unknown[]
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
    const pending = new Map<string, Pending>()
    for (const { key, value, replace } of writes) {
      if (replace === true) {
        sizes.delete(key)
        pending.set(key, { start: [value], added: [] })
      } else if (isGrowing(shared.reducer(key))) {
        const onto = pending.get(key) ?? { start: undefined, added: [] }
        pending.set(key, onto)
        onto.added.push(value)
        const error = this.check(key, value, onto)
        if (error !== undefined) return sharedTooLarge(nodeId, key, error)
      }
    }
    return undefined
  }

  private check(key: string, added: unknown, onto: Pending): unknown {
    const { sizes, engine } = this
    const size = sizes.get(key)
    const now = size === undefined ? 0 : size.now + this.sizeOf(added)
    if (size !== undefined && now < size.checked * growthBetweenChecks) {
      size.now = now
      return undefined
    }
    const start = onto.start === undefined ? this.shared.get(key) : onto.start[0]
    const next = this.shared.merged(key, start, onto.added)
    onto.start = [next]
    onto.added = []
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
  const { code, details, message } = unstorable(cause)
  return new HeddleError(
    code,
    `what node "${nodeId}" adds to the shared value "${key}" makes it one that cannot be stored; keep less in it, or store it aside and share where it lies: ${message}`,
    { details: { ...details, nodeId, key }, cause },
  )
}
