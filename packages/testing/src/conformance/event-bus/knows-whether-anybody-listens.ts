import type { EventBusBehaviour } from '../event-bus-harness.ts'

/** It knows whether anybody listens. */
export const knowsWhetherAnybodyListens: EventBusBehaviour = {
  name: 'it knows whether anybody listens',
  run: async ({ eventBus, expect }) => {
    expect(eventBus.hasListeners()).toBe(false)
    const off = eventBus.on('node.failed', () => undefined)
    expect(eventBus.hasListeners()).toBe(true)
    off()
    expect(eventBus.hasListeners()).toBe(false)
  },
}
