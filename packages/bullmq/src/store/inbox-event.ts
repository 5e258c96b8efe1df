import type { InboxEvent } from '@heddle/core'

/** An event as the inbox keeps it: the cells that it touches, which scripts read, a line break, and the rest. */
export function eventText({ touches, ...event }: InboxEvent): string {
  return `${JSON.stringify(touches)}\n${JSON.stringify(event)}`
}

/** The event of a text of the inbox. */
export function parseEvent(text: string): InboxEvent {
  const end = text.indexOf('\n')
  const touches = JSON.parse(text.slice(0, end)) as readonly string[]
  return { ...(JSON.parse(text.slice(end + 1)) as InboxEvent), touches }
}
