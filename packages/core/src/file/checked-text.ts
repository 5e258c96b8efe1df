import { checksumOf } from './journal-format.ts'

/**
 * The form of a file that holds one text: a first line with a checksum of all that follows and a record about the text, then the text.
 *
 *     <checksum> <JSON>
 *     <text>
 */

/** A text with the record that stands before it. */
export interface CheckedText<T> {
  readonly about: T
  readonly text: string
}

interface Stored<T> {
  readonly about: T
  /** Whether the text stands there as JSON: UTF-8 cannot hold one half of a surrogate pair. */
  readonly asJson: boolean
}

const halfPair = /[\uD800-\uDFFF]/u
const lineFeed = 0x0a
const recordStart = 9

/** The bytes of a file, in two parts. */
export function encodeChecked(about: object, text: string): readonly Uint8Array[] {
  const asJson = halfPair.test(text)
  const record = `${JSON.stringify({ about, asJson } satisfies Stored<object>)}\n`
  const bytes = Buffer.from(asJson ? JSON.stringify(text) : text)
  return [Buffer.from(`${checksumOf(record, bytes)} ${record}`), bytes]
}

/** Reads the bytes of a file; `undefined` if they are damaged. */
export function decodeChecked<T>(bytes: Buffer): CheckedText<T> | undefined {
  const end = bytes.indexOf(lineFeed) + 1
  if (end === 0 || bytes.toString('latin1', 0, recordStart) !== `${checksumOf(bytes.subarray(recordStart))} `) {
    return undefined
  }
  const { about, asJson } = JSON.parse(bytes.toString('utf8', recordStart, end)) as Stored<T>
  const text = bytes.toString('utf8', end)
  return { about, text: asJson ? (JSON.parse(text) as string) : text }
}
