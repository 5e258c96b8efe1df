import type { VirtualClock } from './virtual-clock.ts'

/** Lets everything happen that waits for no time of the clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}

/** Awaits work, and moves the clock on meanwhile, a step whenever nothing happens any more; at most for a time. */
export async function whileTimePasses<T>(
  clock: VirtualClock,
  work: Promise<T>,
  { stepMs = 100, maxMs = 120_000 }: { readonly stepMs?: number; readonly maxMs?: number } = {},
): Promise<T> {
  const state = { isOver: false }
  void work
    .catch(() => undefined)
    .finally(() => {
      state.isOver = true
    })
  for (let passed = 0; !state.isOver; passed += stepMs) {
    await settle()
    if (state.isOver) break
    if (passed > maxMs) throw new Error(`${maxMs} ms have passed in vain`)
    clock.advance(stepMs)
  }
  return work
}
