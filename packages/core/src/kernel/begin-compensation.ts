import type { HeddleError } from '../errors/heddle-error.ts'
import { toErrorData } from '../model/error-data.ts'
import type { SkipReason } from '../model/visit.ts'
import { cancelVisit, settleUnstarted } from './cancel-visit.ts'
import type { Control } from './control.ts'
import type { Frame } from './frame.ts'
import { noteUnknown } from './note-undo.ts'
import { forEachOpen } from './open-visits.ts'
import { skipReason } from './skip-reason.ts'
import { isLive, isSettled, visitCode } from './status-codes.ts'
import type { UndoLog } from './undo-log.ts'
import { undoWhenSettled } from './undo-next.ts'
import { noteUnneededFallbacks } from './unneeded-fallbacks.ts'
import { nodeId, Visit } from './visit.ts'

/** What a run does with the visits that are open when it stops in order to be compensated. */
interface Stopping {
  readonly control: Control
  readonly log: UndoLog
  readonly reason: SkipReason
  /** Attempts that are awaited. */
  awaited: number
  /** The same, where it is not known for sure whether they have begun. */
  readonly recalled: Visit[]
  /** Visits that waited for something, if only for their next attempt. */
  readonly cutOff: Visit[]
}

/**
 * Stops a run that is to be compensated. Nothing more starts. Attempts under way are neither aborted nor made again: they are awaited,
 * so that what they did is known. Visits that wait for something are cut off. What then has completed is undone.
 *
 * @param failure the error that ends the run, if it is not that of a visit
 * @param cause index of the node whose failure ends the run, or -1
 */
export function beginCompensation(
  control: Control,
  log: UndoLog,
  failure: HeddleError | undefined,
  cause: number,
): void {
  const { run, graph } = control
  run.phase = 'compensating'
  run.failed = true
  if (failure !== undefined) control.failures.push(failure)
  control.facts?.push({ type: 'run.compensating', error: toErrorData(control.failures.at(-1)) })
  control.ready.clear()
  control.marked.clear()
  control.quiet.length = 0
  const stopping: Stopping = {
    control,
    log,
    reason: skipReason(graph, cause),
    awaited: 0,
    recalled: [],
    cutOff: [],
  }
  forEachOpen(control, (frame, node) => stopVisit(stopping, frame, node))
  noteUnneededFallbacks(control)
  const { awaited, recalled, cutOff } = stopping
  const isRecalling = !log.seesStarts
  if (cutOff.length > 0) control.effects.push({ type: 'abort', visits: cutOff })
  control.effects.push({ type: 'recall', visits: recalled })
  run.undoing = {
    awaited,
    isRecalling,
    isCutShort: false,
    cause,
    status: visitCode.pending,
    isOutcomeKnown: false,
  }
  undoWhenSettled(control, log, run.undoing)
}

function stopVisit(stopping: Stopping, frame: Frame, node: number): void {
  const { control, reason } = stopping
  const { graph, facts } = control
  const status = frame.status(node)
  if (isSettled(status)) return
  if (status === visitCode.pending) {
    if (!frame.has(node)) return
    frame.setStatus(node, visitCode.skipped)
    facts?.push({ type: 'node.skipped', nodeId: nodeId(graph, node), iteration: frame.path, reason })
    return
  }
  const fallback = graph.fallbackOf[node] as number
  if (fallback === -1 || !isLive(frame.fallbackStatus(node))) {
    stopLive(stopping, new Visit(node, frame), status)
    return
  }
  frame.setStatus(node, visitCode.failed)
  stopLive(stopping, new Visit(fallback, frame, -1, node), frame.fallbackStatus(node))
}

function stopLive(stopping: Stopping, visit: Visit, status: number): void {
  const { control, log } = stopping
  if (status === visitCode.waiting) {
    stopItems(stopping, visit)
    cancelVisit(control, visit)
    noteUnknown(control, visit)
    stopping.cutOff.push(visit)
  } else if (log.seesStarts && status === visitCode.ready) {
    settleUnstarted(control, visit, stopping.reason)
    stopping.cutOff.push(visit)
  } else {
    stopping.awaited++
    if (!log.seesStarts) stopping.recalled.push(visit)
  }
}

/** Items of a map are visits of their own: those under way are awaited. An item has none, whatever it waits for. */
function stopItems(stopping: Stopping, { node, frame, item: own, insteadOf, itemsKey }: Visit): void {
  if (own !== -1) return
  const items = frame.items(itemsKey)
  if (items === undefined) return
  for (let item = 0; item < items.next; item++) {
    const status = items.status(item)
    if (isLive(status)) stopLive(stopping, new Visit(node, frame, item, insteadOf), status)
  }
}
