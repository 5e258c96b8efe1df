import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine/engine.ts'
import { storableError } from '../execution/checks/storable-error.ts'
import type { Expansion, Outcome, Resumption, SingleSuspension, Suspension } from '../model/outcome.ts'
import type {
  StoredOutcome,
  StoredResumption,
  StoredSingleSuspension,
  StoredSuspension,
} from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { ISerializer } from '../ports/serializer.ts'
import {
  callInputValue,
  childInputValue,
  itemValue,
  keptInputValue,
  outputValue,
  transformedValue,
} from './value-names.ts'

/** An outcome as it is delivered: control data, and serialised values by name. */
export interface PackedOutcome {
  readonly outcome: StoredOutcome
  readonly values: Readonly<Record<string, string>>
}

/** What is known of an attempt when its outcome is packed. */
export interface PackedAttempt {
  /** Number of the attempt. */
  readonly attempt: number
  /** Whether a durable call was opened before: its input is stored. */
  readonly isOpen: (call: string) => boolean
  /** Whether the input is stored too, since it could not be found again if the visit is undone. */
  readonly keepsInput: boolean
}

/** The text of an error; of one that cannot be stored, what can be. */
export function serializeError(serializer: ISerializer, error: unknown): string {
  try {
    return serializer.serialize(error)
  } catch {
    const ours = isHeddleError(error) ? error : new HeddleError('NODE_FAILED', 'it failed', { cause: error })
    const checkValue = (value: unknown): void => void serializer.serialize(value)
    return serializer.serialize(storableError({ serializer, checkValue }, ours))
  }
}

/**
 * Packs the outcome of an attempt for its way to the run.
 *
 * @param reads versions of the shared values that the attempt updated
 * @throws HeddleError `NOT_SERIALISABLE`, `LIMIT_EXCEEDED` if a value cannot be stored
 */
export function packOutcome(
  serializer: ISerializer,
  visit: VisitName,
  outcome: Outcome,
  reads: ReadonlyMap<string, number>,
  attempt: PackedAttempt,
): PackedOutcome {
  const values: Record<string, string> = {}
  if (outcome.status === 'skipped') return { outcome: { status: 'skipped' }, values }
  if (outcome.status === 'suspended') {
    const on = packSuspension(serializer, { visit, values, ...attempt }, outcome.on)
    return { outcome: { status: 'suspended', on }, values }
  }
  const conditions =
    outcome.conditions === undefined ? {} : { conditions: Array.from(outcome.conditions, (taken) => taken ?? null) }
  const transformed = outcome.transformed === undefined ? {} : { transformed: [...outcome.transformed.keys()] }
  for (const [ordinal, value] of outcome.transformed ?? []) {
    values[transformedValue(visit, ordinal)] = serializer.serialize(value)
  }
  if (outcome.status === 'failed') {
    const errorText = serializeError(serializer, outcome.error)
    return { outcome: { status: 'failed', errorText, ...conditions, ...transformed }, values }
  }
  // What undoes a visit has no output.
  if (visit.compensates !== true) values[outputValue(visit)] = serializer.serialize(outcome.output)
  if (attempt.keepsInput) values[keptInputValue(visit)] = serializer.serialize(outcome.input)
  const { action, writes, expansion } = outcome
  const packedWrites = writes?.map(({ key, value, replace }) => ({
    key,
    text: serializer.serialize(value),
    ...(replace === undefined ? {} : { replace }),
  }))
  return {
    outcome: {
      status: 'completed',
      ...(action === undefined ? {} : { action }),
      ...conditions,
      ...transformed,
      ...(packedWrites === undefined || packedWrites.length === 0 ? {} : { writes: packedWrites }),
      ...(reads.size === 0 ? {} : { reads: Object.fromEntries(reads) }),
      ...(expansion === undefined ? {} : { expansionText: serializer.serialize(expansion) }),
    },
    values,
  }
}

interface Packing extends PackedAttempt {
  readonly visit: VisitName
  readonly values: Record<string, string>
}

