import { resumed } from '../sample-events.ts'
import type { EventBusBehaviour } from '../event-bus-harness.ts'

/** A function that was registered twice is called twice, and each registration is removed by itself. */
export const oneFunctionMayListenTwice: EventBusBehaviour = {
  name: 'a function that was registered twice is called twice, and each registration is removed by itself',
  run: async ({ eventBus, expect }) => {
    let calls = 0
    const listener = (): number => calls++
    const off = eventBus.on('*', listener)
    eventBus.on('*', listener)
    eventBus.emit(resumed(1))
    off()
    eventBus.emit(resumed(2))
    expect(calls).toBe(3)
  },
}
