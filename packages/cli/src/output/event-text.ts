import { visitKey, type RunEvent, type VisitName } from '@heddle/core'
import { jsonText } from './plain-json.ts'
import { printableLine } from './printable.ts'

/** What an event is about, on one line: its visit, edge or wait, and what it brought. */
export function eventText(event: RunEvent): string {
  return printableLine([subjectOf(event), detailOf(event)].filter((part) => part !== '').join(' '))
}

function subjectOf(event: RunEvent): string {
  if ('edge' in event) return `${event.edge}${loopOf(event.iteration)}`
  return 'nodeId' in event && event.nodeId !== undefined ? visitKey(event as VisitName) : ''
}

function loopOf(iteration: readonly number[]): string {
  return iteration.length === 0 ? '' : `@${iteration.join('.')}`
}

function detailOf(event: RunEvent): string {
  switch (event.type) {
    case 'run.started':
      return event.workflowId
    case 'run.awaiting':
      return event.waits.join(' ')
    case 'run.cancelled':
      return event.reason ?? ''
    case 'run.failed':
    case 'node.failed':
      return event.error.message
    case 'node.retrying':
      return `in ${event.delayMs} ms: ${event.error.message}`
    case 'node.started':
      return event.attempt > 1 ? `attempt ${event.attempt}` : ''
    case 'node.ready':
      return event.lost === undefined ? '' : `again, its attempt was lost (${event.lost})`
    case 'node.completed':
      return [...(event.action === undefined ? [] : [`action ${event.action}`]), jsonText(event.output)].join(' ')
    case 'node.skipped':
      return event.reason.type
    case 'node.suspended':
      return `waits for ${event.waitsFor}`
    case 'context.changed':
      return `${event.key} = ${jsonText(event.value)}`
    case 'wait.answered':
      return `${event.name} ${jsonText(event.payload)}`
    case 'wait.opened':
    case 'wait.expired':
    case 'wait.cancelled':
    case 'timer.fired':
    case 'timer.cancelled':
      return event.name
    case 'timer.set':
      return `${event.name} ${event.delayMs} ms`
    case 'child.started':
      return event.childRunId
    case 'child.settled':
      return `${event.childRunId} ${event.status}`
    case 'warning':
      return `${event.code} ${event.message}`
    default:
      return ''
  }
}
