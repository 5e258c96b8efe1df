import type { HeddleError } from '../errors/heddle-error.ts'
import type { FlatFrame } from '../kernel/flat-frame.ts'
import { FlatActivation } from '../kernel/flat-frame.ts'
import { FlatItems } from '../kernel/flat-items.ts'
import type { FlatRun } from '../kernel/frame-templates.ts'

/** One frame as plain data. Frames refer to each other by `id`. */
interface FrameData {
  readonly id: number
  readonly loop: number
  readonly iteration: number
  /** Of a frame in which nothing can change any more, and whose outputs are still read: the frame around it. */
  readonly parent: number
  readonly cells: readonly number[]
  readonly marks: readonly number[]
  readonly undecided: number
  readonly outputs: readonly unknown[]
  readonly transformed: readonly (readonly [number, unknown])[]
  readonly errors: readonly (readonly [number, HeddleError])[]
  readonly fallbacks: readonly (readonly [number, number])[]
  readonly causes: readonly (readonly [number, number])[]
  readonly attempted: readonly number[]
  readonly exitSources: readonly (readonly [number, number])[]
  readonly items: readonly ItemsData[]
  readonly activations: readonly ActivationData[]
  readonly previous: number
}

interface ActivationData {
  readonly loop: number
  readonly live: number
  readonly cutOffBy: number
  readonly ended: boolean
  readonly exits: readonly number[]
  readonly frames: readonly FrameData[]
}

interface ItemsData {
  readonly key: number
  readonly count: number
  readonly concurrency: number
  readonly tolerated: number
  readonly next: number
  readonly settled: number
  readonly failed: number
  readonly statuses: readonly number[]
  readonly values: readonly unknown[]
  readonly outputs: readonly unknown[]
  readonly error?: HeddleError
}

/** All frames of a run as plain data: the ones in which something can change, and the ones that only hold outputs. */
export interface FramesSnapshot {
  readonly root: ActivationData
  readonly detached: readonly FrameData[]
  /** By node in a loop: the frame that holds its output. */
  readonly latest: readonly (readonly [number, number])[]
}

const noFrame = -1

/**
 * Writes the frames of a run as plain data.
 *
 * @param latest by node, and `kept`: frames that are written although nothing can change in them
 */
export function snapshotFrames(
  root: FlatFrame,
  latest: readonly (FlatFrame | undefined)[],
  kept: readonly FlatFrame[],
): { snapshot: FramesSnapshot; idOf: (frame: FlatFrame) => number } {
  const ids = new Map<FlatFrame, number>()
  const detached: FlatFrame[] = []
  collect(root.activation, ids)
  const idOf = (frame: FlatFrame | undefined): number => {
    if (frame === undefined) return noFrame
    let id = ids.get(frame)
    if (id === undefined) {
      // The frame around it comes first, so that it can be restored before this one.
      idOf(frame.parent)
      id = ids.size
      ids.set(frame, id)
      detached.push(frame)
    }
    return id
  }
  const snapshot = {
    root: activationData(root.activation, idOf),
    latest: latest.flatMap((frame, node) => (frame === undefined ? [] : [[node, idOf(frame)] as const])),
    detached: [] as FrameData[],
  }
  for (const frame of kept) idOf(frame)
  // Writing a detached frame may meet further ones.
  for (let at = 0; at < detached.length; at++) snapshot.detached.push(frameData(detached[at] as FlatFrame, idOf))
  return { snapshot, idOf }
}

function collect(activation: FlatActivation, ids: Map<FlatFrame, number>): void {
  for (const frame of activation.openFrames()) {
    ids.set(frame, ids.size)
    for (const inner of frame.activations?.values() ?? []) collect(inner, ids)
  }
}

type IdOf = (frame: FlatFrame | undefined) => number

function activationData(activation: FlatActivation, idOf: IdOf): ActivationData {
  const { loop, live, cutOffBy, ended, exits = [] } = activation
  return {
    loop,
    live,
    cutOffBy,
    ended,
    exits: Array.from(exits, (mark) => mark ?? 0),
    frames: Array.from(activation.openFrames(), (frame) => frameData(frame, idOf)),
  }
}