function packSingle(
  serializer: ISerializer,
  { visit, values, attempt, isOpen }: Packing,
  on: SingleSuspension,
  call?: string,
): StoredSingleSuspension {
  if (on.type === 'timer') return { type: 'timer', name: on.name, delayMs: on.delayMs }
  if (on.type === 'wait') {
    const { name, timeoutMs, schema, tokenHash } = on
    return {
      type: 'wait',
      name,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(tokenHash === undefined ? {} : { tokenHash }),
      ...(schema === undefined ? {} : { schemaText: serializer.serialize(schema) }),
    }
  }
  const { name, blueprintId, input, timeoutMs } = on
  const inputValue = call === undefined ? childInputValue(visit) : callInputValue(visit, call, attempt)
  if (call === undefined || !isOpen(call)) values[inputValue] = serializer.serialize(input)
  return { type: 'child', name, blueprintId, inputValue, ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}

function packSuspension(serializer: ISerializer, packing: Packing, on: Suspension): StoredSuspension {
  if (on.type === 'calls') {
    const calls = on.calls.map((one) => ({ call: one.call, on: packSingle(serializer, packing, one.on, one.call) }))
    const { answered, activeMs } = on
    return {
      type: 'calls',
      calls,
      ...(answered === undefined ? {} : { answered }),
      ...(activeMs === undefined ? {} : { activeMs }),
    }
  }
  if (on.type !== 'items') return packSingle(serializer, packing, on)
  const { visit, values } = packing
  const { items, concurrency, tolerated } = on
  for (const [item, value] of items.entries()) values[itemValue(visit, item)] = serializer.serialize(value)
  return {
    type: 'items',
    count: items.length,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(tolerated === undefined ? {} : { tolerated }),
  }
}

/**
 * The outcome as the kernel decides by it. Values stay where they are: the output is undefined, a write's value is its text, items
 * are as many as there are.
 */
export function unpackOutcome(serializer: ISerializer, stored: StoredOutcome): Outcome {
  if (stored.status === 'skipped') return { status: 'skipped' }
  if (stored.status === 'suspended') return { status: 'suspended', on: unpackSuspension(stored.on) }
  const conditions = stored.conditions?.map((taken) => taken ?? undefined)
  const transformed =
    stored.transformed === undefined ? undefined : new Map(stored.transformed.map((ordinal) => [ordinal, undefined]))
  if (stored.status === 'failed') {
    return { status: 'failed', error: serializer.deserialize(stored.errorText) as HeddleError, conditions, transformed }
  }
  return {
    status: 'completed',
    output: undefined,
    action: stored.action,
    conditions,
    transformed,
    writes: stored.writes?.map(({ key, text, replace }) => ({
      key,
      value: text,
      ...(replace === undefined ? {} : { replace }),
    })),
    expansion:
      stored.expansionText === undefined ? undefined : (serializer.deserialize(stored.expansionText) as Expansion),
  }
}

function unpackSuspension(on: StoredSuspension): Suspension {
  if (on.type === 'items') {
    const { count, ...limits } = on
    return { ...limits, items: Array.from({ length: count }) }
  }
  if (on.type !== 'calls') return unpackSingle(on)
  return { ...on, calls: on.calls.map(({ call, on: single }) => ({ call, on: unpackSingle(single) })) }
}

function unpackSingle(on: StoredSingleSuspension): SingleSuspension {
  if (on.type !== 'child') return on
  const { inputValue: _inputValue, ...rest } = on
  return { ...rest, input: undefined }
}

/** What ended a suspension, with its value, for the attempt that goes on. */
export function unpackResumption(
  { serializer }: Pick<Engine, 'serializer'>,
  stored: StoredResumption,
  text: string | undefined,
): Resumption {
  const value = text === undefined ? undefined : serializer.deserialize(text)
  switch (stored.type) {
    case 'answered':
      return {
        type: 'answered',
        payload: value,
        ...(stored.action === undefined ? {} : { action: stored.action }),
        ...(stored.unchecked === undefined ? {} : { unchecked: stored.unchecked }),
      }
    case 'child-completed':
      return { type: 'child-completed', output: value }
    case 'child-failed':
    case 'child-refused':
      return { type: stored.type, error: value as HeddleError }
    case 'items-settled':
      return { type: 'items-settled', tolerated: stored.tolerated === true, failedItems: stored.failedItems ?? 0 }
    default:
      return { type: stored.type }
  }
}

/** A resumption as the kernel made or passed it on, without its value. */
export function packResumption(resumption: Resumption): StoredResumption {
  if (resumption.type !== 'items-settled') return { type: resumption.type }
  const { tolerated, failedItems } = resumption
  return { type: 'items-settled', tolerated, failedItems }
}
