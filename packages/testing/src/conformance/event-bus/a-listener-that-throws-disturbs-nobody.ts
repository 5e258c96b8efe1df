import { resumed } from '../sample-events.ts'
import type { EventBusBehaviour } from '../event-bus-harness.ts'

/** A listener that throws or rejects disturbs neither the others nor who emits. */
export const aListenerThatThrowsDisturbsNobody: EventBusBehaviour = {
  name: 'a listener that throws or rejects disturbs neither the others nor who emits',
  run: async ({ eventBus, expect }) => {
    const heard: string[] = []
    eventBus.on('*', () => {
      throw new Error('broken')
    })
    eventBus.on('*', async () => {
      throw new Error('rejected')
    })
    eventBus.on('*', () => heard.push('still heard'))
    eventBus.emit(resumed(1))
    await Promise.resolve()
    expect(heard).toEqual(['still heard'])
  },
}
