import { HeddleError } from '../../errors/heddle-error.ts'
import type { StandardSchema } from '../../model/standard-schema.ts'
import { checkSchema } from './check-schema.ts'
import type { GivenAnswer } from '../engine/child-run.ts'
import type { Engine } from '../engine/engine.ts'
import { unstorable } from './unstorable.ts'

/**
 * What the schema of a wait makes of the payload of an answer: at once, unless there is a schema. What could not be stored is refused
 * before it counts as the answer.
 *
 * @throws HeddleError `INVALID_PAYLOAD`
 */
export function checkPayload(
  engine: Engine,
  schema: StandardSchema | undefined,
  { payload, nameOrId }: Pick<GivenAnswer, 'payload' | 'nameOrId'>,
): unknown {
  const what = `the payload for wait "${nameOrId}"`
  if (schema === undefined) return storable(engine, payload, what)
  return checkSchema(schema, payload, 'INVALID_PAYLOAD', what).then((checked) => storable(engine, checked, what))
}

function storable(engine: Engine, payload: unknown, what: string): unknown {
  try {
    engine.checkValue(payload)
  } catch (error) {
    const { message, details } = unstorable(error)
    throw new HeddleError('INVALID_PAYLOAD', `${what} cannot be stored: ${message}`, { details, cause: error })
  }
  return payload
}
