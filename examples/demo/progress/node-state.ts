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
  /** How far each item is, 0 to 1, as its handler says with `progress(fraction)`. */
  readonly progress: Readonly<Record<number, number>>
}

/** A node of which nothing was heard yet. */
export const untouched: NodeState = {
  status: 'waiting',
  startedAt: 0,
  endedAt: 0,
  attempt: 0,
  rounds: 0,
  items: 0,
  itemsDone: 0,
  progress: {},
}

/** The state of a node after one more of its events. */
export function nextState(state: NodeState, event: RunEvent): NodeState {
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
    case 'node.progress':
      return { ...state, progress: { ...state.progress, [event.item ?? 0]: event.fraction } }
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

/** What the state is worth saying: `88 ms`, `running, 12 rounds`, `running, 2 of 4 items, 60 %`. */
export function describeState(state: NodeState): string {
  const { status, startedAt, endedAt, attempt, rounds, items, itemsDone, progress } = state
  if (status === 'waiting' || status === 'skipped') return status
  const done = Object.values(progress).reduce((sum, fraction) => sum + fraction, 0) / Math.max(1, items)
  return [
    status === 'completed' || status === 'failed' ? `${endedAt - startedAt} ms` : status,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(rounds > 0 ? [`${rounds} rounds`] : []),
    ...(items > 0 ? [`${itemsDone} of ${items} items`] : []),
    ...(done > 0 && done < 1 ? [`${Math.round(done * 100)} %`] : []),
  ].join(', ')
}
