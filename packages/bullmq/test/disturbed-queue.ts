import type { IJobQueue } from '@heddle/core'

/** The longest time that a delivery is held up, in milliseconds. */
const longestMs = 120

/** A queue that hands out every job twice, each time after a random delay, and so in any order. */
export function disturbedQueue(queue: IJobQueue): IJobQueue {
  return {
    enqueue: (jobs) => queue.enqueue(jobs),
    close: () => queue.close(),
    consume: (handler, options) =>
      queue.consume(async (job) => {
        const later = async (): Promise<void> => {
          await pause(Math.random() * longestMs)
          await handler(job)
        }
        await Promise.all([later(), later()])
      }, options),
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
