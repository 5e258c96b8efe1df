import type { StandardSchema } from '../model/standard-schema.ts'

/**
 * A schema that gives a type and checks nothing: for inputs, payloads and dependencies that are known to be right.
 *
 * @example
 * ```ts
 * defineWorkflow('greet', { input: ofType<{ name: string }>() })
 *   .node('hello', ({ input }) => `Hello ${input.name}`)
 *   .build()
 * ```
 */
export function ofType<T>(): StandardSchema<T> {
  return { '~standard': { version: 1, vendor: 'heddle', validate: (value) => ({ value: value as T }) } }
}
