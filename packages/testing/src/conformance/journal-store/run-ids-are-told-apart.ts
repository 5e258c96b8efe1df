import { entryOf } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

const ids = [
  'a',
  'A',
  'a.',
  '.a',
  '.',
  '..',
  '-',
  'con',
  'CON',
  'nul.txt',
  'a'.repeat(128),
  'aB'.repeat(64),
  'constructor',
]
const notAllowed = ['', 'a/b', String.raw`a\b`, 'a b', '../a', '__proto__', 'ä', 'a'.repeat(129), 'a\u0000']

/** Every id that is allowed is a run of its own; others are refused. */
export const runIdsAreToldApart: JournalStoreBehaviour = {
  name: 'every id that is allowed is a run of its own, and every other one is refused',
  run: async ({ store, expect }) => {
    for (const id of ids) await (await store.create(id)).append([entryOf(1, `run.started ${id}`)])
    for (const id of ids) expect(await store.read(id)).toEqual({ entries: [entryOf(1, `run.started ${id}`)] })
    const listed: string[] = []
    for await (const { runId } of store.list()) listed.push(runId)
    expect(listed.sort()).toEqual([...ids].sort())
    for (const id of notAllowed) {
      const calls = [store.create(id), store.open(id), store.read(id), store.readEntries(id, 0, 1), store.remove(id)]
      for (const call of calls) expect(await rejection(call)).toMatchObject({ code: 'INVALID_ID' })
    }
  },
}
