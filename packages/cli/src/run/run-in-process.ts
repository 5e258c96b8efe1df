import { RunToCompletionOrchestrator, type PreparedRun, type RunEvent } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import type { Answer } from '../flags/answers.ts'
import type { RunSettings } from '../flags/run-flags.ts'
import { prepareRun, type RunListener } from './prepare-run.ts'
import type { RunReport } from './run-report.ts'
import { RunWatch } from './watch-run.ts'

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
  let follow = listener.onEvent
  const onEvent = (event: RunEvent): void => follow(event)
  const prepared = await prepareRun(definition, settings, { ...listener, onEvent }, signal)
  const { handle, state, services } = prepared
  const watch = new RunWatch(handle, answers)
  follow = (event) => {
    listener.onEvent(event)
    watch.take(event)
  }

  void drive(prepared).then(() => watch.check())
  const rest = await Promise.race([handle.result().then(() => undefined), watch.atRest])
  const isStuck = rest === 'stuck'
  if (isStuck) await handle.cancel('nothing is left that could end it')
  watch.close()

  const result = state.toResult(services.options.serializer)
  if (isStuck) result.status = 'stalled'
  return { result, stuckAt: isStuck ? result.cancelled : undefined, refused: watch.refused, unused: watch.unused() }
}

async function drive({ traverser, executorFactory, state, services }: PreparedRun): Promise<void> {
  await new RunToCompletionOrchestrator().run(traverser, executorFactory, state, services)
}
