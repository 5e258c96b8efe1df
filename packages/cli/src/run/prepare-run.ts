import { checkSchema, EventBus, FlowRuntime, type PreparedRun, type RunEvent } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import type { RunSettings } from '../flags/run-flags.ts'
import { noteLogger, type TakeNote } from './note-logger.ts'

/** Who is told what happens in a run. */
export interface RunListener {
  /** Events of the run itself and of its child runs. */
  readonly onEvent: (event: RunEvent) => void
  /** What handlers write with their logger. */
  readonly onNote: TakeNote
}

/**
 * The parts of one run of a definition; nothing has begun.
 *
 * @param signal aborting it cancels the run
 * @throws HeddleError `INVALID_INPUT` with each path and reason, `INVALID_ID`, `INVALID_BLUEPRINT`
 */
export async function prepareRun(
  definition: Definition,
  settings: RunSettings,
  listener: RunListener,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const { registry, blueprints, dependencies, workflow, runnable } = definition
  const { input, ...options } = settings
  const eventBus = new EventBus()
  eventBus.on('*', listener.onEvent)
  const logger = noteLogger(listener.onNote)
  const runtime = new FlowRuntime({ registry, blueprints, dependencies, eventBus, logger })
  const schema = workflow?.inputSchema
  const checked: unknown =
    schema === undefined ? input : await checkSchema(schema, input, 'INVALID_INPUT', 'the input of the run')
  return runtime.prepare(runnable, checked, { ...options, signal })
}
