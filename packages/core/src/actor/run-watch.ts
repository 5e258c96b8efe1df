import type { IClock } from '../ports/clock.ts'
import type { RunHead } from '../ports/run-records.ts'
import type { RunHints } from './run-hints.ts'

/** After how many milliseconds a run is looked at again that has just changed; doubled as long as nothing does. */
const firstPauseMs = 20

/** What a run is watched with. */
export interface WatchOptions {
  readonly clock: IClock
  readonly hints: RunHints
  /** The longest time between two looks, in milliseconds; Infinity where hints tell of every change. */
  readonly pollMs: number
}

/**
 * Where a run stands: now, and each time that it is looked at again. That is as soon as somebody in this process hints that it
 * changed; else after a pause, which doubles as long as nothing has changed.
 *
 * @param readHead looks where the run stands
 */
export async function* watchRun(
  runId: string,
  { clock, hints, pollMs }: WatchOptions,
  readHead: () => Promise<RunHead>,
): AsyncGenerator<RunHead> {
  let isStale = false
  let wake = (): void => undefined
  const stop = hints.listen(runId, () => {
    isStale = true
    wake()
  })
  const pause = (pauseMs: number): Promise<void> =>
    new Promise((resolve) => {
      const cancelTimer = pauseMs === Infinity ? undefined : clock.schedule(pauseMs, resolve)
      wake = () => {
        cancelTimer?.()
        resolve()
      }
    })
  try {
    let pauseMs = firstPauseMs
    for (let last: RunHead | undefined; ;) {
      const wasHinted = isStale
      isStale = false
      const head = await readHead()
      yield head
      // A hint may come before what it tells of can be seen: then something is about to change.
      const isMoving = wasHinted || last?.seq !== head.seq || last.revision !== head.revision
      pauseMs = Math.min(pollMs, isMoving ? firstPauseMs : pauseMs * 2)
      last = head
      if (!isStale) await pause(pollMs === Infinity ? Infinity : pauseMs)
    }
  } finally {
    stop()
  }
}
