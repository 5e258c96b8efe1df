import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  blobCoordinationStore,
  blobJournalStore,
  CelEvaluator,
  EventBus,
  memoryBlobStore,
  memoryCoordinationStore,
  memoryJobQueue,
  memoryJournalStore,
  type MemoryJournal,
  SuperjsonSerializer,
  systemClock,
} from '@heddle/core'
import { FileBlobStore, FileStore } from '@heddle/core/node'
import { describe, expect, it } from 'vitest'
import { virtualClock } from '../src/clock/virtual-clock.ts'
import {
  describeClock,
  describeCoordinationStore,
  describeEvaluator,
  describeEventBus,
  describeJobQueue,
  describeJournalStore,
  describeSerializer,
} from '../src/conformance.ts'

const test = { describe, it, expect }

describeCoordinationStore('memoryCoordinationStore', (clock) => memoryCoordinationStore({ clock }), {
  test,
  createClock: virtualClock,
})
describeCoordinationStore(
  'blobCoordinationStore over memoryCoordinationStore',
  (clock) =>
    blobCoordinationStore({ store: memoryCoordinationStore({ clock }), blobs: memoryBlobStore(), maxInlineBytes: 0 }),
  { test, createClock: virtualClock },
)
describeClock('virtualClock', virtualClock, { test, pass: (clock, ms) => clock.advance(ms) })
describeClock('systemClock', () => systemClock, { test })
describeEvaluator('CelEvaluator', () => new CelEvaluator(), { test })
describeEventBus('EventBus', () => new EventBus(), { test })
describeJobQueue('memoryJobQueue', (clock) => memoryJobQueue({ clock }), { test, createClock: virtualClock })
describeSerializer('SuperjsonSerializer', () => new SuperjsonSerializer(), { test })

describeJournalStore(
  'memoryJournalStore',
  () => {
    const journals = new Map<string, MemoryJournal>()
    return { open: () => memoryJournalStore({ journals }) }
  },
  {
    test,
    skip: {
      'one store at a time writes to a place: another one is refused until the first is closed':
        'a second store in the same process takes over, so that tests can let the first one crash',
    },
  },
)
describeJournalStore(
  'blobJournalStore over memoryJournalStore',
  () => {
    const journals = new Map<string, MemoryJournal>()
    const blobs = memoryBlobStore()
    return { open: () => blobJournalStore({ store: memoryJournalStore({ journals }), blobs, maxInlineBytes: 0 }) }
  },
  {
    test,
    skip: {
      'one store at a time writes to a place: another one is refused until the first is closed':
        'a second store in the same process takes over, so that tests can let the first one crash',
    },
  },
)
describeJournalStore(
  'blobJournalStore over FileStore',
  async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'heddle-journals-'))
    const remove = (): Promise<void> => rm(dir, { recursive: true })
    const blobs = new FileBlobStore({ dir: path.join(dir, 'blobs'), fsync: 'never' })
    return { open: () => blobJournalStore({ store: new FileStore({ dir }), blobs, maxInlineBytes: 0 }), remove }
  },
  { test },
)
describe.each(['group', 'always', 'never'] as const)('fsync %s', (fsync) => {
  describeJournalStore(
    'FileStore',
    async () => {
      const dir = await mkdtemp(path.join(os.tmpdir(), 'heddle-journals-'))
      const remove = (): Promise<void> => rm(dir, { recursive: true })
      return { open: () => new FileStore({ dir, fsync, fsyncEveryMs: 1 }), remove }
    },
    { test },
  )
})
