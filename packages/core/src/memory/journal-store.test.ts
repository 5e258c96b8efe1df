import { expect, it } from 'vitest'
import type { StoredEvent } from '../model/stored-event.ts'
import { memoryJournalStore, type MemoryJournals } from './journal-store.ts'

const entryOf = (seq: number): StoredEvent => ({ seq, at: seq, fact: { type: 'node.ready' } })

it('a second memory store on the same journals goes on as after a crash, and the first one writes no more', async () => {
  const journals: MemoryJournals = new Map()
  const crashed = await memoryJournalStore({ journals }).create('run')
  void crashed.append([entryOf(1)])
  const next = await memoryJournalStore({ journals }).open('run')
  expect(next?.contents).toEqual({ entries: [entryOf(1)] })
  expect(() => crashed.append([entryOf(2)])).toThrow(expect.objectContaining({ code: 'ALREADY_CLOSED' }))
  await crashed.close()
  void next?.journal.append([entryOf(2)])
  expect(await memoryJournalStore({ journals }).read('run')).toEqual({ entries: [entryOf(1), entryOf(2)] })
})

it('an entry that is not plain JSON is refused, and nothing of its group is kept', async () => {
  const store = memoryJournalStore()
  const journal = await store.create('run')
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const group = [entryOf(1), { ...entryOf(2), fact: { type: 'node.ready', circle } }]
  expect(() => journal.append(group)).toThrow(expect.objectContaining({ code: 'NOT_SERIALISABLE' }))
  expect(await store.read('run')).toBeUndefined()
})
