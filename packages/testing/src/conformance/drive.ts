import type { IClock, IOrchestrator, PreparedRun, WorkflowResult } from '@heddle/core'
import type { VirtualClock } from '../clock/virtual-clock.ts'

/** How long a run may do nothing at all before it counts as stuck, in real milliseconds. */
const stuckAfterMs = 2000

/** More calls of one orchestrator for one run than any behaviour needs. */
const maxCalls = 10_000

/**
 * Calls an orchestrator until the run has ended or waits for something external, and moves the clock meanwhile, if it is a virtual
 * one: whenever nothing happens any more, to its next timer.
 */
export async function drive(orchestrator: IOrchestrator, run: PreparedRun, clock: IClock): Promise<WorkflowResult> {
  const { traverser, executorFactory, state, services } = run
  for (let call = 0; call < maxCalls; call++) {
    const result = await whileTimePasses(orchestrator.run(traverser, executorFactory, state, services), clock)
    if (result.status !== 'stalled') return result as WorkflowResult
  }
  throw new Error(`the run is still stalled after ${maxCalls} calls of the orchestrator`)
}

/** Awaits work, and moves a virtual clock meanwhile. */
export async function whileTimePasses<T>(work: Promise<T>, clock: IClock): Promise<T> {
  if (!isVirtual(clock)) return work
  const state = { isOver: false }
  const over = work
    .catch(() => undefined)
    .then(() => {
      state.isOver = true
    })
  let stuckSince = performance.now()
  while (!state.isOver) {
    await clock.settle()
    if (state.isOver) break
    if (await clock.advanceToNext()) stuckSince = performance.now()
    else {
      if (performance.now() - stuckSince > stuckAfterMs) throw new Error('stuck: nothing happens, and no timer is set')
      await Promise.race([over, shortly()])
    }
  }
  return work
}

/** Whether a clock has to be moved. */
export function isVirtual(clock: IClock): clock is VirtualClock {
  return 'advanceToNext' in clock
}

/** Something outside the virtual clock may be under way: real I/O of an adapter. */
function shortly(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1)
  })
}
