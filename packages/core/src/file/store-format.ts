import path from 'node:path'
import { HeddleError } from '../errors/heddle-error.ts'
import type { IFiles } from './files.ts'
import { readWhole, writeWhole } from './whole-files.ts'

/** The format that this version reads and writes. */
const known = 1

/**
 * Looks which format a folder was written in. Nothing is changed.
 *
 * @returns whether the folder says so; one that does not is new
 * @throws HeddleError `STORE_FORMAT`; an error of the system
 */
export async function checkFormat(files: IFiles, dir: string): Promise<boolean> {
  const bytes = await readWhole(files, pathOf(dir))
  if (bytes === undefined) return false
  const found = formatOf(bytes.toString())
  if (found === known) return true
  throw new HeddleError(
    'STORE_FORMAT',
    `the store in ${dir} has format ${JSON.stringify(found)}, and this version of Heddle knows format ${known}; use a newer version, or another folder`,
    { details: { path: dir, found, known } },
  )
}

/** Says in a new folder which format it has. */
export function writeFormat(files: IFiles, dir: string): Promise<void> {
  return writeWhole(files, pathOf(dir), [Buffer.from(`${JSON.stringify({ format: known })}\n`)], true)
}

function pathOf(dir: string): string {
  return path.join(dir, 'store.json')
}

function formatOf(text: string): unknown {
  try {
    const stored: unknown = JSON.parse(text)
    return typeof stored === 'object' && stored !== null && 'format' in stored ? stored.format : text.slice(0, 100)
  } catch {
    return text.slice(0, 100)
  }
}
