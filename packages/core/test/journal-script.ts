import { expect } from 'vitest'
import { FileStore, type FileStoreOptions } from '../src/file/file-store.ts'
import type { StoredEvent } from '../src/model/stored-event.ts'
import type { JournalContents, RunJournal } from '../src/ports/journal-store.ts'
import { onlyProcess, type SimulatedDisk } from './simulated-disk.ts'

/** What a process did to the journal of one run, as far as it came. */
export interface ScriptLog {
  /** Groups that were handed to `append`, in order. */
  readonly groups: (readonly StoredEvent[])[]
  /** The last entry that `append` took. */
  taken: number
  /** The last entry that a sync has covered. */
  synced: number
  /** The entry of the newest snapshot that was told to be kept. */
  snapshot: number
  /** The entry up to which a compaction may have dropped entries. */
  compacted: number
}

/** A log of nothing. */
export function emptyLog(): ScriptLog {
  return { groups: [], taken: 0, synced: 0, snapshot: 0, compacted: 0 }
}

/** The state of the run after an entry, as a snapshot has it. */
export function stateAfter(log: ScriptLog, seq: number): string {
  return JSON.stringify(entriesOf(log).filter((entry) => entry.seq <= seq))
}

/** All entries of a log. */
export function entriesOf({ groups }: ScriptLog): readonly StoredEvent[] {
  return groups.flat()
}

/** A process that writes the journal of run `run`, and remembers what it did. */
export class Script {
  readonly store: FileStore
  private readonly log: ScriptLog
  private readonly name: string
  private readonly disk: SimulatedDisk
  private journal: RunJournal | undefined

  /** @param name tells entries of two processes apart */
  constructor(disk: SimulatedDisk, log: ScriptLog, name: string, options: Partial<FileStoreOptions> = {}) {
    const processes = onlyProcess(name.charCodeAt(0))
    this.store = new FileStore({ dir: '/store', files: disk, processes, fsyncEveryMs: 0, ...options })
    this.log = log
    this.name = name
    this.disk = disk
  }

  async create(): Promise<void> {
    this.journal = await this.store.create('run')
  }

  async open(): Promise<JournalContents | undefined> {
    const opened = await this.store.open('run')
    this.journal = opened?.journal
    return opened?.contents
  }

  append(count: number): void {
    const { log, name } = this
    const group = Array.from({ length: count }, (_, at) => entryOf(log.taken + at + 1, name))
    log.groups.push(group)
    void this.opened().append(group)
    log.taken += count
  }

  async sync(): Promise<void> {
    const { taken } = this.log
    await this.opened().sync()
    this.log.synced = taken
  }

  async saveSnapshot(seq: number = this.log.taken): Promise<void> {
    await this.opened().saveSnapshot({ seq, text: stateAfter(this.log, seq) })
    this.log.snapshot = seq
  }

  async compact(): Promise<void> {
    this.log.compacted = this.log.snapshot
    await this.opened().compact()
  }

  /** Compacts the journal, and appends a group while it is copied, and one when the copy is on the disk. */
  async compactWhileAppending(): Promise<void> {
    const parts: Promise<void>[] = []
    this.disk.performing = (what) => {
      if (/^(?:create|sync) .*journal\.log\.tmp$/u.test(what)) parts.push(Promise.resolve().then(() => this.append(1)))
    }
    parts.push(this.compact())
    await Promise.allSettled(parts)
    this.disk.performing = () => {}
    await Promise.all(parts)
  }

  closeJournal(): Promise<void> {
    return this.opened().close()
  }

  async close(): Promise<void> {
    const { taken } = this.log
    await this.store.close()
    this.log.synced = taken
  }

  private opened(): RunJournal {
    if (this.journal === undefined) throw new Error('the journal is not open')
    return this.journal
  }
}

function entryOf(seq: number, process: string): StoredEvent {
  return { seq, at: seq, fact: { type: process } }
}

/**
 * Checks that a journal holds whole groups of the log, from the first on, none of those missing that were synced. The log is cut to
 * what is there: that is the run now.
 */
export function expectPrefix(contents: JournalContents | undefined, log: ScriptLog): void {
  const base = contents?.snapshot?.seq ?? 0
  const last = base + (contents?.entries.length ?? 0)
  expect(last).toBeGreaterThanOrEqual(log.synced)
  const known = entriesOf(log)
  expect(contents?.entries ?? []).toEqual(known.slice(base, last))
  if (contents?.snapshot !== undefined) expect(contents.snapshot.text).toBe(stateAfter(log, base))
  let whole = 0
  let kept = 0
  while (whole < last) whole += log.groups[kept++]?.length ?? Infinity
  expect(whole).toBe(last)
  log.groups.length = kept
  log.taken = last
}
