import { afterAll, describe, expect, it } from 'vitest'
import { crashPatterns } from '../../test/crash-patterns.ts'
import { endAfter } from '../../test/crash-points.ts'

const counts = { graphs: 0, points: 0 }

describe('a run whose process ends before or after any single operation of its disk, and that goes on in another one', () => {
  afterAll(() => {
    process.stdout.write(`crash points: ${counts.graphs} graphs, ${counts.points} crashes, no difference\n`)
  })

  it.each(crashPatterns.map((pattern) => [pattern.name, pattern] as const))(
    'ends like the undisturbed one: %s',
    async (_name, pattern) => {
      const { operations, ...undisturbed } = await endAfter(pattern, [])
      counts.graphs++
      for (let at = 1; at <= operations; at++) {
        for (const done of [false, true]) {
          const { operations: _all, ...end } = await endAfter(pattern, [{ at, done }])
          expect(end, `crash ${done ? 'after' : 'before'} operation ${at} of ${operations}`).toEqual(undisturbed)
          counts.points++
        }
      }
    },
    120_000,
  )
})
