import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { KeyValues } from './key-values.ts'

describe('keys with a time to live', () => {
  it('count from 0, and begin again when their time is over', async () => {
    const clock = new VirtualClock()
    const keys = new KeyValues(clock)
    expect([await keys.increment('n', 10), await keys.increment('n', 10)]).toEqual([1, 2])
    clock.advance(10_000)
    await expect(keys.increment('n', 10)).resolves.toBe(1)
  })

  it('are set once until they expire or are deleted', async () => {
    const clock = new VirtualClock()
    const keys = new KeyValues(clock)
    expect([await keys.setIfNotExist('k', 'a', 10), await keys.setIfNotExist('k', 'b', 10)]).toEqual([true, false])
    await expect(keys.get('k')).resolves.toBe('a')
    await keys.delete('k')
    await expect(keys.get('k')).resolves.toBeUndefined()
    await expect(keys.setIfNotExist('k', 'c', 10)).resolves.toBe(true)
  })

  it('live longer when they are extended, and an expired one is not', async () => {
    const clock = new VirtualClock()
    const keys = new KeyValues(clock)
    await keys.setIfNotExist('k', 'a', 10)
    clock.advance(9000)
    await expect(keys.extendTTL('k', 10)).resolves.toBe(true)
    clock.advance(9000)
    await expect(keys.get('k')).resolves.toBe('a')
    clock.advance(1000)
    await expect(keys.extendTTL('k', 10)).resolves.toBe(false)
  })
})
