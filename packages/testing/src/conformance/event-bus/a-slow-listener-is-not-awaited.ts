import { resumed } from '../sample-events.ts'
import type { EventBusBehaviour } from '../event-bus-harness.ts'

/** A listener that never ends is not awaited. */
export const aSlowListenerIsNotAwaited: EventBusBehaviour = {
  name: 'a listener that never ends is not awaited',
  run: async ({ eventBus, expect }) => {
    const heard: number[] = []
    eventBus.on('*', () => new Promise(() => {}))
    eventBus.on('*', ({ seq }) => heard.push(seq))
    eventBus.emit(resumed(1))
    eventBus.emit(resumed(2))
    expect(heard).toEqual([1, 2])
  },
}
