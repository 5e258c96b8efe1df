import type { InspectedRun } from '../store/inspect-run.ts'
import { eventText } from './event-text.ts'
import { jsonText } from './plain-json.ts'
import { printableLine } from './printable.ts'
import type { Styles } from './printer.ts'
import { dateText, paintStatus, timeText } from './run-table.ts'
import { shorten } from './shorten.ts'
import { timeSpan } from './time-span.ts'
import { namedWaits } from './wait-lines.ts'

/** How many lines each part takes on a terminal; elsewhere all are written. */
const maxLines = 12

/** What visits do that are neither over nor to come. */
const underWay: ReadonlySet<string> = new Set(['running', 'waiting', 'ready'])

/** Where a run stood, for people. @param columns how many a line may take; undefined for all in full */
export function inspectLines(
  run: InspectedRun,
  now: number,
  styles: Styles,
  columns: number | undefined,
): readonly string[] {
  const fit = (line: string): string => (columns === undefined ? line : shorten(line, columns))
  const part = (title: string, lines: readonly string[]): readonly string[] => {
    if (lines.length === 0) return []
    const shown = columns === undefined ? lines : lines.slice(0, maxLines)
    const left = lines.length - shown.length
    return [
      styles.dim(`  ${title}:`),
      ...shown.map(fit),
      ...(left > 0 ? [styles.dim(`    … and ${left} more; --json writes all`)] : []),
    ]
  }
  return [
    `${styles.bold(paintStatus(run.status, styles))} ${printableLine(run.workflowId)} ${styles.dim(`(run ${printableLine(run.runId)})`)}`,
    ...placeLines(run, now).map(fit),
    ...part('under way', underWayLines(run)),
    ...(run.input === undefined ? [] : part('input', [`    ${jsonText(run.input)}`])),
    ...part('outputs', recordLines(run.outputs)),
    ...(run.output === undefined ? [] : part('output of the run', [`    ${jsonText(run.output)}`])),
    ...part('shared values', recordLines(run.context ?? {})),
    ...part(
      'shared values, as each was written last (FILE tells how writes are merged)',
      recordLines(run.lastWritten ?? {}),
    ),
    ...part(
      'errors',
      run.errors.map(({ message, code }) => `    ${printableLine(message)}${code === undefined ? '' : ` [${code}]`}`),
    ),
    ...part(
      'open waits',
      namedWaits(run.waits, now, styles).map((line) => `  ${line}`),
    ),
    ...part('events', eventLines(run)).map((line) => (isPlace(line) ? styles.bold(line) : line)),
  ]
}

function placeLines(run: InspectedRun, now: number): readonly string[] {
  const { startedAt, seq, lastSeq, at, droppedTo, parentRunId, children, counts } = run
  const place = seq === lastSeq ? `event ${seq}, the last one` : `event ${seq} of ${lastSeq}`
  const age = timeSpan(now - startedAt.getTime())
  const visits = Object.entries(counts).map(([status, count]) => `${count} ${status}`)
  return [
    `  started ${dateText(startedAt)}, ${age} ago; here after ${place}, ${timeSpan(at.getTime() - startedAt.getTime())} later`,
    ...(parentRunId === undefined ? [] : [`  a child run of ${printableLine(parentRunId)}`]),
    ...(children.length === 0 ? [] : [`  waits for child runs: ${children.map(printableLine).join(' ')}`]),
    ...(droppedTo === undefined
      ? []
      : [`  a compaction has dropped the events up to ${droppedTo}: what they told is missing here`]),
    ...(visits.length === 0 ? [] : [`  visits: ${visits.join(', ')}`]),
  ]
}

function underWayLines({ visits, status }: InspectedRun): readonly string[] {
  if (status !== 'running' && status !== 'awaiting') return []
  return [...visits].flatMap(([key, standing]) => (underWay.has(standing) ? [`    ${key} ${standing}`] : []))
}

function recordLines(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(record).map(([key, value]) => `    ${printableLine(key)}: ${jsonText(value)}`)
}

const placeMark = '  > '

function isPlace(line: string): boolean {
  return line.startsWith(placeMark)
}

function eventLines({ events, seq }: InspectedRun): readonly string[] {
  const width = String(events.at(-1)?.seq ?? 0).length
  const names = Math.max(0, ...events.map(({ type }) => type.length))
  return events.map((event) => {
    const mark = event.seq === seq ? placeMark : '    '
    const time = `${timeText(new Date(event.at))}.${String(event.at % 1000).padStart(3, '0')}`
    const place = String(event.seq).padStart(width)
    return `${mark}${place} ${time} ${event.type.padEnd(names)} ${eventText(event)}`.trimEnd()
  })
}
