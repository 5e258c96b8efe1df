/**
 * A file that is open to be read. Every call throws the error of the system as it is, with a `code` as Node has it (`ENOENT`, `ENOSPC` …).
 */
export interface ReadableFile {
  /** Reads bytes from a place on; resolves to how many there were, 0 at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>
  /** In bytes. */
  size(): number
}

/** A file that is open. */
export interface OpenFile extends ReadableFile {
  /** As `read`, at once. */
  readNow(into: Uint8Array, offset: number): number
  /** Writes bytes from a place on; returns how many of them were taken, which may be fewer than were given. */
  write(bytes: Uint8Array, offset: number): number
  /** Cuts the file off after so many bytes. */
  truncate(size: number): void
  /** Resolves when everything that was written is on the disk. */
  sync(): Promise<void>
  /** Returns when everything that was written is on the disk. */
  syncNow(): void
  /** Lets go of the file. */
  close(): void
}

/**
 * What a file store needs of a file system. Writing is synchronous, so that what was appended is with the system when the call returns;
 * reading and waiting for the disk are not. Every call throws the error of the system as it is.
 */
export interface IFiles {
  /** Opens a file: `read` and `write` one that exists, `create` an empty one in the place of what was there. */
  open(path: string, how: 'read' | 'write' | 'create'): OpenFile
  /** Makes a folder in one that exists; returns whether it was missing. */
  makeFolder(path: string): boolean
  /** The names in a folder, in no particular order. */
  list(folder: string): readonly string[]
  /**
   * Renames a file or a folder in one step. A file takes the place of another file, and a folder that of an empty one; a folder that is
   * not empty is never replaced.
   */
  rename(from: string, to: string): void
  /** Removes a file. */
  removeFile(path: string): void
  /** Removes an empty folder. */
  removeFolder(path: string): void
  /** Resolves when the names in a folder are on the disk as they are now. */
  syncFolder(path: string): Promise<void>
  /** Returns when the names in a folder are on the disk as they are now. */
  syncFolderNow(path: string): void
}

/** The code of an error of the system. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Whether an error says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return systemCode(error) === 'ENOENT'
}
