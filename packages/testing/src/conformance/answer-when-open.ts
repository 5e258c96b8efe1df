import { isHeddleError, type RunHandle } from '@heddle/core'

/** How often a wait is looked for that is not open. */
const tries = 100

/**
 * Answers a wait for a handler of the same run: one that another worker has not opened yet is answered a little later.
 *
 * @param value the answer
 * @throws HeddleError as `resume` does; `WAIT_NOT_OPEN` only after many tries
 */
export async function answerWhenOpen(
  handle: Pick<RunHandle, 'resume'>,
  name: string,
  value: unknown,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      await handle.resume(name, value)
      return
    } catch (error) {
      if (left === 0 || !isHeddleError(error, 'WAIT_NOT_OPEN')) throw error
    }
    await sleep(1)
  }
}
