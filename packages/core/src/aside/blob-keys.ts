import { isHeddleError } from '../errors/heddle-error.ts'
import { asideKey } from '../model/aside-text.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { IJournalStore, JournalContents } from '../ports/journal-store.ts'

/** A blob that something in a journal refers to. */
interface UsedBlob {
  readonly key: string
  /** The entry, or the one after which the snapshot was taken. */
  readonly seq: number
  readonly isSnapshot: boolean
}

/** How many entries are read at a time. */
const pageSize = 1000

/** Finds the blobs of runs by what their journals refer to. */
export class BlobKeys {
  private readonly store: IJournalStore

  /** @param store with the references, not with what they stand for */
  constructor(store: IJournalStore) {
    this.store = store
  }

  /** The blobs of a run; of one that is damaged, those that can be found. @throws HeddleError what the store throws */
  async ofRun(runId: string): Promise<readonly string[]> {
    try {
      const used = await this.used(runId)
      const [oldest] = (await this.store.readEntries(runId, 0, 1)) ?? []
      if (oldest?.seq !== 1) used.push(...(await this.ofSummary(runId)))
      return ownKeys(runId, used)
    } catch (error) {
      if (isHeddleError(error, 'JOURNAL_CORRUPT')) return []
      throw error
    }
  }

  /**
   * The blobs that nothing refers to any more after a compaction that is about to be made, asked after it. The first entry of the run
   * and the last one that is dropped are kept for lists of runs.
   */
  async droppedBy(runId: string): Promise<() => Promise<readonly string[]>> {
    const used = await this.used(runId)
    return async () => {
      const base = (await this.store.read(runId))?.snapshot?.seq ?? 0
      const isDropped = ({ seq, isSnapshot }: UsedBlob): boolean => seq < base && (isSnapshot || seq > 1)
      return ownKeys(runId, used.filter(isDropped))
    }
  }

  private async used(runId: string): Promise<UsedBlob[]> {
    const used: UsedBlob[] = []
    let after = 0
    for (;;) {
      const entries = (await this.store.readEntries(runId, after, pageSize)) ?? []
      for (const entry of entries) used.push(...blobsOf(entry))
      after = entries.at(-1)?.seq ?? after
      if (entries.length < pageSize) break
    }
    let contents = await this.store.read(runId)
    while (contents?.snapshot !== undefined) {
      const { seq, text } = contents.snapshot
      const key = asideKey(text)
      if (key !== undefined) used.push({ key, seq, isSnapshot: true })
      contents = await this.before(runId, seq)
    }
    return used
  }

  /** The journal as it was before a snapshot, if it still tells of that. */
  private async before(runId: string, seq: number): Promise<JournalContents | undefined> {
    try {
      return await this.store.read(runId, seq - 1)
    } catch (error) {
      if (isHeddleError(error, 'INVALID_OPTION')) return undefined
      throw error
    }
  }

  /** Of a run whose beginning was dropped, what lists of runs still tell of it. */
  private async ofSummary(runId: string): Promise<UsedBlob[]> {
    for await (const summary of this.store.list()) {
      if (summary.runId === runId) return [...blobsOf(summary.first), ...blobsOf(summary.last)]
    }
    return []
  }
}

function blobsOf({ seq, aside = {} }: StoredEvent): UsedBlob[] {
  return Object.values(aside).map(({ blob }) => ({ key: blob, seq, isSnapshot: false }))
}

/** A journal that was tampered with must not remove the blobs of other runs. */
function ownKeys(runId: string, used: readonly UsedBlob[]): readonly string[] {
  return [...new Set(used.map(({ key }) => key).filter((key) => key.startsWith(`${runId}/`)))]
}
