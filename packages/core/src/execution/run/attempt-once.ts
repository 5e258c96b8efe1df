import { retryDelayMs } from '../../kernel/retry.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { FailedOutcome, Outcome } from '../../model/outcome.ts'
import type { AttemptContext } from '../attempt/attempt-context.ts'
import { callHandler, failAttempt, failUnopened, finishAttempt, isThenable, openAttempt } from '../attempt/attempt.ts'
import type { InProcessRun } from './in-process-run.ts'

/** Makes one attempt of a visit. */
export async function attemptOnce(run: InProcessRun, visit: Visit): Promise<Outcome> {
  let context: AttemptContext | undefined
  try {
    context = openAttempt(run, visit)
    const returned = callHandler(context)
    return finishAttempt(context, isThenable(returned) ? await context.untilSettled(returned) : returned)
  } catch (error) {
    return context === undefined ? failUnopened(error) : failAttempt(context, error)
  }
}

/** Makes the attempts that follow a failed one, their delays waited out; answers the outcome of the last. */
export async function attemptAgain(run: InProcessRun, visit: Visit, failed: FailedOutcome): Promise<Outcome> {
  let outcome: Outcome = failed
  while (outcome.status === 'failed') {
    const policy = run.graph.nodes[visit.node]?.config?.retry
    const delayMs = retryDelayMs(policy, visit.attempt, outcome.error, run.engine.random())
    if (delayMs === undefined || !run.mayRetry(visit)) break
    run.noteRetry(visit, outcome.error, delayMs)
    await run.waiting.delays.wait(delayMs)
    if (!run.mayRetry(visit)) break
    outcome = await attemptOnce(run, visit)
  }
  return outcome
}
