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
  let isOver = false
  const over = work.then(
    () => {
      isOver = true
    },
    () => {
      isOver = true
    },
  )
  while (!isOver) {
    await clock.settle()
    const mayMove = mode === 'always' || (mode === 'idle' && calls.runningCount === 0)
    if (isOver) break
    if (mayMove && clock.pending > 0) await clock.advanceToNext()
    else await Promise.race([over, calls.whenOneEnds()])
  }
  return work
}