function frameData(frame: FlatFrame, idOf: IdOf): FrameData {
  const { loop, iteration, cells, marks, undecided, outputs } = frame
  return {
    id: idOf(frame),
    loop,
    iteration,
    parent: idOf(frame.parent),
    cells: [...cells],
    marks: [...marks],
    undecided,
    outputs: [...outputs],
    transformed: [...(frame.transformed ?? [])],
    errors: [...(frame.errors ?? [])],
    fallbacks: [...(frame.fallbacks ?? [])],
    causes: [...(frame.causes ?? [])],
    attempted: [...(frame.attempted ?? [])],
    exitSources: [...(frame.exitSources ?? [])].map(([edge, source]) => [edge, idOf(source)] as const),
    items: [...(frame.itemsByKey ?? [])].map(([key, items]) => itemsData(key, items)),
    activations: [...(frame.activations?.values() ?? [])].map((activation) => activationData(activation, idOf)),
    previous: idOf(frame.previous),
  }
}

function itemsData(key: number, items: FlatItems): ItemsData {
  const { count, concurrency, tolerated, next, settled, failed, values, error } = items
  return {
    key,
    count,
    concurrency,
    tolerated,
    next,
    settled,
    failed,
    statuses: Array.from({ length: count }, (_, item) => items.status(item)),
    values: [...values],
    outputs: Array.from({ length: count }, (_, item) => items.outputs[item]),
    ...(error === undefined ? {} : { error }),
  }
}

/** Frames that were restored: the run's own one, all by id, and the holders of outputs by node. */
export interface RestoredFrames {
  readonly root: FlatFrame
  readonly byId: ReadonlyMap<number, FlatFrame>
  readonly latest: readonly (FlatFrame | undefined)[]
}

/** Makes frames of what {@link snapshotFrames} wrote. */
export function restoreFrames(run: FlatRun, snapshot: FramesSnapshot): RestoredFrames {
  const byId = new Map<number, FlatFrame>()
  const data: FrameData[] = []
  const activation = new FlatActivation(run, -1, undefined)
  restoreActivation(run, activation, snapshot.root, byId, data)
  for (const frame of snapshot.detached) {
    const holder = new FlatActivation(run, frame.loop, byId.get(frame.parent))
    fill(run, holder.append(frame.iteration, undefined), frame, byId, data)
  }
  for (const { id, previous, exitSources } of data) {
    const frame = byId.get(id)
    if (frame === undefined) continue
    frame.previous = byId.get(previous)
    for (const [edge, source] of exitSources) {
      const from = byId.get(source)
      frame.exitSources ??= new Map()
      if (from !== undefined) frame.exitSources.set(edge, from)
    }
  }
  const latest: (FlatFrame | undefined)[] = []
  for (const [node, id] of snapshot.latest) latest[node] = byId.get(id)
  return { root: byId.get(snapshot.root.frames[0]?.id ?? noFrame) ?? activation.first(), byId, latest }
}

function restoreActivation(
  run: FlatRun,
  activation: FlatActivation,
  from: ActivationData,
  byId: Map<number, FlatFrame>,
  data: FrameData[],
): void {
  for (const frame of from.frames) fill(run, activation.append(frame.iteration, undefined), frame, byId, data)
  activation.restore(from.live, from.cutOffBy, from.ended, [...from.exits])
}

function fill(run: FlatRun, frame: FlatFrame, from: FrameData, byId: Map<number, FlatFrame>, data: FrameData[]): void {
  byId.set(from.id, frame)
  data.push(from)
  overwrite(frame.cells, from.cells)
  overwrite(frame.marks, from.marks)
  overwrite(frame.outputs, from.outputs)
  frame.undecided = from.undecided
  if (from.transformed.length > 0) frame.transformed = new Map(from.transformed)
  if (from.errors.length > 0) frame.errors = new Map(from.errors)
  if (from.fallbacks.length > 0) frame.fallbacks = new Map(from.fallbacks)
  if (from.causes.length > 0) frame.causes = new Map(from.causes)
  if (from.attempted.length > 0) frame.attempted = new Set(from.attempted)
  for (const items of from.items) {
    frame.itemsByKey ??= new Map()
    frame.itemsByKey.set(items.key, restoreItems(items))
  }
  for (const inner of from.activations) {
    const activation = new FlatActivation(run, inner.loop, frame)
    frame.activations ??= new Map()
    frame.activations.set(inner.loop, activation)
    restoreActivation(run, activation, inner, byId, data)
  }
}

function overwrite<T>(list: T[], from: readonly T[]): void {
  for (let at = 0; at < from.length; at++) list[at] = from[at] as T
}

function restoreItems(from: ItemsData): FlatItems {
  const items = new FlatItems(from.count, from.concurrency, from.tolerated)
  items.next = from.next
  items.settled = from.settled
  items.failed = from.failed
  items.values = from.values
  items.error = from.error
  for (const [item, status] of from.statuses.entries()) items.setStatus(item, status)
  for (const [item, output] of from.outputs.entries()) items.outputs[item] = output
  return items
}
