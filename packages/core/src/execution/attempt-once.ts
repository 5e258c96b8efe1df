import type { Visit } from '../kernel/visit.ts'
import type { Outcome } from '../model/outcome.ts'
import type { AttemptContext } from './attempt-context.ts'
import { callHandler, failAttempt, failUnopened, finishAttempt, isThenable, openAttempt } from './attempt.ts'
import type { InProcessRun } from './in-process-run.ts'

/**
 * Makes one attempt of a visit. An attempt that updated a shared value which another visit committed meanwhile never happened: it
 * is made again and does not count.
 */
export async function attemptOnce(run: InProcessRun, visit: Visit): Promise<Outcome> {
  for (;;) {
    let context: AttemptContext | undefined
    let outcome: Outcome
    try {
      context = openAttempt(run, visit)
      const returned = callHandler(context)
      outcome = finishAttempt(context, isThenable(returned) ? await returned : returned)
    } catch (error) {
      outcome = context === undefined ? failUnopened(error) : failAttempt(context, error)
    }
    const isStale = outcome.status === 'completed' && context?.usedShared?.hasConflict() === true
    if (!isStale || run.isSettled) return outcome
  }
}
