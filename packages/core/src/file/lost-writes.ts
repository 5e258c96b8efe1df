import type { ReadableFile } from './files.ts'
import { scanLines } from './scan-lines.ts'
import { readInto } from './whole-files.ts'

/** Disks write in units of this many bytes, or of a multiple. */
const sectorSize = 512

/**
 * Whether a damaged line is what a loss of power leaves: bytes that were appended and had not reached the disk read as zeros, while
 * some that were appended after them may have reached it. All of them were appended after the last sync, so they may be cut off. It
 * looks so if there is a stretch of zeros that begins with the line or with a sector and ends with a sector, and if no line behind it
 * says that it was written after a sync of what stands here. Any other damage, a changed bit for instance, is none of a crash.
 *
 * @param seq the entry that the damaged line begins with
 */
export async function isLostWrite(
  file: ReadableFile,
  { offset, end }: { readonly offset: number; readonly end: number },
  seq: number,
): Promise<boolean> {
  const line = Buffer.allocUnsafe(end - offset)
  await readInto(file, line, offset)
  return hasUnwrittenSectors(line, offset) && !(await isSyncedBehind(file, end, seq))
}

function hasUnwrittenSectors(line: Buffer, offset: number): boolean {
  for (let start = line.indexOf(0); start !== -1; start = line.indexOf(0, start)) {
    const begins = start === 0 || (offset + start) % sectorSize === 0
    while (line[start] === 0) start++
    if (begins && (offset + start) % sectorSize === 0) return true
  }
  return false
}

async function isSyncedBehind(file: ReadableFile, from: number, seq: number): Promise<boolean> {
  for (let next: number | undefined = from; next !== undefined;) {
    const { type, lineEnd } = await scanLines(file, next, ({ synced }) => synced < seq)
    if (type === 'stopped') return true
    next = lineEnd
  }
  return false
}
