import path from 'node:path'
import type { IFiles, OpenFile } from '../src/file/files.ts'
import type { IProcesses, ProcessIdentity } from '../src/file/processes.ts'

interface FileNode {
  readonly kind: 'file'
  bytes: Buffer
  /** As it was when it was synced last. */
  durable: Buffer
  /** What was written since, from and to. A sync that fails forgets it, as Linux does: the next one has nothing to write. */
  unsynced: [from: number, to: number][]
}

interface FolderNode {
  readonly kind: 'folder'
  names: Map<string, Node>
  /** As they were when the folder was synced last. */
  durable: Map<string, Node>
}

type Node = FileNode | FolderNode

/** What happens at some operation that changes the disk. Operations are counted from 1. */
export interface Fault {
  readonly at: number
  /**
   * `crash`: the process ends. `fail`: the operation throws EIO, and the disk goes on.
   * @default 'crash'
   */
  readonly type?: 'crash' | 'fail'
  /** Whether the operation is carried out first. A number: of a write, only so many bytes. */
  readonly done: boolean | number
}

/** What of the things that were not synced is there after a loss of power. */
export type Survival =
  /** All of it: only the process has ended. What was not synced may still be lost later. */
  | 'all'
  /** None of it. */
  | 'none'
  /** Names in folders, and of files the size; bytes that were not synced read as zeros. */
  | 'names and sizes'
  /** Bytes of files; of names those that were synced. */
  | 'bytes'
  /** Of each file and of each sector of 512 bytes, and of each name, either; the seed decides. */
  | number

const sectorSize = 512

/**
 * A disk in memory that knows what was synced. A fault can be planned for any operation that changes it; after a crash every call
 * throws, until the disk is looked at anew with {@link restart}.
 */
export class SimulatedDisk implements IFiles {
  /** Operations that changed the disk, in words. */
  readonly operations: string[] = []
  /** Is called before each call, also one that only looks, with its number. */
  before: (at: number) => void = () => {}
  /** Is told what each operation is that changes the disk, before it is carried out. */
  performing: (what: string) => void = () => {}
  /** Bytes that all files together may have. */
  capacity: number = Infinity
  /** Handles that are open. */
  opened = 0
  mostOpened = 0
  private canSync = true
  private readonly root: FolderNode
  private readonly fault: Fault | undefined
  private hasCrashed = false
  private calls = 0

  constructor(fault?: Fault, root: FolderNode = emptyFolder()) {
    this.fault = fault
    this.root = root
  }

  /** The number of calls so far. */
  get called(): number {
    return this.calls
  }

  get crashed(): boolean {
    return this.hasCrashed
  }

  /** The disk after a crash, as the next process finds it. */
  restart(survival: Survival, fault?: Fault): SimulatedDisk {
    if (survival === 'all') return new SimulatedDisk(fault, copyFolder(this.root))
    const random = typeof survival === 'number' ? randomOf(survival) : () => 0
    return new SimulatedDisk(fault, surviveFolder(this.root, survival, random))
  }

  /** Whether files can be synced from now on. */
  letSync(canSync: boolean): void {
    this.canSync = canSync
  }

  /** The bytes of a file, to be looked at or changed. */
  bytesOf(name: string): Buffer {
    return this.file(name).bytes
  }

  /** Puts a file on the disk, whatever was there. */
  put(name: string, bytes: Buffer): void {
    this.parentOf(name).names.set(path.basename(name), { kind: 'file', bytes, durable: bytes, unsynced: [] })
  }

  open(name: string, how: 'read' | 'write' | 'create'): OpenFile {
    if (how === 'create') this.change(`create ${name}`, () => this.put(name, Buffer.alloc(0)))
    else this.checkAlive()
    const node = this.file(name)
    this.opened++
    this.mostOpened = Math.max(this.mostOpened, this.opened)
    return this.handle(name, node)
  }

