import { eventLoopTurn } from '../clock/event-loop-turn.ts'

/** Taken when this module is loaded, so that fake timers of a test runner do not stand in its place. */
const nextTick =
  typeof process === 'object' && typeof process.nextTick === 'function' ? process.nextTick.bind(process) : undefined

/**
 * Resolves when every promise that can settle by itself has: all microtasks have run. In Node a tick comes right after them, which
 * is about fifty times as fast as a turn of the event loop; elsewhere a turn does it.
 */
export const promisesSettled: () => Promise<void> =
  nextTick === undefined
    ? eventLoopTurn
    : () =>
        new Promise((resolve) => {
          nextTick(resolve)
        })
