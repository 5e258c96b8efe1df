import { jobIdOf, wakeJobId, type RunJob, type RunRef, type VisitName } from '@heddle/core'

/** A run as jobs name it. */
export interface JobRun extends RunRef {
  readonly definitionHash: string
}

/** A dispatch as its job tells it. */
export interface JobDispatch {
  readonly visit: VisitName
  readonly visitKey: string
  readonly dispatch: number
  readonly delayMs: number
  readonly queue?: string | undefined
  readonly priority?: number | undefined
}

/** The job for a dispatch. */
export function dispatchJob({ runId, incarnation, definitionHash }: JobRun, dispatch: JobDispatch): RunJob {
  const { visit, visitKey, dispatch: number, delayMs, queue, priority } = dispatch
  return {
    id: jobIdOf(incarnation, runId, visitKey, number),
    runId,
    incarnation,
    definitionHash,
    visit,
    dispatch: number,
    delayMs,
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
  }
}

/** A job that asks for a turn. */
export function wakeJob({ runId, incarnation, definitionHash }: JobRun, reason: string): RunJob {
  return { id: wakeJobId(incarnation, runId, reason), runId, incarnation, definitionHash }
}
