import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { Cluster } from '../../test/cluster.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
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
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
    expect(told).toEqual(Array.from({ length: head.seq }, (_, at) => at + 1))
    await feed.flush(head)
  })
})
