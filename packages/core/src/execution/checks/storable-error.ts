import { isHeddleError, type HeddleError } from '../../errors/heddle-error.ts'
import { fromErrorRecord, type ErrorRecord } from '../../defaults/error-record.ts'
import { utf8Length } from '../../defaults/text-limits.ts'
import { maxCauses, toErrorData } from '../../model/error-data.ts'
import { describeStrange, ErrorReading, ReadError, type ValueCheck } from './error-reading.ts'
import type { Engine } from '../engine/engine.ts'

/** How much text of an error is kept, if `maxBytes` does not allow less, in bytes: of its message, stack and causes together. */
const maxErrorBytes = 65_536

/** Bytes that a character may need in a text. */
const bytesPerCharacter = 6

/** What of an error is kept. */
interface Cut {
  /** Characters of a message. */
  readonly message: number
  /** Characters of a stack; at 0 there is none. */
  readonly stack: number
  readonly causes: number
  readonly keepsDetails: boolean
}

/** What has its place in a run's state: the serializer that writes it, and the check of values that stand in it. */
export type ErrorStorage = Pick<Engine, 'serializer' | 'checkValue'>

/**
 * An error as later stages can trust it: reading it does not throw, it can be stored, and it is no longer than it may be. Nearly every
 * error is so already, and stays what it is. Of another one a copy is made in which texts say what was cut off or could not be stored.
 */
export function storableError(storage: ErrorStorage, error: HeddleError): HeddleError {
  const { serializer } = storage
  const limit = Math.min(maxErrorBytes, serializer.maxBytes ?? Infinity)
  const reading = new ErrorReading(checkOf(storage))
  const read = reading.read(error, maxCauses)
  const isShort = reading.characters * bytesPerCharacter <= limit
  if (reading.isWhole && (isShort || fits(storage, error, limit))) return error
  for (const cut of cutsFor(limit)) {
    const copy = copyOf(read, cut)
    if (isHeddleError(copy) && fits(storage, copy, limit)) return copy
  }
  const message = 'an error that was too large to be stored'
  return fromErrorRecord({ name: 'HeddleError', code: 'NODE_FAILED', message }) as HeddleError
}

/** A value that stands in an error can be stored, and is no longer than all of an error may be. */
function checkOf({ serializer, checkValue }: ErrorStorage): ValueCheck {
  return (value) => {
    checkValue(value)
    return serializer.serialize(value).length
  }
}

/** From all of it to as good as nothing. */
function* cutsFor(limit: number): Generator<Cut> {
  yield { message: limit, stack: limit, causes: maxCauses, keepsDetails: true }
  yield { message: limit >> 2, stack: limit >> 5, causes: maxCauses, keepsDetails: true }
  yield { message: limit >> 2, stack: 0, causes: maxCauses, keepsDetails: true }
  yield { message: limit >> 2, stack: 0, causes: maxCauses, keepsDetails: false }
  for (let share = 3; share < 8; share++) {
    yield { message: limit >> share, stack: 0, causes: Math.max(1, 9 - share), keepsDetails: false }
  }
}

/** Whether the text of an error, in both of the forms in which errors are stored, is short enough. */
function fits({ serializer }: ErrorStorage, error: Error, limit: number): boolean {
  try {
    const texts = [serializer.serialize(error), serializer.serialize(toErrorData(error))]
    return texts.every((text) => utf8Length(text) <= limit)
  } catch {
    return false
  }
}

function copyOf(read: unknown, cut: Cut, depth = 0): unknown {
  if (!(read instanceof ReadError)) return valueOf(read, cut)
  const { message, stack, details, cause, errors, ...rest } = read.record
  const inner = (part: unknown): unknown =>
    depth < cut.causes || !(part instanceof ReadError)
      ? copyOf(part, cut, depth + 1)
      : '… (the causes of this error were too many to be stored)'
  const record: ErrorRecord = {
    ...rest,
    message: shortened(message, cut.message),
    ...(stack === undefined || cut.stack === 0 ? {} : { stack: shortened(stack, cut.stack) }),
    ...(details === undefined || !cut.keepsDetails ? {} : { details }),
    ...('cause' in read.record ? { cause: inner(cause) } : {}),
    ...(errors === undefined ? {} : { errors: (errors as readonly unknown[]).map(inner) }),
  }
  return fromErrorRecord(record)
}

function valueOf(value: unknown, { message, keepsDetails }: Cut): unknown {
  if (typeof value === 'string') return shortened(value, message)
  return typeof value === 'object' && value !== null && !keepsDetails ? 'a value, too large to be stored here' : value
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)} … (the error was too large to be stored)`
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw a value that is not an Error: ${describeStrange(thrown)}`
  const message: unknown = thrown.message
  return typeof message === 'string' ? message : describeStrange(message)
}
