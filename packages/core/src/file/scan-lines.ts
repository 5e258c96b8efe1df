import type { ReadableFile } from './files.ts'
import { decodeLine, type DecodedLine } from './journal-format.ts'

/** A line of a journal, and where it stands. */
export interface ScannedLine extends DecodedLine {
  /** Its first byte, from the beginning of the file. */
  readonly offset: number
  /** Behind its line feed. */
  readonly end: number
}

/** Where a scan ended, and why. */
export interface ScanEnd {
  /** The first byte that was not taken. */
  readonly offset: number
  /**
   * `stopped`: the visitor had enough. `end`: the file ends here. `torn`: it ends without a line feed. `damaged`: the line that begins
   * here, up to `lineEnd`, has a wrong checksum.
   */
  readonly type: 'stopped' | 'end' | 'torn' | 'damaged'
  readonly lineEnd?: number
}

const lineFeed = 0x0a
const chunkSize = 128 * 1024

/**
 * Reads the lines of a journal from a place on.
 *
 * @param visit is called with each line in order; `false` ends the scan behind the line
 */
export async function scanLines(
  file: ReadableFile,
  from: number,
  visit: (line: ScannedLine) => boolean,
): Promise<ScanEnd> {
  let buffer = Buffer.allocUnsafe(chunkSize)
  let offset = from // of the first byte in the buffer
  let length = 0
  for (;;) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2)
    const count = await file.read(buffer.subarray(length), offset + length)
    if (count === 0) return { offset, type: length === 0 ? 'end' : 'torn' }
    let start = 0
    let feed = buffer.subarray(0, length + count).indexOf(lineFeed, length)
    length += count
    while (feed !== -1) {
      const line = decodeLine(buffer.subarray(start, feed))
      const place = { offset: offset + start, end: offset + feed + 1 }
      if (line === undefined) return { offset: place.offset, type: 'damaged', lineEnd: place.end }
      if (!visit({ ...line, ...place })) return { offset: place.end, type: 'stopped' }
      start = feed + 1
      feed = buffer.subarray(0, length).indexOf(lineFeed, start)
    }
    buffer.copyWithin(0, start, length)
    offset += start
    length -= start
  }
}
