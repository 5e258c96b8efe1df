import path from 'node:path'
import type { Definition } from '../definition/definition.ts'
import { parseAnswer } from '../flags/answers.ts'
import { readRunSettings, type RunFlags } from '../flags/run-flags.ts'
import { redirectWrites, type Io } from '../io.ts'
import { crashLines } from '../output/error-lines.ts'
import { jsonText } from '../output/plain-json.ts'
import { Printer } from '../output/printer.ts'
import { printableLine } from '../output/printable.ts'
import { resultLines } from '../output/result-lines.ts'
import { answerProblemLines, quote, waitLines } from '../output/wait-lines.ts'
import { LineView } from '../progress/line-view.ts'
import { LiveView } from '../progress/live-view.ts'
import type { ProgressView } from '../progress/progress-view.ts'
import { RunProgress } from '../progress/run-progress.ts'
import { Interruption } from '../run/interruption.ts'
import { runInProcess, type RunReport } from '../run/run-in-process.ts'
import { loadValidDefinition, titleOf } from './valid-definition.ts'

/** Options of `heddle run`. */
export interface RunCommandFlags extends RunFlags {
  readonly json?: boolean
  readonly answer?: readonly string[]
}

/**
 * `heddle run FILE`: runs a workflow in this process, shows how it goes, then what came of it.
 *
 * @returns the exit code
 * @throws HeddleError for what is refused before the run starts
 */
export async function runCommand(file: string, flags: RunCommandFlags, io: Io): Promise<number> {
  const errors = new Printer(io.stderr, io.env)
  // With --json the document has stdout for itself.
  const log = flags.json === true ? errors : new Printer(io.stdout, io.env)
  const undo = flags.json === true ? redirectWrites([process.stdout], (text) => io.stderr.write(text)) : undefined
  try {
    const settings = await readRunSettings(flags)
    const answers = (flags.answer ?? []).map(parseAnswer)
    const definition = await loadValidDefinition(file, flags, errors)
    const progress = new RunProgress(definition.blueprint.nodes.length)
    const view = openView(log, progress, definition)
    const interruption = interrupt(view, log)
    try {
      const report = await runInProcess(
        definition,
        settings,
        answers,
        {
          onEvent: (event) => view.take(event),
          onNote: (level, line) => view.note(`${level === 'info' ? '' : `${level}: `}${printableLine(line)}`),
        },
        interruption.signal,
      )
      view.end()
      tell(report, { definition, flags, io, log, errors, progress, file })
      return interruption.exitCodeOf(report.result.status)
    } finally {
      view.end()
      interruption.close()
    }
  } finally {
    undo?.()
  }
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

function interrupt(view: ProgressView & { isEnding: boolean }, log: Printer): Interruption {
  return new Interruption({
    onSignal: () => {
      view.isEnding = true
      view.note(log.styles.yellow('cancelling the run; once more ends at once'))
    },
    onCrash: (error) => {
      for (const line of crashLines(error, log.styles)) view.note(line)
    },
    onEnd: () => view.end(),
  })
}

/** What {@link tell} needs beside the report. */
interface Telling {
  readonly definition: Definition
  readonly flags: RunCommandFlags
  readonly io: Io
  readonly log: Printer
  readonly errors: Printer
  readonly progress: RunProgress
  readonly file: string
}

function tell(report: RunReport, { definition, flags, io, log, errors, progress, file }: Telling): void {
  const { result, isStuck, refused, unused } = report
  const now = Date.now()
  if (flags.json === true) new Printer(io.stdout, io.env).document(jsonText(result, 2))
  else {
    const { styles } = log
    const spanMs = now - (progress.startedAt ?? now)
    const columns = log.isLive ? (log.stream.columns ?? 80) : undefined
    log.lines(resultLines({ title: titleOf(definition), result, counts: progress.counts(), spanMs, styles, columns }))
  }
  if (isStuck) errors.lines(stuckLines(report, errors))
  if (result.status === 'awaiting') errors.lines(waitLines(result.waits, commandLine(file, flags), now, errors.styles))
  errors.lines(answerProblemLines(refused, unused, errors.styles))
}

function stuckLines({ result }: RunReport, { styles }: Printer): readonly string[] {
  const nodes = result.cancelled.map((id) => `"${printableLine(id)}"`).join(', ')
  return [
    `${styles.red('error:')} the run cannot move: nothing is left in this process that could end ${nodes === '' ? 'it' : nodes}.`,
    '  A handler waits for a promise that never settles. Settle it, or give the node a timeoutMs.',
  ]
}

/** The command as it was typed, without its answers. */
function commandLine(file: string, flags: RunCommandFlags): string {
  const { registry, input, runId, concurrency, deadline } = flags
  const options = Object.entries({ registry, export: flags.export, input, 'run-id': runId, concurrency, deadline })
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, quote(value)]))
  return ['heddle run', quote(path.normalize(file)), ...given].join(' ')
}
