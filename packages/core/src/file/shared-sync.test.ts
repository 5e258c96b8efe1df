import { expect, it } from 'vitest'
import { SharedSync } from './shared-sync.ts'

it('one sync covers all changes that were made before it began, and those that came later take another one', async () => {
  let syncs = 0
  const shared = new SharedSync(async () => {
    syncs++
    await Promise.resolve()
  })
  const early = [shared.changed(), shared.changed(), shared.changed()]
  const waiting = early.map((change) => shared.cover(change))
  const late = shared.changed()
  expect(syncs).toBe(1)
  await Promise.all(waiting)
  expect(syncs).toBe(1)
  await Promise.all([shared.cover(late), shared.cover(late)])
  expect(syncs).toBe(2)
  await Promise.all(early.map((change) => shared.cover(change)))
  expect(syncs).toBe(2)
})

it('a sync that fails is told to all who wait for it, and covers nothing', async () => {
  let fails = true
  const shared = new SharedSync(async () => {
    if (fails) throw new Error('no disk')
  })
  const change = shared.changed()
  const waiting = await Promise.allSettled([shared.cover(change), shared.cover(change)])
  expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  await shared.cover(change)
})
