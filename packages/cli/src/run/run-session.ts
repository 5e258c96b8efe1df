import { EventBus, FlowRuntime, type RunEvent, type RunHandle, type WorkflowResult } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import { AnswerBook, type Answer } from '../flags/answers.ts'
import type { RunSettings } from '../flags/run-flags.ts'
import { adoptResults } from './adopt-results.ts'
import { Answering, type RefusedAnswer } from './answering.ts'
import { whenIdle } from './idle-process.ts'
import { noteLogger, type TakeNote } from './note-logger.ts'

/** Who is told what happens in a run. */
export interface RunListener {
  /** Events of the run itself and of its child runs. */
  readonly onEvent: (event: RunEvent) => void
  readonly onNote: TakeNote
}

/** How a run ended, or where it came to rest. */
export interface RunReport {
  readonly result: WorkflowResult
  /** Whether the run can never go on: a handler waits for what nothing in this process will bring. */
  readonly isStuck: boolean
  readonly refused: readonly RefusedAnswer[]
  /** Names of waits that answers were given for and that never opened. */
  readonly unused: readonly string[]
}

/** The runtime that runs a definition, with the ports of the command. */
export function createRuntime(definition: Definition, listener: RunListener): FlowRuntime {
  const { registry, blueprints, dependencies } = definition
  const eventBus = new EventBus()
  eventBus.on('*', listener.onEvent)
  return new FlowRuntime({
    registry,
    blueprints,
    dependencies,
    eventBus,
    middleware: [adoptResults],
    logger: noteLogger(listener.onNote),
  })
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
  const runtime = createRuntime(definition, listener)
  const { input, ...options } = settings
  const book = new AnswerBook(answers)
  const stop = new AbortController()
  let rest: (status: 'awaiting') => void = () => {}
  const atRest = new Promise<'awaiting'>((resolve) => {
    rest = resolve
  })
  let handle: RunHandle | undefined
  let isStuck = false

  const restIfAwaiting = (): void => {
    if (!answering.isBusy && handle?.status() === 'awaiting') rest('awaiting')
  }
  const answering = new Answering(book, restIfAwaiting)
  runtime.eventBus.on('wait.opened', (event) => answering.open(event))
  runtime.eventBus.on('run.awaiting', restIfAwaiting)
  const stopWatching = whenIdle(() => {
    if (handle === undefined || isStuck) return false
    isStuck = true
    stop.abort('nothing is left that could end it')
    return true
  })

  try {
    handle = await runtime.start(definition.runnable, input, { ...options, signal: AbortSignal.any([signal, stop.signal]) })
    answering.bind(handle)
    restIfAwaiting()
    const ended = await Promise.race([handle.result(), atRest])
    // The same run id again answers the same run; what its result holds is read later, and is then up to date.
    const result = ended === 'awaiting' ? await runtime.run(definition.runnable, input, { runId: handle.runId }) : ended
    if (isStuck) result.status = 'stalled'
    return { result, isStuck, refused: answering.refused, unused: book.unused() }
  } finally {
    stopWatching()
  }
}
