import { HeddleError } from '../../errors/heddle-error.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { describeKind } from '../../model/describe-kind.ts'
import type { SchemaIssue, SchemaResult, StandardSchema } from '../../model/standard-schema.ts'

/** A path such as `$.user.tags[2]`. */
function showPath(path: SchemaIssue['path']): string {
  let text = '$'
  for (const part of path ?? []) {
    const key = typeof part === 'object' ? part.key : part
    text += typeof key === 'number' ? `[${key}]` : `.${String(key)}`
  }
  return text
}

/**
 * The value as a schema lets it through.
 *
 * @param what names the value in the message
 * @throws HeddleError with `code`; its message and `details.issues` name each path and reason; if the schema itself failed, its `cause` is
 *   what that threw. `INVALID_OPTION` if the schema is none
 */
export async function checkSchema<T>(
  schema: StandardSchema<unknown, T>,
  value: unknown,
  code: ErrorCode,
  what: string,
): Promise<T> {
  // Plain JavaScript may pass anything.
  const standard: unknown = (schema as Partial<typeof schema> | null)?.['~standard']?.validate
  if (typeof standard !== 'function') throw notStandard(what, 'is none')
  const answer = await validated(schema, value, code, what)
  if (typeof answer !== 'object' || answer === null) throw notStandard(what, `answered ${describeKind(answer)}`)
  const result = answer as SchemaResult<T>
  if (result.issues === undefined) return result.value
  const issues = result.issues.map(({ path, message }) => ({ path: showPath(path), message }))
  const list = issues.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new HeddleError(code, `${what} does not match its schema: ${list}`, { details: { issues } })
}

async function validated(schema: StandardSchema, value: unknown, code: ErrorCode, what: string): Promise<unknown> {
  try {
    return await schema['~standard'].validate(value)
  } catch (error) {
    const reason = error instanceof Error ? error.message : describeKind(error)
    const message = `${what} could not be checked: its schema threw instead of answering { issues }: ${reason}`
    throw new HeddleError(code, message, { cause: error })
  }
}

function notStandard(what: string, how: string): HeddleError {
  return new HeddleError(
    'INVALID_OPTION',
    `the schema for ${what} ${how}: a Standard Schema (zod, valibot, arktype) answers { value } or { issues }`,
    { details: { option: 'schema' } },
  )
}
