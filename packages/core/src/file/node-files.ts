import fs from 'node:fs'
import { systemCode, type IFiles, type OpenFile } from './files.ts'

/** What a file is opened for, in Node's letters. A place is given with each write: where a file is opened to append, Windows cannot cut it. */
const flags = { read: 'r', write: 'r+', create: 'w+' } as const

/** The files of this machine. */
export const nodeFiles: IFiles = {
  open: (path, how) => new NodeFile(fs.openSync(path, flags[how])),
  makeFolder: (path) => {
    try {
      fs.mkdirSync(path)
      return true
    } catch (error) {
      if (systemCode(error) === 'EEXIST' && fs.statSync(path).isDirectory()) return false
      throw error
    }
  },
  list: (folder) => fs.readdirSync(folder),
  rename: (from, to) => fs.renameSync(from, to),
  removeFile: (path) => fs.unlinkSync(path),
  removeFolder: (path) => fs.rmdirSync(path),
  syncFolder: async (path) => {
    const folder = openFolder(path)
    if (folder === undefined) return
    try {
      await folder.sync()
    } catch (error) {
      if (!cannotSyncFolders(error)) throw error
    } finally {
      folder.close()
    }
  },
  syncFolderNow: (path) => {
    const folder = openFolder(path)
    if (folder === undefined) return
    try {
      folder.syncNow()
    } catch (error) {
      if (!cannotSyncFolders(error)) throw error
    } finally {
      folder.close()
    }
  },
}

/** Windows opens no folders; it writes their names to the disk by itself. */
function openFolder(path: string): OpenFile | undefined {
  return process.platform === 'win32' ? undefined : new NodeFile(fs.openSync(path, 'r'))
}

/** Some file systems (network, FUSE) take no sync of a folder: there is nothing to wait for. */
function cannotSyncFolders(error: unknown): boolean {
  return ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(systemCode(error) ?? '')
}

class NodeFile implements OpenFile {
  private readonly fd: number

  constructor(fd: number) {
    this.fd = fd
  }

  write(bytes: Uint8Array, offset: number): number {
    return fs.writeSync(this.fd, bytes, 0, bytes.length, offset)
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.fd, into, 0, into.length, offset, (error, count) =>
        error === null ? resolve(count) : reject(error),
      )
    })
  }

  readNow(into: Uint8Array, offset: number): number {
    return fs.readSync(this.fd, into, 0, into.length, offset)
  }

  size(): number {
    return fs.fstatSync(this.fd).size
  }

  truncate(size: number): void {
    fs.ftruncateSync(this.fd, size)
  }

  // The size of a file is written along; times of access and change are not needed.
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.fd, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  syncNow(): void {
    fs.fdatasyncSync(this.fd)
  }

  close(): void {
    fs.closeSync(this.fd)
  }
}
