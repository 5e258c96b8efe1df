import { nextAttemptDelayMs } from '../../kernel/retry.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { FailedOutcome, Outcome } from '../../model/outcome.ts'
import type { AttemptContext, AttemptHost } from '../attempt/attempt-context.ts'
import { callHandler, failAttempt, finishAttempt, openAttempt } from '../attempt/attempt.ts'
import type { InProcessRun } from './in-process-run.ts'
import { isThenable } from '../../model/value-kinds.ts'

/** Makes one attempt of a visit. */
export async function attemptOnce(host: AttemptHost, visit: Visit): Promise<Outcome> {
  let context: AttemptContext | undefined
  try {
    context = openAttempt(host, visit)
    const returned = callHandler(context)
    return finishAttempt(context, isThenable(returned) ? await context.untilSettled(returned) : returned)
  } catch (error) {
    return failAttempt(context, error)
  }
}

/** Makes the attempts that follow a failed one, their delays waited out; answers the outcome of the last. */
export async function attemptAgain(run: InProcessRun, visit: Visit, failed: FailedOutcome): Promise<Outcome> {
  let outcome: Outcome = failed
  while (outcome.status === 'failed') {
    const delayMs = nextAttemptDelayMs(run.graph, visit, outcome.error, run.engine.random())
    if (delayMs === undefined || !run.mayRetry(visit)) break
    run.noteRetry(visit, outcome.error, delayMs)
    await run.waiting.delays.wait(delayMs)
    if (!run.mayRetry(visit)) break
    outcome = await attemptOnce(run, visit)
  }
  return outcome
}
