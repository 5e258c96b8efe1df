import { styleText } from 'node:util'
import type { IEventBus, RunEvent, WorkflowBlueprint } from '@heddle/core'
import { describeState, nextState, untouched, type NodeState } from './node-state.ts'

const symbols: Readonly<Record<NodeState['status'], string>> = {
  waiting: styleText('gray', '·'),
  running: styleText('cyan', '▸'),
  pausing: styleText('yellow', '…'),
  completed: styleText('green', '✔'),
  failed: styleText('red', '✖'),
  skipped: styleText('gray', '○'),
}

const redrawMs = 40

/**
 * Shows a table of the nodes on a terminal and keeps it up to date in place.
 *
 * @returns draws the last state and stops
 */
export function showLiveTable(
  eventBus: IEventBus,
  { nodes }: WorkflowBlueprint,
  terminal: NodeJS.WriteStream,
): () => void {
  const states = new Map<string, NodeState>()
  const width = Math.max(...nodes.map(({ id }) => id.length)) + 2
  let drawnAt = 0
  let drawnLines = 0

  const draw = (): void => {
    const lines = nodes.map(({ id }) => {
      const state = states.get(id) ?? untouched
      const text = describeState(state)
      const isDim = text === 'waiting' || text === 'skipped'
      return `  ${symbols[state.status]} ${id.padEnd(width)}${isDim ? styleText('gray', text) : text}\u001B[K`
    })
    const back = drawnLines === 0 ? '' : `\u001B[${drawnLines}A`
    terminal.write(`${back}${lines.join('\n')}\n`)
    drawnLines = lines.length
    drawnAt = performance.now()
  }

  const stop = eventBus.on('*', (event: RunEvent) => {
    if (!('nodeId' in event) || event.nodeId === undefined) return
    states.set(event.nodeId, nextState(states.get(event.nodeId) ?? untouched, event))
    if (performance.now() - drawnAt > redrawMs) draw()
  })
  draw()
  return () => {
    stop()
    draw()
  }
}
