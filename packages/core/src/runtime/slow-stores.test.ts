import { describe, expect, it } from 'vitest'
import { crashPatterns } from '../../test/crash-patterns.ts'
import type { CrashEnd } from '../../test/crash-patterns/pattern.ts'
import { endAfter, type MakeStore } from '../../test/crash-points.ts'
import { seededDraw } from '../../test/reference-model/random-results.ts'
import { slowStore } from '../../test/slow-store.ts'
import { FileStore } from '../file/file-store.ts'

/** A store of which every operation takes some turns of the event loop, before it is done and after. */
const slow =
  (seed: number): MakeStore =>
  (files, processes) => {
    const draw = seededDraw(seed)
    const store = new FileStore({ dir: '/store', files, processes, fsync: 'never' })
    return slowStore(store, () => [draw(4), draw(4)])
  }

/** What `stop` cuts off is cancelled if its attempt had begun, else skipped: that is a matter of time. */
function withoutTime({ visits, ...end }: CrashEnd): CrashEnd {
  const isTimed = end.status === 'failed'
  return {
    ...end,
    visits: visits.map(([key, status]) => [key, isTimed && status === 'cancelled' ? 'skipped' : status]),
  }
}

describe('a run in a store of which every operation takes its time', () => {
  it.each(crashPatterns.map((pattern) => [pattern.name, pattern] as const))(
    'ends as in one that answers at once, also after its process has ended, and runs nothing again that was recorded: %s',
    async (_name, pattern) => {
      const { operations, end: undisturbed } = await endAfter(pattern, [])
      const ends = [undisturbed, ...(pattern.alsoAllowed ?? []).map((other) => ({ ...undisturbed, ...other }))]
      const allowed = new Set(ends.map((end) => JSON.stringify(withoutTime(end))))
      const draw = seededDraw(operations)
      const faults = [[], [{ at: 1 + draw(operations), done: true }], [{ at: 1 + draw(operations), done: false }]]
      for (const [seed, crashes] of faults.entries()) {
        const { end, ranAgain } = await endAfter(pattern, crashes, slow(seed + 1))
        if (!allowed.has(JSON.stringify(withoutTime(end)))) {
          expect({ crashes, end }).toEqual({ crashes, end: undisturbed })
        }
        expect({ crashes, ranAgain }).toEqual({ crashes, ranAgain: [] })
      }
    },
    60_000,
  )
})
