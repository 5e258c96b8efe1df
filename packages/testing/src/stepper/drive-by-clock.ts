import type { VirtualClock } from '../clock/virtual-clock.ts'
import type { ClockMode } from './stepper-options.ts'

/** The functions that are running. */
export interface RunningCalls {
  readonly runningCount: number
  whenOneEnds(): Promise<void>
}

/** Awaits work of a run that goes by a virtual clock, and moves the clock meanwhile. */
export async function driveByClock<T>(
  work: Promise<T>,
  clock: VirtualClock,
  calls: RunningCalls,
  mode: ClockMode,
): Promise<T> {
  const state = { isOver: false }
  const over = work
    .catch(() => undefined)
    .then(() => {
      state.isOver = true
    })
  while (!state.isOver) {
    await clock.settle()
    const mayMove = mode === 'always' || (mode === 'idle' && calls.runningCount === 0)
    if (state.isOver) break
    if (mayMove && clock.pending > 0) await clock.advanceToNext()
    else await Promise.race([over, calls.whenOneEnds()])
  }
  return work
}
