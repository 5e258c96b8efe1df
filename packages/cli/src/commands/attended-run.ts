import type { RunEvent } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import { redirectWrites, type Io } from '../io.ts'
import { crashLines } from '../output/error-lines.ts'
import { jsonText } from '../output/plain-json.ts'
import { Printer } from '../output/printer.ts'
import { printableLine } from '../output/printable.ts'
import { resultLines } from '../output/result-lines.ts'
import { answerProblemLines } from '../output/wait-lines.ts'
import { LineView } from '../progress/line-view.ts'
import { LiveView } from '../progress/live-view.ts'
import type { ProgressView } from '../progress/progress-view.ts'
import { isLastEvent, RunProgress } from '../progress/run-progress.ts'
import { Interruption } from '../run/interruption.ts'
import type { RunReport } from '../run/run-report.ts'
import type { StoredRunListener } from '../run/run-in-store.ts'
import { titleOf } from './valid-definition.ts'

/** Where a command that runs something writes to. */
export interface Streams {
  readonly io: Io
  /** With --json the document has stdout for itself: this one is stderr then. */
  readonly log: Printer
  readonly errors: Printer
  readonly isJson: boolean
}

/** Does the work of a command with its streams; with --json what the user's code prints goes to stderr. */
export async function withStreams(
  io: Io,
  { json }: { readonly json?: boolean },
  work: (streams: Streams) => Promise<number>,
): Promise<number> {
  const errors = new Printer(io.stderr, io.env)
  const isJson = json === true
  const log = isJson ? errors : new Printer(io.stdout, io.env)
  const undo = isJson ? redirectWrites([process.stdout], (text) => io.stderr.write(text)) : undefined
  try {
    return await work({ io, log, errors, isJson })
  } finally {
    undo?.()
  }
}

/** What {@link attendRun} shows, and how. */
export interface AttendedRun {
  readonly definition: Definition
  /** What a signal does to the run. */
  readonly onSignal: 'cancel' | 'let go'
  readonly run: (listener: StoredRunListener, signal: AbortSignal) => Promise<RunReport>
  /** What is said of a run that waits, or was let go of. */
  readonly advice: (report: RunReport, now: number) => readonly string[]
}

/** Runs something, shows how it goes, then what came of it. @returns the exit code */
export async function attendRun(streams: Streams, attended: AttendedRun): Promise<number> {
  const { log, errors } = streams
  const { definition } = attended
  const progress = new RunProgress(definition.blueprint.nodes.length)
  const view = openView(log, progress, definition)
  const interruption = interrupt(view, log, attended.onSignal)
  try {
    const report = await attended.run(listenerOf(view, progress, log), interruption.signal)
    view.end()
    const now = Date.now()
    tell(report, streams, definition, progress, now)
    errors.lines(attended.advice(report, now))
    errors.lines(answerProblemLines(report.refused, report.unused, errors.styles))
    return interruption.exitCodeOf(report.result.status, report.isLetGo)
  } finally {
    view.end()
    interruption.close()
  }
}

function listenerOf(view: ProgressView, progress: RunProgress, { styles }: Printer): StoredRunListener {
  return {
    onOpen: (runId: string, past: readonly RunEvent[]) => {
      progress.begin(runId, past)
      view.note(styles.dim(`run ${printableLine(runId)} ${howItOpens(past)}`))
    },
    onEvent: (event) => view.take(event),
    onNote: (level, line) => view.note(`${level === 'info' ? '' : `${level}: `}${printableLine(line)}`),
  }
}

function howItOpens(past: readonly RunEvent[]): string {
  const last = past.at(-1)
  if (last === undefined) return 'begins'
  return isLastEvent(last) ? 'had ended before' : `goes on after event ${last.seq}`
}

/** A view whose end also ends the redirection of what the user's code writes. */
function openView(log: Printer, progress: RunProgress, definition: Definition): ProgressView & { isEnding: boolean } {
  if (!log.isLive) return Object.assign(new LineView(log, progress), { isEnding: false })
  const view = new LiveView(log, progress, titleOf(definition))
  const undo = redirectWrites([process.stdout, process.stderr], (text) => view.foreign(text))
  const end = view.end.bind(view)
  view.end = () => {
    undo()
    end()
  }
  return view
}

function interrupt(
  view: ProgressView & { isEnding: boolean },
  { styles }: Printer,
  onSignal: AttendedRun['onSignal'],
): Interruption {
  const what = onSignal === 'cancel' ? 'cancelling the run' : 'letting go of the run'
  return new Interruption({
    onSignal: () => {
      view.isEnding = onSignal === 'cancel'
      view.note(styles.yellow(`${what}; once more ends at once`))
    },
    onCrash: (error) => {
      for (const line of crashLines(error, styles, onSignal === 'cancel' ? 'ends' : 'interrupts')) view.note(line)
    },
    onEnd: () => view.end(),
  })
}

function tell(report: RunReport, streams: Streams, definition: Definition, progress: RunProgress, now: number): void {
  const { io, log, errors, isJson } = streams
  const { result, isLetGo = false } = report
  if (isJson) new Printer(io.stdout, io.env).document(jsonText(result, 2))
  else {
    const { styles } = log
    const spanMs = (progress.endedAt ?? now) - (progress.startedAt ?? now)
    const columns = log.columns
    const counts = progress.counts()
    log.lines(resultLines({ title: titleOf(definition), result, isLetGo, counts, spanMs, styles, columns }))
  }
  if (report.stuckAt !== undefined) errors.lines(stuckLines(report.stuckAt, errors))
}

function stuckLines(stuckAt: readonly string[], { styles }: Printer): readonly string[] {
  const nodes = stuckAt.map((id) => `"${printableLine(id)}"`).join(', ')
  return [
    `${styles.red('error:')} the run cannot move: nothing is left in this process that could end ${nodes === '' ? 'it' : nodes}.`,
    '  A handler waits for a promise that never settles. Settle it, or give the node a timeoutMs.',
  ]
}
