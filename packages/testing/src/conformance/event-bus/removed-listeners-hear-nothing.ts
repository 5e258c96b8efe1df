import { resumed } from '../sample-events.ts'
import type { EventBusBehaviour } from '../event-bus-harness.ts'

/** A listener that was removed hears nothing more, and removing it again does nothing. */
export const removedListenersHearNothing: EventBusBehaviour = {
  name: 'a listener that was removed hears nothing more, and removing it again does nothing',
  run: async ({ eventBus, expect }) => {
    const heard: string[] = []
    const off = eventBus.on('*', () => heard.push('first'))
    eventBus.on('*', () => heard.push('second'))
    off()
    off()
    eventBus.emit(resumed(1))
    expect(heard).toEqual(['second'])
  },
}
