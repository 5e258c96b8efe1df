import { RunToCompletionOrchestrator, type PreparedRun, type RunEvent, type WorkflowResult } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import { AnswerBook, type Answer } from '../flags/answers.ts'
import type { RunSettings } from '../flags/run-flags.ts'
import { Answering, type RefusedAnswer } from './answering.ts'
import { whenIdle } from './idle-process.ts'
import { prepareRun, type RunListener } from './prepare-run.ts'

/** How a run ended, or where it came to rest. */
export interface RunReport {
  readonly result: WorkflowResult
  /** Whether the run can never go on: a handler waits for what nothing in this process will bring. */
  readonly isStuck: boolean
  readonly refused: readonly RefusedAnswer[]
  /** Names of waits that answers were given for and that never opened. */
  readonly unused: readonly string[]
}

/**
 * Runs a definition in this process until it has ended or waits for something that no answer was given for.
 *
 * @param signal aborting it cancels the run; the report then has what it produced so far
 * @throws HeddleError for what is refused before the run starts: `INVALID_INPUT`, `INVALID_ID`, `INVALID_BLUEPRINT`
 */
export async function runInProcess(
  definition: Definition,
  settings: RunSettings,
  answers: readonly Answer[],
  listener: RunListener,
  signal: AbortSignal,
): Promise<RunReport> {
  const book = new AnswerBook(answers)
  let follow = listener.onEvent
  const onEvent = (event: RunEvent): void => follow(event)
  const prepared = await prepareRun(definition, settings, { ...listener, onEvent }, signal)
  const { handle, state, services } = prepared

  let rest = (): void => {}
  const atRest = new Promise<void>((resolve) => {
    rest = resolve
  })
  const answering = new Answering(handle, book, restIfAwaiting)
  function restIfAwaiting(): void {
    if (!answering.isBusy && handle.status() === 'awaiting') rest()
  }
  follow = (event) => {
    listener.onEvent(event)
    if (event.type === 'wait.opened') answering.open(event)
    else if (event.type === 'run.awaiting') restIfAwaiting()
  }

  let isStuck = false
  const stopWatching = whenIdle(() => {
    if (isStuck) return false
    isStuck = true
    void handle.cancel('nothing is left that could end it')
    return true
  })
  void drive(prepared).then(restIfAwaiting)
  await Promise.race([handle.result(), atRest])
  stopWatching()

  const result = state.toResult(services.options.serializer)
  if (isStuck) result.status = 'stalled'
  return { result, isStuck, refused: answering.refused, unused: book.unused() }
}

async function drive({ traverser, executorFactory, state, services }: PreparedRun): Promise<void> {
  await new RunToCompletionOrchestrator().run(traverser, executorFactory, state, services)
}
