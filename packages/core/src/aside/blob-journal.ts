import type { HeddleError } from '../errors/heddle-error.ts'
import { isHeddleError } from '../errors/heddle-error.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { JournalSnapshot, RunJournal } from '../ports/journal-store.ts'
import { splitEntry, splitSnapshot } from './aside-entries.ts'
import type { AsideText, AsideTexts } from './aside-texts.ts'

/** What a journal works with that puts large values aside. */
export interface BlobJournalOptions {
  readonly texts: AsideTexts
  /** The blobs that a compaction lets go of; asked before it, to be removed after it. */
  readonly findDropped: () => Promise<() => Promise<readonly string[]>>
  readonly onClosed: () => void
}

/**
 * The journal of a run whose large values are put into a blob store before the entries that refer to them are appended. As long as
 * nothing is large, it is as synchronous as the journal behind it.
 */
export class BlobJournal implements RunJournal {
  readonly runId: string
  private readonly journal: RunJournal
  private readonly options: BlobJournalOptions
  /** Resolves when the groups before were appended, or could not be; there is none where none waits for its blobs. */
  private before: Promise<void> | undefined
  private last: Promise<void> | undefined
  /** Why nothing more can be appended. */
  private broken: HeddleError | undefined
  private closing: Promise<void> | undefined

  constructor(journal: RunJournal, options: BlobJournalOptions) {
    this.runId = journal.runId
    this.journal = journal
    this.options = options
  }

  /** Whether nothing more can be appended until the journal is opened again: it is being closed, or an append has failed. */
  get isOver(): boolean {
    return this.broken !== undefined || this.closing !== undefined
  }

  append(entries: readonly StoredEvent[]): void | Promise<void> {
    if (this.broken !== undefined) throw this.broken
    const aside: AsideText[] = []
    const kept = entries.map((whole) => {
      const split = splitEntry(this.options.texts, this.runId, whole)
      aside.push(...split.aside)
      return split.entry
    })
    if (aside.length === 0 && this.before === undefined) return this.journal.append(entries)
    const appended = this.appendAfter(this.before, kept, aside)
    this.last = appended
    this.before = this.settled(appended)
    return appended
  }

  private async appendAfter(
    before: Promise<void> | undefined,
    entries: readonly StoredEvent[],
    aside: readonly AsideText[],
  ): Promise<void> {
    await before
    if (this.broken !== undefined) throw this.broken
    try {
      await this.options.texts.put(aside)
      await this.journal.append(entries)
    } catch (error) {
      // What is refused leaves the journal as it was.
      if (isHeddleError(error, 'STORE_UNAVAILABLE')) this.broken = error
      throw error
    }
  }

  /** Resolves when an append has ended, however. */
  private async settled(appended: Promise<void>): Promise<void> {
    await appended.catch(() => undefined)
    if (this.last === appended) this.before = undefined
  }

  /** Resolves when everything that was handed in was appended, or could not be. */
  async idle(): Promise<void> {
    await this.before
  }

  async sync(): Promise<void> {
    await this.ready()
    await this.journal.sync()
  }

  async saveSnapshot(whole: JournalSnapshot): Promise<void> {
    await this.ready()
    const { snapshot, aside } = splitSnapshot(this.options.texts, this.runId, whole)
    await this.options.texts.put(aside)
    await this.journal.saveSnapshot(snapshot)
  }

  async compact(): Promise<void> {
    await this.ready()
    const dropped = await this.options.findDropped()
    await this.journal.compact()
    await this.options.texts.delete(await dropped())
  }

  close(): Promise<void> {
    this.closing ??= this.letGo()
    return this.closing
  }

  private async letGo(): Promise<void> {
    await this.idle()
    try {
      await this.journal.close()
    } finally {
      this.options.onClosed()
    }
  }

  private async ready(): Promise<void> {
    await this.idle()
    if (this.broken !== undefined) throw this.broken
  }
}
