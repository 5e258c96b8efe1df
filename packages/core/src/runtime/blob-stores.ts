import { blobCoordinationStore } from '../aside/blob-coordination-store.ts'
import { blobJournalStore } from '../aside/blob-journal-store.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import type { RunLimits } from './limits.ts'

/** What says which values are put aside, and where. */
interface BlobChoice {
  readonly blobs?: IBlobStore | undefined
  readonly limits?: Partial<RunLimits> | undefined
}

function inline({ limits }: BlobChoice): { readonly maxInlineBytes?: number } {
  const maxInlineBytes = limits?.maxInlineBytes
  return maxInlineBytes === undefined ? {} : { maxInlineBytes }
}

/** The journal store of a runtime, with large values in the blob store that it was given, if it was. */
export function journalsWithBlobs(store: IJournalStore, choice: BlobChoice): IJournalStore {
  const { blobs } = choice
  return blobs === undefined ? store : blobJournalStore({ store, blobs, ...inline(choice) })
}

/** The same of a runtime or worker of distributed runs. */
export function withBlobs(store: ICoordinationStore, choice: BlobChoice): ICoordinationStore {
  const { blobs } = choice
  return blobs === undefined ? store : blobCoordinationStore({ store, blobs, ...inline(choice) })
}
