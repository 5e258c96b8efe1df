import { isLastEvent } from '../model/last-event.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { IEventBus } from '../ports/event-bus.ts'

/**
 * The events of one run, until it has ended: those of `history`, then each as it comes. Events that come faster than they are read
 * wait in memory; they are watched for from the moment of this call.
 *
 * @param hasEnded whether nothing more will come
 */
export function eventStream(
  eventBus: IEventBus,
  runId: string,
  history: readonly RunEvent[],
  hasEnded: boolean,
): AsyncIterable<RunEvent> {
  const queue: RunEvent[] = [...history]
  let isOver = hasEnded
  let wake: () => void = () => undefined
  const stop = eventBus.on('*', (event) => {
    if (event.runId !== runId) return
    queue.push(event)
    isOver ||= isLastEvent(event)
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