  makeFolder(name: string): boolean {
    this.checkAlive()
    if (this.parentOf(name).names.get(path.basename(name))?.kind === 'folder') return false
    let isNew = false
    this.change(`makeFolder ${name}`, () => {
      const { names } = this.parentOf(name)
      const there = names.get(path.basename(name))
      if (there?.kind === 'file') throw systemError('EEXIST', name)
      isNew = there === undefined
      if (isNew) names.set(path.basename(name), emptyFolder())
    })
    return isNew
  }

  list(folder: string): readonly string[] {
    this.checkAlive()
    return [...this.folder(folder).names.keys()]
  }

  rename(from: string, to: string): void {
    this.change(`rename ${from} ${to}`, () => {
      const node = this.node(from)
      const target = this.parentOf(to).names.get(path.basename(to))
      const isOccupied = target?.kind === 'folder' && (node.kind === 'file' || target.names.size > 0)
      if (isOccupied) throw systemError('ENOTEMPTY', to)
      if (target?.kind === 'file' && node.kind === 'folder') throw systemError('ENOTDIR', to)
      this.parentOf(from).names.delete(path.basename(from))
      this.parentOf(to).names.set(path.basename(to), node)
    })
  }

  removeFile(name: string): void {
    this.change(`removeFile ${name}`, () => {
      this.file(name)
      this.parentOf(name).names.delete(path.basename(name))
    })
  }

  removeFolder(name: string): void {
    this.change(`removeFolder ${name}`, () => {
      if (this.folder(name).names.size > 0) throw systemError('ENOTEMPTY', name)
      this.parentOf(name).names.delete(path.basename(name))
    })
  }

  async syncFolder(name: string): Promise<void> {
    this.syncFolderNow(name)
  }

  syncFolderNow(name: string): void {
    this.change(`syncFolder ${name}`, () => {
      const folder = this.folder(name)
      folder.durable = new Map(folder.names)
    })
  }

  private handle(name: string, node: FileNode): OpenFile {
    const readNow = (into: Uint8Array, offset: number): number => {
      this.checkAlive()
      return node.bytes.copy(into, 0, offset)
    }
    const syncNow = (): void =>
      this.change(`sync ${name}`, () => {
        const written = node.unsynced.splice(0)
        if (!this.canSync) throw systemError('EIO', name)
        const durable = Buffer.alloc(node.bytes.length)
        node.durable.copy(durable)
        for (const [from, to] of written) node.bytes.copy(durable, from, from, to)
        node.durable = durable
      })
    let isOpen = true
    return {
      readNow,
      read: async (into, offset) => readNow(into, offset),
      size: () => node.bytes.length,
      write: (bytes, offset) => this.write(name, node, bytes, offset),
      truncate: (size) => this.change(`truncate ${name}`, () => void (node.bytes = node.bytes.subarray(0, size))),
      syncNow,
      sync: async () => syncNow(),
      close: () => {
        if (isOpen) this.opened--
        isOpen = false
      },
    }
  }

  private write(name: string, node: FileNode, bytes: Uint8Array, offset: number): number {
    this.checkAlive()
    const room = this.capacity === Infinity ? Infinity : Math.max(0, this.capacity - sizeOf(this.root))
    if (room === 0) throw systemError('ENOSPC', name)
    const taken = bytes.subarray(0, room)
    this.change(`write ${name} ${taken.length}`, (part = taken.length) => {
      const end = offset + part
      const grown = Buffer.alloc(Math.max(node.bytes.length, end))
      node.bytes.copy(grown)
      grown.set(taken.subarray(0, part), offset)
      node.bytes = grown
      node.unsynced.push([offset, end])
    })
    return taken.length
  }

  /** Carries out an operation that changes the disk, or the fault that was planned for it. */
  private change(what: string, carryOut: (part?: number) => unknown): void {
    this.checkAlive()
    this.operations.push(what)
    this.performing(what)
    if (this.fault?.at !== this.operations.length) {
      carryOut()
      return
    }
    const { type = 'crash', done } = this.fault
    if (done !== false) carryOut(done === true ? undefined : done)
    this.hasCrashed = type === 'crash'
    throw systemError(type === 'crash' ? 'ECRASHED' : 'EIO', what)
  }

