import { mean } from 'd3-array'
import { scaleLinear, scaleUtc } from 'd3-scale'
import { line } from 'd3-shape'
import type { Departure } from '../statistics.ts'
import { bottomAxis, leftAxis, type Area } from './axes.ts'
import { signed } from './quantities.ts'
import { drawing, tag } from './svg.ts'

const width = 1000
const area: Area = { left: 44, right: 990, top: 34, bottom: 270 }
const windowDays = 31

/** How much warmer or colder than normal each day was: a stroke a day, and the mean of the 31 days around it as a line. */
export function departureChart(days: readonly Departure[]): string {
  const dates = days.map(({ date }) => new Date(date))
  const first = dates[0] ?? new Date(0)
  const last = dates.at(-1) ?? first
  const largest = Math.max(...days.map(({ departureC }) => Math.abs(departureC)))
  const x = scaleUtc([first, last], [area.left, area.right])
  const y = scaleLinear([-largest, largest], [area.bottom, area.top]).nice()
  const zero = y(0)
  const strokes = (isWarm: boolean): string =>
    days
      .flatMap(({ departureC }, index) =>
        departureC >= 0 === isWarm
          ? [`M${x(dates[index] ?? first).toFixed(1)} ${zero}V${y(departureC).toFixed(1)}`]
          : [],
      )
      .join('')
  const around = runningMean(days.map(({ departureC }) => departureC))
  const smooth =
    line<number>(
      (_, index) => x(dates[index] ?? first),
      (value) => y(value),
    ).digits(1)(around) ?? ''
  const years = x.ticks(4).map((date) => ({ at: x(date), text: `Jan ${date.getUTCFullYear()}` }))
  return drawing(
    width,
    300,
    `Daily departure from the normal temperature in degrees Celsius, ${days[0]?.date ?? ''} to ${days.at(-1)?.date ?? ''}`,
    leftAxis(
      area,
      y.ticks(7).map((value) => ({ at: y(value), text: signed(value, 0) })),
      '°C warmer (+) or colder (−) than normal',
    ),
    tag('path', { class: 'warm stroke', d: strokes(true) }),
    tag('path', { class: 'cold stroke', d: strokes(false) }),
    tag('line', { class: 'axis', x1: area.left, x2: area.right, y1: zero, y2: zero }),
    tag('path', { class: 'mean-line', d: smooth }),
    bottomAxis(
      area,
      years.filter(({ at }) => at < area.right - 20),
    ),
  )
}

/** The mean of the days around each day; of fewer at both ends. */
function runningMean(values: readonly number[]): number[] {
  const half = Math.floor(windowDays / 2)
  return values.map((_, index) => mean(values.slice(Math.max(0, index - half), index + half + 1)) ?? 0)
}
