import { systemCode, type IFiles, type OpenFile } from './files.ts'

/**
 * The handles of files that are written to, at most so many at once: the ones that were not used for the longest time are closed, and
 * opened again when they are needed.
 */
export class OpenHandles {
  readonly files: IFiles
  private readonly limit: number
  private readonly open: Set<FileHandle> = new Set()
  private time = 0

  constructor(files: IFiles, limit: number) {
    this.files = files
    this.limit = limit
  }

  /** The number of uses so far: the time by which handles grow old. */
  tick(): number {
    return ++this.time
  }

  /** Opens a file for a handle. */
  enter(handle: FileHandle, how: 'write' | 'create'): OpenFile {
    if (this.open.size >= this.limit) this.makeRoom()
    const file = this.tryOpen(handle.path, how)
    this.open.add(handle)
    return file
  }

  leave(handle: FileHandle): void {
    this.open.delete(handle)
  }

  /** The system may allow this process fewer files than the limit here: then there is room for them after some were closed. */
  private tryOpen(path: string, how: 'write' | 'create'): OpenFile {
    try {
      return this.files.open(path, how)
    } catch (error) {
      const code = systemCode(error)
      if (code !== 'EMFILE' && code !== 'ENFILE') throw error
      this.makeRoom()
      return this.files.open(path, how)
    }
  }

  /** Closes an eighth of the handles at once, so that a crowd of files does not sort them each time. */
  private makeRoom(): void {
    const idle = [...this.open].filter(({ isBusy }) => !isBusy).sort((a, b) => a.usedAt - b.usedAt)
    for (const handle of idle.slice(0, Math.ceil(this.limit / 8))) handle.close()
  }
}

/** One file that is written to, whether it is open at the moment or not. */
export class FileHandle {
  readonly path: string
  usedAt = 0
  private readonly handles: OpenHandles
  private file: OpenFile | undefined
  private busy = 0

  constructor(handles: OpenHandles, path: string) {
    this.handles = handles
    this.path = path
  }

  /** Whether somebody waits for the disk: it must stay open. */
  get isBusy(): boolean {
    return this.busy > 0
  }

  /** The file, opened if need be. */
  use(): OpenFile {
    this.usedAt = this.handles.tick()
    this.file ??= this.handles.enter(this, 'write')
    return this.file
  }

  /** An empty file in the place of what was there. */
  create(): OpenFile {
    this.close()
    this.usedAt = this.handles.tick()
    this.file = this.handles.enter(this, 'create')
    return this.file
  }

  async sync(): Promise<void> {
    const file = this.use()
    this.busy++
    try {
      await file.sync()
    } finally {
      this.busy--
    }
  }

  /** Closes the file for now. */
  close(): void {
    const { file } = this
    if (file === undefined) return
    this.file = undefined
    this.handles.leave(this)
    file.close()
  }
}
