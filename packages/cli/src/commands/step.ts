import { parseAnswer } from '../flags/answers.ts'
import { readRunSettings, type RunFlags } from '../flags/run-flags.ts'
import { typedCommand } from '../flags/typed-command.ts'
import type { Io } from '../io.ts'
import { crashLines } from '../output/error-lines.ts'
import { Printer } from '../output/printer.ts'
import { resultLines } from '../output/result-lines.ts'
import { answerProblemLines, waitLines } from '../output/wait-lines.ts'
import { Interruption } from '../run/interruption.ts'
import { RunProgress } from '../progress/run-progress.ts'
import { askOnTerminal } from '../stepping/ask-on-terminal.ts'
import { stepThrough } from '../stepping/step-through.ts'
import { loadValidDefinition, titleOf } from './valid-definition.ts'

/** Options of `heddle step`. */
export interface StepFlags extends RunFlags {
  readonly all?: boolean
  readonly answer?: readonly string[]
}

/**
 * `heddle step FILE`: runs a workflow one batch of ready nodes at a time and shows each. On a terminal it asks before each batch.
 *
 * @returns the exit code
 * @throws HeddleError for what is refused before the run starts
 */
export async function stepCommand(file: string, flags: StepFlags, io: Io): Promise<number> {
  const errors = new Printer(io.stderr, io.env)
  const out = new Printer(io.stdout, io.env)
  const settings = await readRunSettings(flags)
  const answers = (flags.answer ?? []).map(parseAnswer)
  const definition = await loadValidDefinition(file, flags, errors)
  const progress = new RunProgress(definition.blueprint.nodes.length)
  const interruption = new Interruption({
    onSignal: () => out.line(out.styles.yellow('cancelling the run; once more ends at once')),
    onCrash: (error) => out.lines(crashLines(error, out.styles)),
    onEnd: () => undefined,
  })
  const isInteractive = flags.all !== true && io.stdin.isTTY && out.isLive
  const ask = isInteractive ? askOnTerminal(io, () => interruption.take('SIGINT')) : undefined
  try {
    const { result, refused, unused } = await stepThrough({
      definition,
      settings,
      answers,
      progress,
      out,
      ask,
      signal: interruption.signal,
    })
    const now = Date.now()
    const { styles } = out
    const columns = out.columns
    const spanMs = now - (progress.startedAt ?? now)
    out.lines(resultLines({ title: titleOf(definition), result, counts: progress.counts(), spanMs, styles, columns }))
    const command = typedCommand(flags.all === true ? 'heddle step --all' : 'heddle step', file, flags)
    if (result.status === 'awaiting') errors.lines(waitLines(result.waits, command, now, errors.styles))
    errors.lines(answerProblemLines(refused, unused, errors.styles))
    return interruption.exitCodeOf(result.status)
  } finally {
    interruption.close()
  }
}
