import { afterAll, describe, expect, it } from 'vitest'
import { crashPatterns } from '../../test/crash-patterns.ts'
import { endAfter } from '../../test/crash-points.ts'

const counts = { graphs: 0, points: 0 }

describe('a run whose process ends before or after any single operation of its disk, and that goes on in another one', () => {
  afterAll(() => {
    process.stdout.write(`crash points: ${counts.graphs} graphs, ${counts.points} crashes, no difference\n`)
  })

  it.each(crashPatterns.map((pattern) => [pattern.name, pattern] as const))(
    'ends like the undisturbed one, and runs nothing again that was recorded: %s',
    async (_name, pattern) => {
      const { operations, end: undisturbed } = await endAfter(pattern, [])
      const others = (pattern.alsoAllowed ?? []).map((other) => ({ ...undisturbed, ...other }))
      const seen = new Set<number>()
      counts.graphs++
      for (let at = 1; at <= operations; at++) {
        for (const done of [false, true]) {
          const { end, ranAgain } = await endAfter(pattern, [{ at, done }])
          const place = `crash ${done ? 'after' : 'before'} operation ${at} of ${operations}`
          const other = others.findIndex((allowed) => JSON.stringify(allowed) === JSON.stringify(end))
          if (other === -1) expect({ place, end }).toEqual({ place, end: undisturbed })
          else seen.add(other)
          expect({ place, ranAgain }).toEqual({ place, ranAgain: [] })
          counts.points++
        }
      }
      expect(seen).toEqual(new Set(others.keys()))
    },
    120_000,
  )
})
