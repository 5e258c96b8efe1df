import type { RunEvent } from '@heddle/core'
import type { Styles } from '../output/printer.ts'
import { eventLine, type EventLine } from './event-line.ts'
import type { RunProgress } from './run-progress.ts'

/** Takes an event into account and says what it is to people, or nothing. */
export function followEvent(event: RunEvent, progress: RunProgress, styles: Styles): EventLine | undefined {
  // A visit that settles is no longer under way after the event was taken.
  const spanMs = 'nodeId' in event && event.type !== 'warning' ? progress.spanMs(event) : 0
  progress.take(event)
  const line = eventLine(event, spanMs, styles)
  if (line === undefined || progress.isOwn(event)) return line
  return { ...line, text: `${line.text} ${styles.dim('(in a child run)')}` }
}
