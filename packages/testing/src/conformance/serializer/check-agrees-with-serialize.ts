import type { HeddleError } from '@heddle/core'
import type { SerializerBehaviour } from '../serializer-harness.ts'

/** What check lets through can be serialised, and what it refuses cannot. */
export const checkAgreesWithSerialize: SerializerBehaviour = {
  name: 'what check lets through can be serialised, and what it refuses cannot',
  run: async ({ serializer, expect }) => {
    const good = [1, 'a', { d: new Date(0), m: new Map() }, undefined, null]
    const bad = [() => 1, { a: Symbol('s') }, [new WeakSet()]]
    for (const value of good) {
      expect(outcomeOf(() => serializer.check?.(value))).toBe(outcomeOf(() => serializer.serialize(value)))
    }
    for (const value of bad) {
      expect(outcomeOf(() => serializer.serialize(value))).toBe('NOT_SERIALISABLE')
      if (serializer.check !== undefined) expect(outcomeOf(() => serializer.check?.(value))).toBe('NOT_SERIALISABLE')
    }
  },
}

function outcomeOf(attempt: () => unknown): string {
  try {
    attempt()
    return 'fine'
  } catch (error) {
    return (error as HeddleError).code
  }
}
