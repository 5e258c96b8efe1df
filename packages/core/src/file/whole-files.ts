import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { isMissing, type IFiles, type OpenFile, type ReadableFile } from './files.ts'
import { storeUnavailable } from './storage-errors.ts'

/** Files that are not whole under their own name end so. */
export const temporaryEnding = '.tmp'

/** All bytes of a file; `undefined` if there is none. */
export async function readWhole(files: IFiles, name: string): Promise<Buffer | undefined> {
  const file = openIfThere(files, name)
  if (file === undefined) return undefined
  try {
    const bytes = Buffer.allocUnsafe(file.size())
    return bytes.subarray(0, await readInto(file, bytes, 0))
  } finally {
    file.close()
  }
}

/** Opens a file to read it; `undefined` if there is none. */
export function openIfThere(files: IFiles, name: string): OpenFile | undefined {
  try {
    return files.open(name, 'read')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Journals up to this size, in bytes, are read in one piece. */
const smallSize = 64 * 1024

/** A file to be read in several places: a small one is read once. */
export async function readAhead(file: ReadableFile): Promise<ReadableFile> {
  const size = file.size()
  if (size > smallSize) return file
  const bytes = Buffer.allocUnsafe(size)
  const whole = bytes.subarray(0, await readInto(file, bytes, 0))
  return {
    read: async (into, offset) => (offset < whole.length ? whole.copy(into, 0, offset) : 0),
    size: () => whole.length,
  }
}

/** The names in a folder; none if there is no such folder. */
export function listIfThere(files: IFiles, folder: string): readonly string[] {
  try {
    return files.list(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Fills bytes from a place on; resolves to how many there were. */
export async function readInto(file: ReadableFile, into: Uint8Array, offset: number): Promise<number> {
  let length = 0
  while (length < into.length) {
    const count = await file.read(into.subarray(length), offset + length)
    if (count === 0) break
    length += count
  }
  return length
}

/** Writes all bytes, in as many pieces as the system takes them. */
export function writeAll(file: OpenFile, bytes: Uint8Array, offset: number): void {
  let length = file.write(bytes, offset)
  while (length < bytes.length) {
    const count = file.write(bytes.subarray(length), offset + length)
    if (count === 0) throw storeUnavailable('a file takes no more bytes', undefined, { offset: offset + length })
    length += count
  }
}

/**
 * Writes a file in one step: after a crash it is there whole, or as it was before.
 *
 * @param isDurable whether it is on the disk when the promise resolves
 */
export async function writeWhole(
  files: IFiles,
  name: string,
  parts: readonly Uint8Array[],
  isDurable: boolean,
): Promise<void> {
  const temporary = `${name}.${randomUUID()}${temporaryEnding}`
  try {
    const file = files.open(temporary, 'create')
    try {
      let offset = 0
      for (const part of parts) {
        writeAll(file, part, offset)
        offset += part.length
      }
      if (isDurable) await file.sync()
    } finally {
      file.close()
    }
    files.rename(temporary, name)
  } catch (error) {
    removeQuietly(files, temporary)
    throw error
  }
  if (isDurable) await files.syncFolder(path.dirname(name))
}

/** Removes a file; returns whether it was there. */
export function removeIfThere(files: IFiles, name: string): boolean {
  try {
    files.removeFile(name)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** Removes what is left of a file after an error. What cannot be removed is swept out when the store is used again. */
export function removeQuietly(files: IFiles, name: string): void {
  try {
    removeIfThere(files, name)
  } catch {
    // The error that it is called for says what is wrong with the disk.
  }
}

/** Makes a folder and those around it. */
export async function makeFolders(files: IFiles, folder: string, isDurable: boolean): Promise<void> {
  try {
    if (!files.makeFolder(folder)) return
  } catch (error) {
    if (!isMissing(error) || path.dirname(folder) === folder) throw error
    await makeFolders(files, path.dirname(folder), isDurable)
    if (!files.makeFolder(folder)) return
  }
  if (isDurable) await files.syncFolder(path.dirname(folder))
}
