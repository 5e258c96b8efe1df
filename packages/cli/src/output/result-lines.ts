import { isHeddleError, type HeddleError, type RunStatus, type WorkflowResult } from '@heddle/core'
import { ownFrame } from '../definition/import-module.ts'
import type { NodeStanding } from '../progress/run-progress.ts'
import { errorMessage } from './error-data.ts'
import { jsonText } from './plain-json.ts'
import { printableLine, printableText } from './printable.ts'
import type { Styles } from './printer.ts'
import { shorten } from './shorten.ts'
import { timeSpan } from './time-span.ts'

/** What the summary of a run is made of. */
export interface ResultSummary {
  readonly title: string
  readonly result: WorkflowResult
  /** Whether this process has let go of the run, which has not ended. */
  readonly isLetGo?: boolean
  readonly counts: Readonly<Record<NodeStanding, number>>
  readonly spanMs: number
  readonly styles: Styles
  /** How many columns a line of a value may take; undefined for values in full. */
  readonly columns: number | undefined
}

/** How many lines of a value are shown where it is not shown in full. */
const maxLines = 40

/** How many outputs and errors of nodes are shown where they are not shown in full. */
const maxNodes = 10

/** A run that ended or came to rest, for people: what matters most stands last. */
export function resultLines(summary: ResultSummary): readonly string[] {
  const { status } = summary.result
  return status === 'completed'
    ? [headline(summary), ...outputLines(summary)]
    : [...partialLines(summary), headline(summary), ...failureLines(summary)]
}

function headline({ title, result, isLetGo = false, counts, spanMs, styles }: ResultSummary): string {
  const paint: Readonly<Record<RunStatus, (text: string) => string>> = {
    completed: styles.green,
    failed: styles.red,
    cancelled: styles.yellow,
    awaiting: styles.cyan,
    stalled: styles.red,
  }
  const nodes = [
    `${counts.completed} completed`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.handled > 0 ? [`${counts.handled} failed and handled`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(counts.cancelled > 0 ? [`${counts.cancelled} cancelled`] : []),
    ...(counts.waiting > 0 ? [`${counts.waiting} waiting`] : []),
  ]
  const run = styles.dim(`(run ${printableLine(result.runId)})`)
  const word = isLetGo ? styles.yellow('interrupted') : paint[result.status](result.status)
  return `${styles.bold(word)} ${printableLine(title)} in ${timeSpan(spanMs)}: ${nodes.join(', ')} ${run}`
}

function failureLines({ result, columns, styles }: ResultSummary): readonly string[] {
  const shown = columns === undefined ? result.errors : result.errors.slice(0, maxNodes)
  const left = result.errors.length - shown.length
  return [
    ...shown.flatMap((error) => errorLines(error, styles)),
    ...(left > 0 ? [styles.dim(`  … and ${left} more errors`)] : []),
  ]
}

/** One error: message and code, where in the user's code, what caused it. */
function errorLines(error: HeddleError, styles: Styles): readonly string[] {
  const [first = '', ...more] = printableText(withCause(error)).split('\n')
  const lines = [
    `  ${styles.red('error')} ${first} ${styles.dim(`[${error.code}]`)}`,
    ...more.map((line) => `    ${line}`),
  ]
  let { cause } = error
  for (let depth = 0; cause !== undefined && depth < 8; depth++) {
    if (depth > 0 || withCause(error) === error.message) {
      lines.push(styles.dim(`    caused by ${printableLine(errorMessage(cause))}`))
    }
    const frame = cause instanceof Error && !isHeddleError(cause) ? ownFrame(cause.stack) : undefined
    if (frame !== undefined) lines.push(styles.dim(`      ${printableLine(frame)}`))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return lines
}

/** The message of an error; where it ends in the message of its cause, the cause's name is told with it. */
function withCause({ message, cause }: HeddleError): string {
  if (!(cause instanceof Error) || cause.message === '' || !message.endsWith(cause.message)) return message
  return `${message.slice(0, -cause.message.length)}${errorMessage(cause)}`
}

function outputLines({ result, columns, styles }: ResultSummary): readonly string[] {
  const { output } = result
  if (output === undefined) return []
  const text = typeof output === 'string' ? printableText(output) : jsonText(output, 2)
  if (columns === undefined) return text.split('\n')
  const lines = text.split('\n')
  const shown = lines.slice(0, maxLines).map((line) => shorten(line, columns))
  return lines.length > shown.length
    ? [...shown, styles.dim(`… ${lines.length - shown.length} more lines; --json writes all of it`)]
    : shown
}

/** What the nodes of an unfinished run produced, a line each. */
function partialLines({ result, columns, styles }: ResultSummary): readonly string[] {
  const outputs = Object.entries(result.outputs)
  if (outputs.length === 0) return []
  const shown = columns === undefined ? outputs : outputs.slice(0, maxNodes)
  const lines = shown.map(([id, output]) => {
    const line = `    ${printableLine(id)}: ${jsonText(output)}`
    return columns === undefined ? line : shorten(line, columns)
  })
  const left = outputs.length - shown.length
  return [
    styles.dim('  outputs so far (--json writes them whole):'),
    ...lines,
    ...(left > 0 ? [styles.dim(`    … and ${left} more`)] : []),
  ]
}
