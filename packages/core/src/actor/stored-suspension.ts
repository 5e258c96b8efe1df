import type { SingleSuspension, Suspension } from '../model/outcome.ts'
import type { StoredSingleSuspension, StoredSuspension } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { itemValue } from './value-names.ts'

/** Names of the values that belong to what a visit waits for: the items of a map, the inputs of child runs. */
export function suspensionValues(visit: VisitName, on: StoredSuspension): string[] {
  if (on.type === 'items') return Array.from({ length: on.count }, (_, item) => itemValue(visit, item))
  const singles = on.type === 'calls' ? on.calls.map((call) => call.on) : [on]
  return singles.flatMap((single) => (single.type === 'child' ? [single.inputValue] : []))
}

/**
 * What a visit waits for, with its values.
 *
 * @param read answers a value by its name
 */
export function toSuspension(
  serializer: ISerializer,
  visit: VisitName,
  on: StoredSuspension,
  read: (name: string) => unknown,
): Suspension {
  if (on.type === 'items') {
    const { count, ...limits } = on
    return { ...limits, items: Array.from({ length: count }, (_, item) => read(itemValue(visit, item))) }
  }
  if (on.type !== 'calls') return toSingle(serializer, on, read)
  return { ...on, calls: on.calls.map((one) => ({ call: one.call, on: toSingle(serializer, one.on, read) })) }
}

function toSingle(
  serializer: ISerializer,
  on: StoredSingleSuspension,
  read: (name: string) => unknown,
): SingleSuspension {
  if (on.type === 'child') {
    const { inputValue, ...rest } = on
    return { ...rest, input: read(inputValue) }
  }
  if (on.type === 'timer') return on
  const { schemaText, ...rest } = on
  return schemaText === undefined ? rest : { ...rest, schema: serializer.deserialize(schemaText) }
}
