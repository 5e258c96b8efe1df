import { describe, expect, it } from 'vitest'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import { CellOverlay } from '../kernel/cell-overlay.ts'
import type { SharedCell } from '../model/cell.ts'
import type { Definition } from './definitions.ts'
import { mergeWrites, writeMerged } from './merged-writes.ts'
import type { TurnView } from './turn-view.ts'

/** Counts how often a text is read that is longer than what one outcome adds. */
class CountingSerializer extends SuperjsonSerializer {
  reads = 0

  override deserialize(text: string): unknown {
    if (text.length > 1000) this.reads++
    return super.deserialize(text)
  }
}

function viewOf(serializer: CountingSerializer, text: string): Pick<TurnView, 'cells' | 'definition' | 'merged'> {
  const cells = new CellOverlay()
  cells.load({ 's:log': { version: 1, text } })
  const blueprint = { id: 'b', nodes: [], edges: [], policy: { context: { log: { reducer: 'append' } } } }
  return { cells, merged: new Map(), definition: { blueprint, engine: { serializer } } as unknown as Definition }
}

describe('a large shared value to which many outcomes of a turn add', () => {
  it('is read from its text once, and again where it was written by others or an event was discarded', () => {
    const serializer = new CountingSerializer()
    const start = Array.from({ length: 300 }, (_, at) => `entry ${at}`)
    const view = viewOf(serializer, serializer.serialize(start))
    const add = (value: string): void => {
      const merged = mergeWrites(view, [{ key: 'log', text: serializer.serialize(value) }], 'a')
      writeMerged(view, merged as ReadonlyMap<string, SharedCell>)
    }
    const added = Array.from({ length: 20 }, (_, at) => `more ${at}`)
    for (const value of added) {
      add(value)
      view.cells.keep()
    }
    expect(serializer.reads).toBe(1)
    add('of an event that is discarded')
    view.cells.discard()
    add('last')
    view.cells.keep()
    expect(serializer.reads).toBe(2)
    const { version, text } = view.cells.read<SharedCell>('s:log') as SharedCell
    expect([version, serializer.deserialize(text)]).toEqual([22, [...start, ...added, 'last']])
  })
})
