import { HeddleError } from '../errors/heddle-error.ts'
import { checkKnown } from '../execution/checks/check-known.ts'
import { describeKind } from '../model/describe-kind.ts'
import type { StandardSchema } from '../model/standard-schema.ts'

/** The options that every kind of node has. */
const common: readonly string[] = [
  'after',
  'join',
  'action',
  'condition',
  'on',
  'header',
  'when',
  'compensate',
  'retry',
  'timeout',
  'cancels',
  'maxIterations',
  'concurrencyKey',
  'queue',
  'priority',
]

/**
 * Refuses options of a node that the types would refuse, for callers without types: one that nobody reads is most often misspelt.
 *
 * @param own options of its kind
 * @throws {HeddleError} `INVALID_OPTION`
 */
export function checkNodeOptions(id: string, options: unknown, own: readonly string[] = []): void {
  checkKnown(`node "${id}"`, options, [...common, ...own], { nodeId: id })
  const { after, cancels } = options as Readonly<Record<'after' | 'cancels', unknown>>
  checkTexts(id, 'after', after)
  checkTexts(id, 'cancels', cancels)
}

/** Refuses what is neither a text nor a list of texts. */
export function checkTexts(id: string, option: string, given: unknown): void {
  const isText = (value: unknown): boolean => typeof value === 'string'
  if (given === undefined || isText(given) || (Array.isArray(given) && given.every(isText))) return
  throw new HeddleError(
    'INVALID_OPTION',
    `${option} of node "${id}" has to be the id of a node, or a list of them, not ${describeKind(given)}`,
    { details: { nodeId: id, option } },
  )
}

/**
 * Refuses what is no schema.
 *
 * @param of names it
 * @throws {HeddleError} `INVALID_OPTION`
 */
export function checkIsSchema(of: string, schema: unknown, details: Readonly<Record<string, unknown>>): void {
  if (schema === undefined) return
  const isObject = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  if (isObject && typeof (schema as Partial<StandardSchema>)['~standard']?.validate === 'function') return
  throw new HeddleError(
    'INVALID_OPTION',
    `${of} has to be a schema of a library that implements Standard Schema (zod, valibot, arktype), not ${describeKind(schema)}; ofType<T>() gives a type only`,
    { details },
  )
}
