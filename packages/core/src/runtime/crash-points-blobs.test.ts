import { describe, expect, it } from 'vitest'
import { crashPatterns } from '../../test/crash-patterns.ts'
import { endAfter, type MakeStore } from '../../test/crash-points.ts'
import { blobJournalStore } from '../aside/blob-journal-store.ts'
import { FileBlobStore } from '../file/file-blob-store.ts'
import { FileStore } from '../file/file-store.ts'

const names = new Set([
  'parallel split and all join',
  'loop with a wait',
  'map with retries',
  'failure with a fallback',
  'deadline',
  'subflow that waits',
  'steps at once',
  'child runs that a handler invokes',
  'a cancel of a subflow that waits',
  'parallel branches undone',
])
const patterns = crashPatterns.filter(({ name }) => names.has(name))

/** A store on the disk whose every value is a blob. */
const withBlobs: MakeStore = (files, processes) =>
  blobJournalStore({
    store: new FileStore({ dir: '/store', files, processes, fsync: 'never' }),
    blobs: new FileBlobStore({ dir: '/blobs', files, fsync: 'never' }),
    maxInlineBytes: 0,
  })

describe('a run whose values are put aside, and whose process ends at any operation of its disk', () => {
  it.each(patterns.map((pattern) => [pattern.name, pattern] as const))(
    'ends like the undisturbed one: %s',
    async (_name, pattern) => {
      const { operations, end: undisturbed } = await endAfter(pattern, [], withBlobs)
      const allowed = [undisturbed, ...(pattern.alsoAllowed ?? []).map((other) => ({ ...undisturbed, ...other }))]
      for (let at = 1; at <= operations; at++) {
        for (const done of [false, true]) {
          const { end, ranAgain } = await endAfter(pattern, [{ at, done }], withBlobs)
          const place = `crash ${done ? 'after' : 'before'} operation ${at} of ${operations}`
          expect([place, allowed]).toEqual([place, expect.arrayContaining([end])])
          expect([place, ranAgain]).toEqual([place, []])
        }
      }
    },
    300_000,
  )
})
