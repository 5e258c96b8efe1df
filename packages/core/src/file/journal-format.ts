import { crc32 } from 'node:zlib'
import type { StoredEvent } from '../model/stored-event.ts'

/**
 * The form of a journal file: lines of UTF-8. The first one is the header, each other one a group of entries that was appended at once.
 *
 *     <checksum> <synced> <JSON>
 *
 * `checksum`: CRC-32 of the rest of the line, 8 hexadecimal digits. `synced`: the last entry that was known to be on the disk when the
 * line was written. `JSON`: the header, or the array of entries. A line ends with a line feed, and JSON holds none, so a line without one
 * is not whole.
 */

/** The first line of a journal. */
export interface JournalHeader {
  readonly runId: string
  /** Entries up to this one were dropped by a compaction; 0 if none was. */
  readonly base: number
  /** The entry with which the run began, if it was dropped. */
  readonly first?: StoredEvent
  /** The last entry that was dropped. */
  readonly last?: StoredEvent
}

/** A line as it is written. */
export interface EncodedLine {
  readonly bytes: Buffer
  readonly checksum: string
}

/** A line as it was read. */
export interface DecodedLine {
  readonly checksum: string
  readonly synced: number
  readonly json: string
}

const space = 0x20
const checksumLength = 8
const noChecksum = '0'.repeat(checksumLength)

/** CRC-32 of text or bytes, and of what follows them if it is given, as 8 hexadecimal digits. */
export function checksumOf(data: string | Uint8Array, next?: Uint8Array): string {
  const sum = crc32(data)
  return (next === undefined ? sum : crc32(next, sum)).toString(16).padStart(checksumLength, '0')
}

/** A line with its line feed. */
export function encodeLine(synced: number, json: string): EncodedLine {
  // The checksum is of bytes, so the text is turned into bytes once, with room for it.
  const bytes = Buffer.from(`${noChecksum} ${synced} ${json}\n`)
  const checksum = checksumOf(bytes.subarray(checksumLength + 1, -1))
  bytes.write(checksum, 'latin1')
  return { bytes, checksum }
}

/** Reads a line without its line feed; `undefined` if its checksum is wrong. */
export function decodeLine(line: Buffer): DecodedLine | undefined {
  if (line.length <= checksumLength || line[checksumLength] !== space) return undefined
  const body = line.subarray(checksumLength + 1)
  const checksum = line.toString('latin1', 0, checksumLength)
  if (checksum !== checksumOf(body)) return undefined
  const json = body.indexOf(space) + 1
  return { checksum, synced: Number(body.toString('latin1', 0, json - 1)), json: body.toString('utf8', json) }
}
