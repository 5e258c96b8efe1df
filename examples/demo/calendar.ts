import type { Day } from './read-data.ts'

const dayMs = 86_400_000

/** The day after `2012-02-28`: `2012-02-29`. */
function nextDate(date: string): string {
  return new Date(Date.parse(date) + dayMs).toISOString().slice(0, 10)
}

/** The dates between the first and the last day that have no row. The days are in order. */
export function missingDates(days: readonly Day[]): string[] {
  const known = new Set(days.map(({ date }) => date))
  const last = days.at(-1)?.date ?? ''
  const missing: string[] = []
  for (let date = days[0]?.date ?? ''; date < last; date = nextDate(date)) if (!known.has(date)) missing.push(date)
  return missing
}

/** The same days with the gaps between them filled on a straight line; no rain is made up. */
export function fillGaps(days: readonly Day[]): Day[] {
  const filled: Day[] = []
  for (const [index, day] of days.entries()) {
    filled.push(day)
    const next = days[index + 1]
    if (next === undefined) break
    const steps = Math.round((Date.parse(next.date) - Date.parse(day.date)) / dayMs)
    let { date } = day
    for (let step = 1; step < steps; step += 1) {
      date = nextDate(date)
      filled.push(between(day, next, step / steps, date))
    }
  }
  return filled
}

function between(a: Day, b: Day, share: number, date: string): Day {
  const blend = (from: number, to: number): number => from + (to - from) * share
  return {
    date,
    highC: blend(a.highC, b.highC),
    lowC: blend(a.lowC, b.lowC),
    meanC: blend(a.meanC, b.meanC),
    rainMm: 0,
  }
}
