import type { Visit } from '../../kernel/visit.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { TakenAsCompleted } from '../../traversal/graph-traverser.ts'
import { settleCompleted } from '../../traversal/settle-completed.ts'
import { failAttempt, openAttempt } from '../attempt/attempt.ts'
import type { AttemptContext } from '../attempt/attempt-context.ts'
import { evaluateEdges } from '../attempt/evaluate-edges.ts'
import type { InProcessRun } from './in-process-run.ts'

/**
 * Settles the nodes that a program took as completed with what the state knows of them: their outputs and recorded actions. Conditions
 * and transforms of their edges are evaluated over these, since a state of the program's own records no marks. No handler is called.
 *
 * @param run a run that has just begun; what is not taken as completed stays ready
 */
export function recallCompleted(run: InProcessRun, { ids, actions }: TakenAsCompleted): void {
  const { control, state } = run
  settleCompleted(
    control,
    ids,
    (visit, id) => recordedOutcome(run, visit, state.getOutput(id), actions.get(id) ?? state.actions?.get(id)),
    (visit, outcome) => {
      if (outcome.status === 'completed') state.recordOutput(visit, outcome.output, outcome.transformed)
    },
  )
}

function recordedOutcome(run: InProcessRun, visit: Visit, output: unknown, action: string | undefined): Outcome {
  let context: AttemptContext | undefined
  try {
    context = openAttempt(run, visit)
    return evaluateEdges(context, { status: 'completed', output, action })
  } catch (error) {
    return failAttempt(context, error)
  }
}
