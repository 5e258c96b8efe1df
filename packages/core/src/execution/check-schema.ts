import { HeddleError } from '../errors/heddle-error.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { SchemaIssue, StandardSchema } from '../model/standard-schema.ts'

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
 * @throws HeddleError with `code`; its message and `details.issues` name each path and reason
 */
export async function checkSchema<T>(
  schema: StandardSchema<unknown, T>,
  value: unknown,
  code: ErrorCode,
  what: string,
): Promise<T> {
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return result.value
  const issues = result.issues.map(({ path, message }) => ({ path: showPath(path), message }))
  const list = issues.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new HeddleError(code, `${what} does not match its schema: ${list}`, { details: { issues } })
}
