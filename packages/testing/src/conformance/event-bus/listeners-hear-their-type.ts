import { resumed, started } from '../sample-events.ts'
import type { EventBusBehaviour } from '../event-bus-harness.ts'

/** A listener hears the events of its type, one for all hears every event. */
export const listenersHearTheirType: EventBusBehaviour = {
  name: 'a listener hears the events of its type, one for all hears every event',
  run: async ({ eventBus, expect }) => {
    const heard: string[] = []
    eventBus.on('node.started', ({ nodeId }) => heard.push(`started ${nodeId}`))
    eventBus.on('*', ({ type }) => heard.push(type))
    eventBus.emit(started('a'))
    eventBus.emit(resumed(2))
    expect(heard).toEqual(['started a', 'node.started', 'run.resumed'])
  },
}
