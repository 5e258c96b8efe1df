import type { ListedRun } from '../store/list-runs.ts'
import type { StoredStatus } from '../store/run-standing.ts'
import { printableLine } from './printable.ts'
import type { Styles } from './printer.ts'
import { columnsOf, shorten } from './shorten.ts'
import { timeSpan } from './time-span.ts'

const titles = ['RUN', 'WORKFLOW', 'STATUS', 'STARTED', 'LAST EVENT', 'WAITS']
const statusColumn = 2

/** Runs as a table. @param now epoch milliseconds @param columns how many a line may take; undefined for lines in full */
export function runTable(
  runs: readonly ListedRun[],
  now: number,
  styles: Styles,
  columns: number | undefined,
): readonly string[] {
  const rows = runs.map(({ runId, workflowId, status, startedAt, lastEvent, waits }) => [
    printableLine(runId),
    printableLine(workflowId),
    status,
    dateText(startedAt),
    `${timeSpan(now - lastEvent.at.getTime())} ago`,
    waits.map(printableLine).join(' '),
  ])
  const widths = titles.map((_title, column) =>
    Math.max(...[titles, ...rows].map((row) => columnsOf(row[column] ?? ''))),
  )
  return [titles, ...rows].map((row, at) => {
    const cells = row.map((cell, column) => `${cell}${' '.repeat((widths[column] ?? 0) - columnsOf(cell))}`)
    const line = cells.join('  ').trimEnd()
    const fitting = columns === undefined ? line : shorten(line, columns)
    if (at === 0) return styles.dim(fitting)
    const status = runs[at - 1]?.status
    const from = (widths[0] ?? 0) + (widths[1] ?? 0) + 4
    // Colours are put in last: a line is cut by what is seen of it.
    return status === undefined || columnsOf(fitting) < from + status.length
      ? fitting
      : `${fitting.slice(0, from)}${paintStatus(status, styles)}${fitting.slice(from + (row[statusColumn] ?? '').length)}`
  })
}

/** A status in its colour. */
export function paintStatus(status: StoredStatus, styles: Styles): string {
  const paint: Readonly<Record<StoredStatus, (text: string) => string>> = {
    running: styles.bold,
    awaiting: styles.cyan,
    completed: styles.green,
    failed: styles.red,
    cancelled: styles.yellow,
  }
  return paint[status](status)
}

/** `2026-11-21 13:10:12`, by the clock of this place. */
export function dateText(date: Date): string {
  const day = [date.getFullYear(), digits(date.getMonth() + 1), digits(date.getDate())].join('-')
  return `${day} ${timeText(date)}`
}

/** `13:10:12`, by the clock of this place. */
export function timeText(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => digits(part)).join(':')
}

function digits(value: number): string {
  return String(value).padStart(2, '0')
}
