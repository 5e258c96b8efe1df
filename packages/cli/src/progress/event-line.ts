import { visitKey, type ErrorData, type RunEvent } from '@heddle/core'
import { printableLine } from '../output/printable.ts'
import type { Styles } from '../output/printer.ts'
import { shorten } from '../output/shorten.ts'
import { timeSpan } from '../output/time-span.ts'

/** How much of a foreign message a line holds. The summary and `--json` have the whole. */
const maxMessage = 300

/** An event as a line of the log. */
export interface EventLine {
  readonly text: string
  /** Whether it is worth a line beside the live view too. */
  readonly isNotable: boolean
}

/** What an event says to people, or nothing. @param spanMs how long its visit was under way */
export function eventLine(event: RunEvent, spanMs: number, styles: Styles): EventLine | undefined {
  switch (event.type) {
    case 'node.completed':
      if (event.item !== undefined) return undefined
      return quiet(`${styles.green('completed')} ${visitKey(event)} ${styles.dim(after(spanMs, event.action))}`)
    case 'node.failed':
      return notable(
        `${styles.red('failed   ')} ${visitKey(event)} ${styles.dim(timeSpan(spanMs))}: ${errorText(event.error)}${
          event.handledBy === undefined ? '' : styles.dim(` (handled by ${event.handledBy})`)
        }`,
      )
    case 'node.retrying':
      return quiet(
        `${styles.yellow('retrying ')} ${visitKey(event)} in ${timeSpan(event.delayMs)}, attempt ${event.attempt} failed: ${errorText(event.error)}`,
      )
    case 'node.skipped':
      return quiet(`${styles.dim('skipped  ')} ${visitKey(event)} ${styles.dim(skipReason(event.reason))}`)
    case 'node.cancelled':
      return event.item === undefined ? quiet(`${styles.yellow('cancelled')} ${visitKey(event)}`) : undefined
    case 'wait.opened':
      return notable(`${styles.cyan('waiting  ')} ${visitKey(event)} for an answer to "${printableLine(event.name)}"`)
    case 'wait.answered':
      return notable(`${styles.cyan('answered ')} ${visitKey(event)} "${printableLine(event.name)}"`)
    case 'wait.expired':
      return notable(`${styles.yellow('expired  ')} ${visitKey(event)} "${printableLine(event.name)}"`)
    case 'warning':
      return notable(`${styles.yellow('warning  ')} ${message(event.message)} ${styles.dim(`[${event.code}]`)}`)
    default:
      return undefined
  }
}

function quiet(text: string): EventLine {
  return { text, isNotable: false }
}

function notable(text: string): EventLine {
  return { text, isNotable: true }
}

function after(spanMs: number, action: string | undefined): string {
  return action === undefined ? timeSpan(spanMs) : `${timeSpan(spanMs)}, action ${printableLine(action)}`
}

/** What went wrong, without the name of the node, which stands before it. */
function errorText({ message: text, code, cause }: ErrorData): string {
  if (code !== 'NODE_FAILED' || typeof cause !== 'object' || cause === null) return message(text)
  const { name, message: reason } = cause
  return message(name === 'NonError' || name === 'HeddleError' ? reason : `${name}: ${reason}`)
}

function message(text: string): string {
  return shorten(printableLine(text), maxMessage)
}

function skipReason(reason: Extract<RunEvent, { readonly type: 'node.skipped' }>['reason']): string {
  switch (reason.type) {
    case 'not-chosen':
      return 'not chosen'
    case 'when':
      return 'its `when` said no'
    case 'cut-off':
      return `cut off by the failure of ${reason.by}`
    case 'run-ended':
      return 'the run ended before it'
    case 'not-needed':
      return 'not needed'
  }
}
