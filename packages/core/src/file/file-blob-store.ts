import { createHash } from 'node:crypto'
import path from 'node:path'
import { HeddleError } from '../errors/heddle-error.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import { decodeChecked, encodeChecked } from './checked-text.ts'
import type { IFiles } from './files.ts'
import { nodeFiles } from './node-files.ts'
import { asUnavailable } from './storage-errors.ts'
import { makeFolders, readWhole, removeIfThere, writeWhole } from './whole-files.ts'

/** Options of a {@link FileBlobStore}. */
export interface FileBlobStoreOptions {
  /** The folder of the blobs. It is made when the first one is stored. */
  readonly dir: string
  /**
   * Whether a blob is on the disk when `put` resolves (`always`), or when the system likes to (`never`).
   * @default 'always'
   */
  readonly fsync?: 'never' | 'always'
  /** @default the files of this machine */
  readonly files?: IFiles
}

/**
 * Keeps blobs in a folder, one file a blob, named after the SHA-256 of its key. Any number of processes may use it. It needs Node.
 *
 * Its calls reject with `STORE_UNAVAILABLE` if a file cannot be read or written, and with `JOURNAL_CORRUPT` if a blob is damaged.
 */
export class FileBlobStore implements IBlobStore {
  private readonly dir: string
  private readonly isDurable: boolean
  private readonly files: IFiles

  constructor({ dir, fsync = 'always', files = nodeFiles }: FileBlobStoreOptions) {
    this.dir = path.resolve(dir)
    this.isDurable = fsync === 'always'
    this.files = files
  }

  async put(key: string, text: string): Promise<void> {
    const name = this.nameOf(key)
    await this.orUnavailable(key, 'stored', async () => {
      await makeFolders(this.files, path.dirname(name), this.isDurable)
      await writeWhole(this.files, name, encodeChecked({ key }, text), this.isDurable)
    })
  }

  async get(key: string): Promise<string | undefined> {
    const name = this.nameOf(key)
    const bytes = await this.orUnavailable(key, 'read', () => readWhole(this.files, name))
    if (bytes === undefined) return undefined
    const stored = decodeChecked<{ readonly key: string }>(bytes)
    if (stored?.about.key === key) return stored.text
    throw new HeddleError(
      'JOURNAL_CORRUPT',
      `the blob "${key}" is damaged in ${name}; put the file back from a backup`,
      {
        details: { key, file: name },
      },
    )
  }

  async delete(key: string): Promise<void> {
    const name = this.nameOf(key)
    await this.orUnavailable(key, 'removed', async () => {
      if (removeIfThere(this.files, name) && this.isDurable) await this.files.syncFolder(path.dirname(name))
    })
  }

  /** A folder holds a 256th of the blobs. */
  private nameOf(key: string): string {
    const hash = createHash('sha256').update(key).digest('hex')
    return path.join(this.dir, hash.slice(0, 2), `${hash.slice(2)}.blob`)
  }

  private async orUnavailable<T>(key: string, what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw asUnavailable(error, `the blob "${key}" could not be ${what} in ${this.dir}`, { key })
    }
  }
}
