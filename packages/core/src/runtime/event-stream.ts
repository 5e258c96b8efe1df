import type { RunEvent } from '../model/run-event.ts'
import type { IEventBus } from '../ports/event-bus.ts'

const lastEvents: ReadonlySet<RunEvent['type']> = new Set(['run.completed', 'run.failed', 'run.cancelled'])

/**
 * The events of one run as they come, until it has ended. Events that come faster than they are read wait in memory; they are
 * watched for from the moment of this call.
 */
export function eventStream(eventBus: IEventBus, runId: string, hasEnded: () => boolean): AsyncIterable<RunEvent> {
  const queue: RunEvent[] = []
  let isOver = hasEnded()
  let wake: () => void = () => undefined
  const stop = eventBus.on('*', (event) => {
    if (event.runId !== runId) return
    queue.push(event)
    isOver ||= lastEvents.has(event.type)
    wake()
  })
  const nextEvent = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })
  async function* read(): AsyncGenerator<RunEvent> {
    try {
      for (;;) {
        const event = queue.shift()
        if (event !== undefined) yield event
        else if (isOver) return
        else {
          await nextEvent()
        }
      }
    } finally {
      stop()
    }
  }
  return read()
}
