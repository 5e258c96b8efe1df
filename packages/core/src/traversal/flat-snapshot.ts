import type { PendingState, RunSnapshot, StartedChild, VisitCallsData } from './run-snapshot.ts'

/** A snapshot as it is stored: those of child runs, at any depth, stand side by side, since text cannot be nested as deep as runs can. */
export interface FlatSnapshot extends RunSnapshot {
  readonly children?: readonly RunSnapshot[]
}

/** What stands in the place of a child run: which of the children it is. */
interface ChildPlace extends StartedChild {
  readonly place?: number
}

/** Puts the snapshots of child runs side by side. */
export function flattenSnapshot(snapshot: RunSnapshot): FlatSnapshot {
  const children: RunSnapshot[] = []
  const flatten = (run: RunSnapshot): RunSnapshot =>
    withChildren(run, ({ snapshot: child, ...rest }): ChildPlace => {
      return child === undefined ? rest : { ...rest, place: children.push(flatten(child)) - 1 }
    })
  const root = flatten(snapshot)
  return children.length === 0 ? root : { ...root, children }
}

/** The inverse of {@link flattenSnapshot}. */
export function nestSnapshot({ children = [], ...root }: FlatSnapshot): RunSnapshot {
  const nest = (run: RunSnapshot): RunSnapshot =>
    withChildren(run, ({ place, ...rest }: ChildPlace) => {
      const child = place === undefined ? undefined : children[place]
      return child === undefined ? rest : { ...rest, snapshot: nest(child) }
    })
  return nest(root)
}

function withChildren(run: RunSnapshot, change: (child: StartedChild) => StartedChild): RunSnapshot {
  const changed = (state: PendingState): PendingState =>
    state.type === 'suspended' && state.child !== undefined ? { ...state, child: change(state.child) } : state
  const pending = run.pending.map((visit) => {
    const { calls } = visit
    if (calls === undefined) return { ...visit, state: changed(visit.state) }
    const open = calls.open.map(([call, { child, ...rest }]): VisitCallsData['open'][number] => [
      call,
      child === undefined ? rest : { ...rest, child: change(child) },
    ])
    return { ...visit, state: changed(visit.state), calls: { ...calls, open } }
  })
  return { ...run, pending }
}
