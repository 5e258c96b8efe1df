import { resumed } from '../sample-events.ts'
import type { EventBusBehaviour } from '../event-bus-harness.ts'

/** Listeners are called at once, in the order in which they registered. */
export const listenersAreCalledInOrder: EventBusBehaviour = {
  name: 'listeners are called at once, in the order in which they registered',
  run: async ({ eventBus, expect }) => {
    const heard: number[] = []
    for (const n of [1, 2, 3]) eventBus.on('run.resumed', () => heard.push(n))
    eventBus.emit(resumed(1))
    expect(heard).toEqual([1, 2, 3])
  },
}