  private checkAlive(): void {
    this.before(++this.calls)
    if (this.hasCrashed) throw systemError('ECRASHED', 'the process has ended')
  }

  private node(name: string): Node {
    let node: Node = this.root
    for (const part of name.split(path.sep).filter((one) => one !== '')) {
      const next: Node | undefined = node.kind === 'folder' ? node.names.get(part) : undefined
      if (next === undefined) throw systemError('ENOENT', name)
      node = next
    }
    return node
  }

  private file(name: string): FileNode {
    const node = this.node(name)
    if (node.kind === 'file') return node
    throw systemError('EISDIR', name)
  }

  private folder(name: string): FolderNode {
    const node = this.node(name)
    if (node.kind === 'folder') return node
    throw systemError('ENOTDIR', name)
  }

  private parentOf(name: string): FolderNode {
    return this.folder(path.dirname(name))
  }
}

/** Processes of which only one lives: each restart is another one. */
export function onlyProcess(pid: number): IProcesses {
  return { self: (): ProcessIdentity => ({ pid, host: 'simulated' }), hasEnded: (other) => other.pid !== pid }
}

/** Numbers from 0 to 1 that a seed determines. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function emptyFolder(): FolderNode {
  return { kind: 'folder', names: new Map(), durable: new Map() }
}

function sizeOf(folder: FolderNode): number {
  let size = 0
  for (const node of folder.names.values()) size += node.kind === 'file' ? node.bytes.length : sizeOf(node)
  return size
}

function surviveFolder(folder: FolderNode, survival: Survival, random: () => number): FolderNode {
  const names = new Map<string, Node>()
  for (const name of new Set([...folder.names.keys(), ...folder.durable.keys()])) {
    const isNew = typeof survival === 'number' ? random() < 0.5 : survival === 'names and sizes'
    const node = (isNew ? folder.names : folder.durable).get(name)
    if (node?.kind === 'folder') names.set(name, surviveFolder(node, survival, random))
    if (node?.kind !== 'file') continue
    const bytes = surviveFile(node, survival, random)
    names.set(name, { kind: 'file', bytes, durable: bytes, unsynced: [] })
  }
  return { kind: 'folder', names, durable: new Map(names) }
}

/** A copy; a file or folder that has two names, one of them only for a while, is copied once. */
function copyFolder(folder: FolderNode, copies: Map<Node, Node> = new Map()): FolderNode {
  const copy = emptyFolder()
  copies.set(folder, copy)
  const copyNode = (node: Node): Node => {
    const known = copies.get(node)
    if (known !== undefined) return known
    const made = node.kind === 'folder' ? copyFolder(node, copies) : { ...node, unsynced: [...node.unsynced] }
    copies.set(node, made)
    return made
  }
  for (const [name, node] of folder.names) copy.names.set(name, copyNode(node))
  for (const [name, node] of folder.durable) copy.durable.set(name, copyNode(node))
  return copy
}

function surviveFile({ bytes, durable }: FileNode, survival: Survival, random: () => number): Buffer {
  if (survival === 'bytes') return Buffer.from(bytes)
  if (survival === 'none') return Buffer.from(durable)
  // A size between the two: the system wrote the file to the disk on its own, at some time.
  const share = typeof survival === 'number' ? Math.min(1, random() * 2) : 1
  const kept = Buffer.alloc(Math.round(durable.length + (bytes.length - durable.length) * share))
  durable.copy(kept)
  if (typeof survival !== 'number') return kept
  for (let offset = 0; offset < kept.length; offset += sectorSize) {
    if (random() < 0.5 && offset < bytes.length) bytes.copy(kept, offset, offset, offset + sectorSize)
  }
  return kept
}

function systemError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code })
}
