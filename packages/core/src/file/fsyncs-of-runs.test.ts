import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { FileStore } from './file-store.ts'
import type { IFiles } from './files.ts'
import { nodeFiles } from './node-files.ts'

const folder = temporaryFolder()

/** Counts the syncs of journals, and all others; none of them takes time. */
class CountedSyncs {
  journals = 0
  others = 0
  readonly files: IFiles

  constructor() {
    const synced = (name: string): void => {
      if (path.basename(name) === 'journal.log') this.journals++
      else this.others++
    }
    this.files = {
      ...nodeFiles,
      open: (name, how) =>
        Object.assign(nodeFiles.open(name, how), {
          sync: async () => synced(name),
          syncNow: () => synced(name),
        }),
      syncFolder: async (name) => synced(name),
      syncFolderNow: synced,
    }
  }
}

function chainOf(length: number): WorkflowBlueprint {
  const ids = Array.from({ length }, (_, at) => `n${at}`)
  return {
    id: 'chain',
    nodes: ids.map((id) => ({ id, uses: 'work' })),
    edges: ids.slice(1).map((target, at) => ({ source: ids[at] ?? '', target })),
  }
}

interface Chain {
  /** Whether somebody starts the run again at each node: that is answered when what there is of the run is on the disk. */
  readonly isAwaited: boolean
  readonly length: number
  /** How long each node takes. */
  readonly msPerNode: number
  readonly fsyncEveryMs: number
}

/** Runs a chain; answers how often something was synced, and how long it took by the clock. */
async function runChain({
  isAwaited,
  length,
  msPerNode,
  fsyncEveryMs,
}: Chain): Promise<CountedSyncs & { tookMs: number }> {
  const clock = new VirtualClock()
  const counted = new CountedSyncs()
  const store = new FileStore({ dir: path.join(folder.dir, `${length}`), files: counted.files, clock, fsyncEveryMs })
  const chain = chainOf(length)
  const work = async (): Promise<void> => {
    await Promise.resolve()
    clock.advance(msPerNode)
  }
  const runtime = new FlowRuntime({ registry: { work }, store, clock })
  const asked: Promise<unknown>[] = []
  const startAgain = (): void => void asked.push(runtime.start(chain, undefined, { runId: 'run' }))
  if (isAwaited) runtime.eventBus.on('node.started', startAgain)
  const began = clock.now()
  const { status } = await runtime.run(chain, undefined, { runId: 'run' })
  await Promise.all(asked)
  await runtime.close()
  expect(status).toBe('completed')
  return Object.assign(counted, { tookMs: clock.now() - began })
}

describe.each([
  ['that nobody waits for', false],
  ['that somebody waits for at each node', true],
])('the syncs of a whole run in a file store %s', (_who, isAwaited) => {
  it.each([
    [10, 'that take no time', 0],
    [10, 'of 0.1 ms', 0.1],
    [10, 'of 1 ms', 1],
    [250, 'of 1 ms', 1],
    [10, 'of 3 ms', 3],
  ])(
    'are one for each interval of %d ms and one for its end at most, however many nodes %s it has',
    async (fsyncEveryMs, _nodes, msPerNode) => {
      const short = await runChain({ isAwaited, length: 10, msPerNode, fsyncEveryMs })
      const long = await runChain({ isAwaited, length: 3000, msPerNode, fsyncEveryMs })
      for (const { journals, tookMs } of [short, long]) {
        expect(journals).toBeGreaterThan(0)
        // The first one may come at once, and closing waits for no interval.
        expect(journals).toBeLessThanOrEqual(Math.floor(tookMs / fsyncEveryMs) + 2)
      }
      expect(long.others).toBe(short.others)
    },
  )
})
