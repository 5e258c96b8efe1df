import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { virtualClock } from '@heddle/testing'
import { describeCoordinationStore, describeJobQueue } from '@heddle/testing/conformance'
import { afterAll, describe, expect, it } from 'vitest'
import { FolderJobQueue } from './folder-job-queue.ts'
import { ownStore } from './own-store.ts'

const root = await mkdtemp(path.join(tmpdir(), 'heddle-own-adapters-'))
afterAll(() => rm(root, { recursive: true }))

describeJobQueue('FolderJobQueue', async () => new FolderJobQueue(await mkdtemp(path.join(root, 'queue-'))), {
  test: { describe, it, expect },
})

describeCoordinationStore('ownStore', (clock) => ownStore({ clock }), {
  test: { describe, it, expect },
  // For a store that goes by the clock which it is given. One on a server that has a clock of its own leaves this out, and the
  // suite waits.
  createClock: virtualClock,
})
