import { HeddleError } from '../../errors/heddle-error.ts'
import type { Suspension } from '../../model/outcome.ts'
import type { Engine } from '../engine/engine.ts'
import { unstorable } from './unstorable.ts'

/** Where a value stands that a run would have to store. */
export interface ValuePlace {
  /** Begins the sentence that says that it cannot be stored. */
  readonly what: string
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * Checks that a value can be stored, where it enters a run: whatever writes it later can rely on that.
 *
 * @throws HeddleError `NOT_SERIALISABLE` or `LIMIT_EXCEEDED`, which says what it is
 */
export function checkStorable(
  { checkValue }: Pick<Engine, 'checkValue'>,
  value: unknown,
  place: () => ValuePlace,
): void {
  try {
    checkValue(value)
  } catch (error) {
    const { code, details, message } = unstorable(error)
    const { what, details: where } = place()
    throw new HeddleError(code, `${what} cannot be stored: ${message}`, {
      details: { ...details, ...where },
      cause: error,
    })
  }
}

/** Checks what a visit wants to wait for: the items of a map, the inputs of child runs. @throws HeddleError as `checkStorable` does */
export function checkSuspension(engine: Pick<Engine, 'checkValue'>, nodeId: string, on: Suspension): void {
  const details = { nodeId }
  if (on.type === 'items') {
    for (const [item, value] of on.items.entries()) {
      checkStorable(engine, value, () => ({ what: `item ${item} of map "${nodeId}"`, details: { ...details, item } }))
    }
  } else if (on.type === 'child') {
    checkStorable(engine, on.input, () => ({ what: `the input that node "${nodeId}" has for its child run`, details }))
  }
}
