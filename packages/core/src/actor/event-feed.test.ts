import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { Cluster } from '../../test/cluster.ts'
import { settle } from '../../test/while-time-passes.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunHead, RunRef } from '../ports/run-records.ts'
import { EventFeed } from './event-feed.ts'

const serializer = new SuperjsonSerializer()

describe('the feed of a run', () => {
  it('tells each entry once, also if it hears of one after the run has ended', async () => {
    const cluster = new Cluster({ registry: { a: () => 1, b: () => 2 } })
    await cluster.start(graphOf(['a>b']), 1)
    const head = await cluster.run()
    const told: number[] = []
    const feed = new EventFeed(cluster.store, silentLogger, (events) => told.push(...events.map(({ seq }) => seq)))
    for (const seq of [1, 1, 3, head.seq]) {
      feed.notify(head, serializer, seq)
      await settle()
    }
    expect(told).toEqual(Array.from({ length: head.seq }, (_, at) => at + 1))
    await feed.flush(head)
  })

  it('is remembered for the last 1,000 runs that have ended, and for no more', async () => {
    const cluster = new Cluster({ registry: { a: () => 1 } })
    await cluster.start({ id: 'one', nodes: [{ id: 'a', uses: 'a' }], edges: [] }, 1)
    const head = await cluster.run()
    const told: RunEvent[] = []
    const feed = new EventFeed(endlessStore(cluster.store, head), silentLogger, (events) => told.push(...events))
    const hear = async (incarnation: string): Promise<number> => {
      const before = told.length
      feed.notify({ runId: head.runId, incarnation }, serializer, 1)
      await settle()
      return told.length - before
    }
    for (let run = 0; run < 1000; run++) expect(await hear(`i${run}`)).toBe(head.seq)
    // Those that are remembered tell nothing twice; the oldest is forgotten for another one.
    expect(await hear('i0')).toBe(0)
    expect(await hear('i1000')).toBe(head.seq)
    expect(await hear('i999')).toBe(0)
    expect(await hear('i0')).toBe(head.seq)
  })
})

/** A store that has the same ended run under every incarnation. */
function endlessStore(store: ICoordinationStore, { runId, incarnation }: RunHead): ICoordinationStore {
  const same = { runId, incarnation }
  return Object.assign(Object.create(store) as ICoordinationStore, {
    readJournal: (_run: RunRef, afterSeq: number, limit: number) => store.readJournal(same, afterSeq, limit),
    readValues: (_run: RunRef, names: readonly string[]) => store.readValues(same, names),
  })
}
