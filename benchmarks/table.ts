import type { Writable } from 'node:stream'
import { judge } from './goals.ts'
import type { Machine } from './machine.ts'
import { percentOver, toDuration, toRange, toText, toWholeText } from './numbers.ts'
import type { CaseResults, ResultLine } from './result.ts'

const widths = [11, 12, 21, 11, 9, 9]
const headings = ['engine', 'median', 'min – max', 'per node', 'peak RSS', '× floor']

/** What stands above the rows. */
export function printHead(out: Writable, machine: Machine, isQuick: boolean): void {
  const { cpu, memoryGb, system, node, date, loadBefore } = machine
  out.write(`${cpu}, ${memoryGb} GB, ${system}, Node ${node}, ${date}, load average ${loadBefore.toFixed(2)}\n`)
  out.write(`${Object.values(machine.versions).join(' · ')}\n`)
  out.write('A fresh process for each line, warmed up; median of at least 5 samples.\n')
  if (isQuick) out.write('Quick: not for quoting.\n')
  out.write(`\n${row(headings)}\n${'─'.repeat(widths.reduce((sum, width) => sum + width + 2, 2))}\n`)
}

/** The line above a case's rows. */
export function printTitle(out: Writable, { suite, id, title, idealMs }: Omit<CaseResults, 'lines'>): void {
  const ideal = idealMs === undefined ? '' : `, critical path ${toWholeText(idealMs)} ms`
  out.write(`${title}${ideal}  [${suite} ${id}]\n`)
}

/** One engine's row. */
export function printLine(out: Writable, shown: Omit<CaseResults, 'lines'>, line: ResultLine): void {
  const { suite, goal, n, idealMs } = shown
  const { engine, reason, medianMs, minMs = 0, maxMs = 0, perNodeUs = 0, peakRssMb = 0, ratioToFloor } = line
  if (medianMs === undefined) {
    out.write(`  ${engine.padEnd(widths[0] ?? 0)}  –  ${reason ?? ''}\n`)
    return
  }
  const cells = [
    engine,
    toDuration(medianMs),
    toRange(medianMs, minMs, maxMs),
    n > 1 && idealMs === undefined ? `${toText(perNodeUs)} µs` : '',
    `${toWholeText(peakRssMb)} MB`,
    ratioToFloor === undefined ? '' : toText(ratioToFloor),
  ]
  const notes = [
    suite === 'redis' && n > 1 ? `${toWholeText((n * 1000) / medianMs)} nodes/s` : '',
    goal?.runsPerSecond === undefined ? '' : `${toWholeText(1000 / medianMs)} runs/s`,
    line.keptHeapMb === undefined ? '' : `${toText(Math.max(0, line.keptHeapMb))} MB kept`,
    line.note ?? '',
    idealMs === undefined ? '' : `${percentOver(medianMs, idealMs)} over the critical path`,
  ]
  if (engine === 'heddle') notes.push(judge(goal, line))
  if (line.isWrong === true) notes.push(`WRONG: ${reason ?? ''}`)
  out.write(`${row(cells)}  ${notes.filter((note) => note !== '').join('; ')}\n`)
}

function row(cells: readonly string[]): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0
    return column === 0 ? cell.padEnd(width) : cell.padStart(width)
  })
  return `  ${padded.join('  ')}`
}
