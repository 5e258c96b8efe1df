import { HeddleError, isHeddleError } from '../../errors/heddle-error.ts'

/** Why a value cannot be stored, with a code of ours, whatever the serializer threw. */
export function unstorable(thrown: unknown): HeddleError {
  return isHeddleError(thrown) ? thrown : new HeddleError('NOT_SERIALISABLE', String(thrown), { cause: thrown })
}
