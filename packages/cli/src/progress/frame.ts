import { columnsOf, shorten } from '../output/shorten.ts'
import { printableLine } from '../output/printable.ts'
import type { Styles } from '../output/printer.ts'
import { timeSpan } from '../output/time-span.ts'
import type { ActiveNode, RunProgress } from './run-progress.ts'

/** What a frame is drawn for. */
export interface FrameOptions {
  /** What runs. */
  readonly title: string
  /** Epoch milliseconds. */
  readonly now: number
  readonly columns: number
  readonly rows: number
  readonly styles: Styles
  /** Counts the frames: turns the wheel. */
  readonly turn: number
  /** Whether a cancel is under way. */
  readonly isEnding: boolean
}

type Part = readonly [text: string, paint: (text: string) => string]

const wheel = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** At most this many nodes under way are named, however high the terminal is. */
const maxActive = 12

/** The live view at one moment: a line of counts, then a line for each node under way. No line is longer than the terminal. */
export function drawFrame(progress: RunProgress, options: FrameOptions): string {
  const { columns, rows, styles, now } = options
  const active = progress.activeNodes()
  const room = Math.max(0, Math.min(maxActive, rows - 3))
  const shown = active.length > room ? active.slice(0, Math.max(0, room - 1)) : active
  const lines = [headLine(progress, options), ...shown.map((node) => nodeLine(node, now, styles))]
  if (active.length > shown.length && room > 0) {
    lines.push([[`  … and ${active.length - shown.length} more under way`, styles.dim]])
  }
  return lines.map((parts) => fit(parts, columns)).join('\n')
}

function headLine(progress: RunProgress, { title, now, styles, turn, isEnding }: FrameOptions): readonly Part[] {
  const { completed, handled, failed, skipped, running, retrying, waiting, cancelled } = progress.counts()
  const count = (number: number, what: string, paint: Part[1]): readonly Part[] =>
    number === 0
      ? []
      : [
          [' · ', styles.dim],
          [`${number} ${what}`, paint],
        ]
  const { settled, total, startedAt = now } = progress
  return [
    [`${wheel[turn % wheel.length] ?? ''} `, styles.cyan],
    [`${settled}/${total} `, styles.bold],
    [printableLine(title), styles.bold],
    [` ${timeSpan(now - startedAt)}`, styles.dim],
    ...(isEnding ? ([[' · cancelling', styles.yellow]] as const) : []),
    ...count(running, 'running', styles.cyan),
    ...count(completed, 'completed', styles.green),
    ...count(failed, 'failed', styles.red),
    ...count(handled, 'failed and handled', styles.yellow),
    ...count(retrying, 'retrying', styles.yellow),
    ...count(waiting, 'waiting', styles.cyan),
    ...count(skipped, 'skipped', styles.dim),
    ...count(cancelled, 'cancelled', styles.yellow),
  ]
}

function nodeLine(node: ActiveNode, now: number, styles: Styles): readonly Part[] {
  const { key, standing, since, attempt, fraction, message, items } = node
  const symbols = { running: '▸', waiting: '◦', retrying: '↻' }
  const share = items === undefined ? fraction : items.count === 0 ? 1 : items.settled / items.count
  return [
    [`  ${symbols[standing]} `, standing === 'retrying' ? styles.yellow : styles.cyan],
    [key, styles.reset],
    [` ${timeSpan(now - since)}`, styles.dim],
    ...(standing === 'running' ? [] : ([[` ${standing}`, styles.yellow]] as const)),
    ...(attempt > 1 ? ([[` attempt ${attempt}`, styles.yellow]] as const) : []),
    ...(share === undefined ? [] : ([[` ${percent(share)}`, styles.cyan]] as const)),
    ...(items === undefined ? [] : ([[` ${items.settled} of ${items.count} items`, styles.dim]] as const)),
    ...(message === undefined ? [] : ([[` ${printableLine(message)}`, styles.dim]] as const)),
  ]
}

function percent(share: number): string {
  const whole = Number.isFinite(share) ? Math.round(Math.min(1, Math.max(0, share)) * 100) : 0
  return `${whole} %`
}

/** The parts on one line of at most `columns` columns, each painted after it was cut. */
function fit(parts: readonly Part[], columns: number): string {
  let left = columns
  let line = ''
  for (const [text, paint] of parts) {
    if (left <= 0) break
    const shown = shorten(text, left)
    line += paint(shown)
    left -= columnsOf(shown)
    if (shown !== text) break
  }
  return line
}
