import type { Queue } from 'bullmq'
import { isOurId } from './job-message.ts'

/** How many jobs are looked at in one go. */
const batch = 1000

/**
 * Mends what another set-up of this queue left behind. A job of ours that has ended is never kept, since BullMQ ignores one whose id it
 * still knows: so one among the failed ones waits again, and one among the completed ones is removed.
 *
 * @returns how many waited again
 */
export async function reviveFinishedJobs(queue: Queue): Promise<number> {
  const { failed = 0, completed = 0 } = await queue.getJobCounts('failed', 'completed')
  if (completed > 0) await removeCompleted(queue)
  return failed > 0 ? retryFailed(queue) : 0
}

async function retryFailed(queue: Queue): Promise<number> {
  let revived = 0
  for (const id of await oursAmong(queue, 'failed')) {
    const job = await queue.getJob(id)
    if (job === undefined) continue
    await job.retry('failed')
    revived++
  }
  return revived
}

async function removeCompleted(queue: Queue): Promise<void> {
  for (const id of await oursAmong(queue, 'completed')) await queue.remove(id)
}

async function oursAmong(queue: Queue, state: 'completed' | 'failed'): Promise<readonly string[]> {
  return (await queue.getRanges([state], 0, batch - 1)).filter(isOurId)
}
