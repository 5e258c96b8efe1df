import type { RunEvent } from '@heddle/core'

/** Where one node stands, as its events tell. */
export interface NodeState {
  readonly status: 'waiting' | 'running' | 'pausing' | 'completed' | 'failed' | 'skipped'
  readonly startedAt: number
  readonly endedAt: number
  readonly attempt: number
  readonly rounds: number
  readonly items: number
  readonly itemsDone: number
}

const untouched: NodeState = {
  status: 'waiting',
  startedAt: 0,
  endedAt: 0,
  attempt: 0,
  rounds: 0,
  items: 0,
  itemsDone: 0,
}

/** The state of a node after one more of its events. */
export function nextState(state: NodeState = untouched, event: RunEvent): NodeState {
  switch (event.type) {
    case 'node.started':
      if (event.item !== undefined) return state
      return {
        ...state,
        status: 'running',
        startedAt: state.startedAt === 0 ? event.at : state.startedAt,
        attempt: event.attempt,
        rounds: (event.iteration.at(-1) ?? -1) + 1,
      }
    case 'map.opened':
      return { ...state, items: event.count }
    case 'node.retrying':
      return { ...state, status: 'pausing' }
    case 'node.completed':
    case 'node.failed':
      if (event.item !== undefined) return { ...state, itemsDone: state.itemsDone + 1 }
      return { ...state, status: event.type === 'node.completed' ? 'completed' : 'failed', endedAt: event.at }
    case 'node.skipped':
      return state.status === 'waiting' ? { ...state, status: 'skipped' } : state
    default:
      return state
  }
}

/** What the state is worth saying: `88 ms`, `round 12`, `2 of 4 items`. */
export function describeState({ status, startedAt, endedAt, attempt, rounds, items, itemsDone }: NodeState): string {
  const facts = [
    ...(status === 'completed' || status === 'failed' ? [`${endedAt - startedAt} ms`] : [status]),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(rounds > 0 ? [`${rounds} rounds`] : []),
    ...(items > 0 ? [`${itemsDone} of ${items} items`] : []),
  ]
  return status === 'waiting' || status === 'skipped' ? status : facts.join(', ')
}
