import type { IEventBus, RunEvent } from '@heddle/core'

/**
 * Writes one line for each thing worth knowing: for a log, or where there is no terminal.
 *
 * @returns stops
 */
export function writePlainLines(eventBus: IEventBus, write: (line: string) => void): () => void {
  let startedAt: number | undefined
  return eventBus.on('*', (event) => {
    startedAt ??= event.at
    const text = describeEvent(event)
    if (text !== undefined) write(`${((event.at - startedAt) / 1000).toFixed(3).padStart(7)} s  ${text}`)
  })
}

function describeEvent(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'node.completed':
      return describeCompletion(event)
    case 'node.failed':
      return `${event.nodeId} failed: ${event.error.message}`
    case 'node.retrying':
      return `attempt ${event.attempt} of ${event.error.message}; again in ${event.delayMs} ms`
    case 'node.skipped':
      return `${event.nodeId} skipped (${event.reason.type})`
    case 'map.opened':
      return `${event.nodeId} has ${event.count} items`
    case 'run.completed':
      return 'run completed'
    case 'run.failed':
      return `run failed: ${event.error.message}`
    case 'run.cancelled':
      return 'run cancelled'
    default:
      return undefined
  }
}

/** Of a loop every tenth round is told, and each that leads out of it. */
function describeCompletion(event: RunEvent & { readonly type: 'node.completed' }): string | undefined {
  const { nodeId, iteration, item, action } = event
  const way = action === undefined ? '' : ` → ${action}`
  if (item !== undefined) return `${nodeId} item ${item + 1} completed`
  const round = iteration.at(-1)
  if (round === undefined) return `${nodeId} completed${way}`
  const isTold = action !== undefined && (action !== 'again' || (round + 1) % 10 === 0)
  return isTold ? `${nodeId} round ${round + 1}${way}` : undefined
}
