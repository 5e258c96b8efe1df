/** Whether a promise resolved in time, and with what. */
export type InTime<T> = { readonly isInTime: true; readonly value: T } | { readonly isInTime: false }

/** Timers of Node take no more, in milliseconds: 24 days. */
export const longestTimerMs: number = 2 ** 31 - 1

/** Waits for a promise, but not longer than so many milliseconds. What it rejects with afterwards is dropped. */
export async function within<T>(promise: Promise<T>, limitMs: number): Promise<InTime<T>> {
  const inTime = promise.then((value): InTime<T> => ({ isInTime: true, value }))
  if (limitMs === Infinity) return inTime
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<InTime<T>>((resolve) => {
    timer = setTimeout(() => resolve({ isInTime: false }), Math.min(limitMs, longestTimerMs))
  })
  try {
    return await Promise.race([inTime, late])
  } finally {
    clearTimeout(timer)
  }
}
