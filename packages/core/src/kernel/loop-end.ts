import type { CompiledLoop } from '../graph/compiled-graph.ts'
import type { Control } from './control.ts'
import type { Activation } from './frame.ts'
import { markUntakenExit } from './marks.ts'
import { markCode } from './status-codes.ts'

/**
 * Ends one activation of a loop in which no visit is live: every exit edge that no iteration took is marked skipped, or failed if a
 * visit inside failed unhandled or was cut off. Only here, since as long as anything inside is live it may still take an exit.
 */
export function endLoop(control: Control, activation: Activation): void {
  const { graph } = control
  activation.ended = true
  const mark = activation.cutOffBy === -1 ? markCode.skipped : markCode.failed
  for (const edge of (graph.loops[activation.loop] as CompiledLoop).exitEdges) {
    if (activation.exitMark(graph.edgeExitPlace[edge] as number) === markCode.none) {
      markUntakenExit(control, activation, edge, mark)
    }
  }
}
