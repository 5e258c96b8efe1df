import type { Goal } from './cases/contract.ts'
import { toText, toWholeText } from './numbers.ts'
import type { ResultLine } from './result.ts'

interface Bound {
  readonly text: string
  readonly isMet: boolean
  /** By which factor the bound was passed or missed. */
  readonly factor: number
}

/** What Heddle was to reach in one case and whether it did; an empty text where there is no goal. */
export function judge(goal: Goal | undefined, line: ResultLine | undefined): string {
  if (goal === undefined || line?.medianMs === undefined) return ''
  return boundsOf(goal, line)
    .map(({ text, isMet, factor }) => (isMet ? `${text}: met` : `${text}: missed by ${toText((factor - 1) * 100)} %`))
    .join('; ')
}

function boundsOf(goal: Goal, line: ResultLine): Bound[] {
  const { medianMs = Number.NaN, maxMs, perNodeUs, keptHeapMb, ratioToFloor, firstCallRssMb } = line
  const bounds: Bound[] = []
  const atMost = (limit: number | undefined, value: number | undefined, unit: string): void => {
    if (limit === undefined || value === undefined) return
    bounds.push({ text: `≤ ${limit.toLocaleString('en-US')} ${unit}`, isMet: value <= limit, factor: value / limit })
  }
  atMost(goal.medianMs, medianMs, 'ms')
  atMost(goal.maxMs, maxMs, 'ms each time')
  atMost(goal.perNodeUs, perNodeUs, 'µs a node')
  atMost(goal.peakRssMb, firstCallRssMb, 'MB for one run in a fresh process')
  atMost(goal.keptHeapMb, keptHeapMb, 'MB kept')
  atMost(goal.ratioToFloor, ratioToFloor, '× the floor')
  if (goal.runsPerSecond !== undefined) {
    const factor = (goal.runsPerSecond * medianMs) / 1000
    bounds.push({ text: `≥ ${toWholeText(goal.runsPerSecond)} runs/s`, isMet: factor <= 1, factor })
  }
  return bounds
}
