import { findEnd } from '../execution/suspension/find-wait.ts'
import { mayOpenAgain } from '../execution/suspension/may-open.ts'
import type { WaitEnd } from '../execution/engine/wait-book.ts'
import { CellOverlay } from '../kernel/cell-overlay.ts'
import { NamedFrame } from '../kernel/named-frame.ts'
import { NamedRunState } from '../kernel/named-run-state.ts'
import { childPlace, idInChild, idInParent } from '../model/wait-id.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunHead, RunRef } from '../ports/run-records.ts'
import { RunGraphs, type Definitions } from './definitions.ts'

/** An open wait as the run that was asked lists it, with the run that it belongs to. */
export interface LocatedWait extends OpenWait {
  readonly head: RunHead
  /** Its id in that run. */
  readonly idThere: string
}

/** The open waits of a run and its child runs. */
export async function locateOpenWaits(store: ICoordinationStore, head: RunHead): Promise<LocatedWait[]> {
  const own = head.waits.map((wait) => ({ ...wait, head, idThere: wait.waitId }))
  const inside = await Promise.all(head.children.map((childRunId) => locateInChild(store, childRunId)))
  return [...own, ...inside.flat()]
}

async function locateInChild(store: ICoordinationStore, childRunId: string): Promise<LocatedWait[]> {
  const child = await store.readRun(childRunId)
  // One that was not started yet has no waits.
  if (child?.parent === undefined) return []
  const { visit, call } = child.parent
  const waits = await locateOpenWaits(store, child)
  return waits.map((wait) => ({ ...wait, waitId: idInParent(childPlace(visit, call), wait.waitId) }))
}

/** The open waits of a run and its child runs, as the run lists them. */
export async function readOpenWaits(store: ICoordinationStore, head: RunHead): Promise<OpenWait[]> {
  const waits = await locateOpenWaits(store, head)
  return waits.map(({ head: _head, idThere: _idThere, ...wait }) => wait)
}

/** The ids of all waits of a run and its child runs, open or over, as the run lists them; without those that were cut off. */
export async function allWaitIds(store: ICoordinationStore, run: RunRef): Promise<string[]> {
  const [waits, children] = await Promise.all([store.readWaits(run), store.readChildren(run)])
  const inside = await Promise.all(
    children.map(async ({ childRunId, visit, call }) => {
      const child = await store.readRun(childRunId)
      const waitIds = child === undefined ? [] : await allWaitIds(store, child)
      return waitIds.map((waitId) => idInParent(childPlace(visit, call), waitId))
    }),
  )
  return [...waits.flatMap(({ waitId, status }) => (status === 'cancelled' ? [] : [waitId])), ...inside.flat()]
}

/** How a wait of a run or of a child run ended, by its id or name; `undefined` if it is not over. */
export async function howWaitEnded(
  store: ICoordinationStore,
  run: RunRef,
  nameOrId: string,
): Promise<WaitEnd | undefined> {
  const own = findEnd(await readEndedWaits(store, run), nameOrId)
  if (own !== undefined) return own
  const inside = idInChild(nameOrId)
  const children = await store.readChildren(run)
  // Of the children that retries made for one visit the last one counts.
  const latest = new Map(children.map(({ visit, call, childRunId }) => [childPlace(visit, call), childRunId]))
  const asked = inside === undefined ? [...latest.values()] : [latest.get(inside.place) ?? '']
  const ends = await Promise.all(
    asked.map(async (childRunId) => {
      const child = await store.readRun(childRunId)
      return child === undefined ? undefined : howWaitEnded(store, child, inside?.waitId ?? nameOrId)
    }),
  )
  return ends.findLast((how) => how !== undefined)
}

async function readEndedWaits(store: ICoordinationStore, run: RunRef): Promise<Map<string, WaitEnd>> {
  const waits = await store.readWaits(run)
  return new Map(
    waits.flatMap(({ waitId, status }) => {
      const how = endOf(status)
      return how === undefined ? [] : [[waitId, how]]
    }),
  )
}

/** How a wait with this status can be answered no more, if it was ever answered or expired. */
export function endOf(status: string): WaitEnd | undefined {
  return status === 'answered' || status === 'expired' ? status : undefined
}

/** Whether a wait of a name that was over may open again, in a run or in a child run, by their records. */
export async function mayOpenInStore(
  store: ICoordinationStore,
  definitions: Definitions,
  head: RunHead,
  wait: { readonly name: string; readonly last: WaitEnd },
): Promise<boolean> {
  const definition = definitions.get(head.definitionHash)
  if (head.status !== 'live' || definition === undefined) return false
  const cells = new CellOverlay()
  cells.load(await store.readCells(head, 'all'))
  cells.isComplete = true
  if (new NamedRunState(cells).phase === 'compensating') return false
  const graph = new RunGraphs().with(definition, head, head.expansions)
  const root = NamedFrame.root({ graph, cells, frames: new Map() })
  if (mayOpenAgain({ graph, root }, wait, await allWaitIds(store, head))) return true
  for (const childRunId of head.children) {
    const child = await store.readRun(childRunId)
    if (child !== undefined && (await mayOpenInStore(store, definitions, child, wait))) return true
  }
  return false
}
