import type { SerializerBehaviour } from '../serializer-harness.ts'

/** An error keeps its name, message, code, stack and cause. */
export const errorsKeepWhatTheySay: SerializerBehaviour = {
  name: 'an error keeps its name, message, code, stack and cause',
  run: async ({ serializer, expect }) => {
    const cause = new TypeError('inner')
    const error = Object.assign(new RangeError('outer', { cause }), { code: 'E_LIMIT' })
    const back = serializer.deserialize(serializer.serialize({ error })) as { error: Error & { code: string } }
    expect(back.error instanceof Error).toBe(true)
    expect([back.error.name, back.error.message, back.error.code, back.error.stack]).toEqual([
      'RangeError',
      'outer',
      'E_LIMIT',
      error.stack,
    ])
    expect([(back.error.cause as Error).name, (back.error.cause as Error).message]).toEqual(['TypeError', 'inner'])
  },
}
