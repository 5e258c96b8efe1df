import { scaleLinear } from 'd3-scale'
import { bottomAxis, type Area } from './axes.ts'
import { count, duration } from './quantities.ts'
import type { RunRow, Span } from './run-rows.ts'
import { drawing, hint, label, tag } from './svg.ts'

const width = 1000
const laneHeight = 12
const smallestBar = 2.5 // what took no time can be seen too

/** When each node ran, attempt by attempt. */
export function timeline(rows: readonly RunRow[], runMs: number): string {
  const laid = layRows(rows)
  const bottom = laid.at(-1)?.bottom ?? 0
  const area: Area = { left: 150, right: 790, top: 8, bottom }
  const x = scaleLinear([0, runMs], [area.left, area.right])
  const ticks = x.ticks(8).map((value) => ({ at: x(value), text: value === 0 ? '0' : duration(value) }))
  const grid = ticks.map(({ at }) => tag('line', { class: 'grid', x1: at, x2: at, y1: area.top, y2: area.bottom }))
  const drawn = laid.map(({ row, lanes, top, bottom: rowBottom }) => {
    const middle = (top + rowBottom) / 2 + 4
    const bars = row.spans.map((span, index) => bar(span, x, top + 7 + (lanes[index] ?? 0) * (laneHeight + 2)))
    return tag(
      'g',
      { class: `row ${row.status}` },
      tag('line', { class: 'row-line', x1: 0, x2: width, y1: rowBottom, y2: rowBottom }),
      label(0, middle, row.nodeId, { class: 'row-name' }),
      ...(row.status === 'skipped' ? [label(area.left + 6, middle, skipText(row), { class: 'tick' })] : bars),
      label(area.right + 16, middle, noteOf(row), { class: 'tick' }),
    )
  })
  return drawing(width, bottom + 26, 'Timeline of the run', ...grid, ...drawn, bottomAxis(area, ticks))
}

interface LaidRow {
  readonly row: RunRow
  /** Which lane each span lies in: spans of one row that overlap lie below each other. */
  readonly lanes: readonly number[]
  readonly top: number
  readonly bottom: number
}

function layRows(rows: readonly RunRow[]): LaidRow[] {
  let bottom = 8
  return rows.map((row) => {
    const lanes = lanesOf(row.spans)
    const top = bottom
    bottom = top + Math.max(26, (Math.max(0, ...lanes) + 1) * (laneHeight + 2) + 12)
    return { row, lanes, top, bottom }
  })
}

function lanesOf(spans: readonly Span[]): number[] {
  const ends: number[] = []
  return spans.map(({ fromMs, toMs }) => {
    const free = ends.findIndex((end) => end <= fromMs)
    const lane = free === -1 ? ends.length : free
    ends[lane] = toMs
    return lane
  })
}

function bar({ kind, fromMs, toMs, what }: Span, x: (ms: number) => number, y: number): string {
  const left = x(fromMs)
  const text = hint(`${what}: ${kind === 'pause' ? '' : `${kind} after `}${duration(toMs - fromMs)}`)
  if (kind === 'pause') {
    const middle = y + laneHeight / 2
    return tag('line', { class: 'bar pause', x1: left + 4, x2: x(toMs) - 2, y1: middle, y2: middle }, text)
  }
  const size = { width: Math.max(smallestBar, x(toMs) - left), height: laneHeight, rx: 2 }
  return tag('rect', { class: `bar ${kind}`, x: left, y, ...size }, text)
}

function skipText({ reason }: RunRow): string {
  if (reason?.type === 'cut-off') return `skipped: cut off by the failure of ${reason.by}`
  return reason?.type === 'not-chosen' ? 'skipped: the data led the other way' : 'skipped'
}

function noteOf({ status, attempts, rounds, items, durationMs }: RunRow): string {
  if (status === 'skipped') return '–'
  const facts = [
    duration(durationMs),
    ...(attempts > 1 ? [count(attempts, 'attempt')] : []),
    ...(rounds > 0 ? [count(rounds, 'round')] : []),
    ...(items > 0 ? [count(items, 'item')] : []),
    ...(status === 'completed' ? [] : [status]),
  ]
  return facts.join(' · ')
}
