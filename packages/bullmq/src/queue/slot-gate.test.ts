import { describe, expect, it } from 'vitest'
import { SlotGate } from './slot-gate.ts'

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

describe('a gate with slots', () => {
  it('lets so many pass, and then one for each that leaves, in the order in which they came', async () => {
    const gate = new SlotGate(2)
    expect([await gate.enter(0), await gate.enter(0)]).toEqual([true, true])
    const passed: string[] = []
    const timersBefore = timers()
    const waits = ['a', 'b'].map(async (name) => {
      if (await gate.enter(60_000)) passed.push(name)
    })
    gate.leave()
    await waits[0]
    expect(passed).toEqual(['a'])
    gate.leave()
    await waits[1]
    expect(passed).toEqual(['a', 'b'])
    // Nothing of the waits keeps the process alive.
    expect(timers()).toBeLessThan(timersBefore + waits.length)
  })

  it('turns away who has waited for too long, and keeps no slot for them', async () => {
    const gate = new SlotGate(1)
    await gate.enter(0)
    expect(await gate.enter(1)).toBe(false)
    gate.leave()
    expect(await gate.enter(0)).toBe(true)
  })
})
