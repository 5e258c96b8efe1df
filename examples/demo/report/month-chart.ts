import { scaleBand, scaleLinear } from 'd3-scale'
import type { MonthStatistics } from '../statistics.ts'
import { bottomAxis, leftAxis, legend, type Area } from './axes.ts'
import { monthNames, whole } from './quantities.ts'
import { drawing, hint, tag } from './svg.ts'

const width = 480
const area: Area = { left: 40, right: 474, top: 34, bottom: 190 }

/** Rain by month: the mean of the years as a bar, each year as a point. */
export function monthChart(months: readonly MonthStatistics[]): string {
  const years = [...new Set(months.flatMap(({ rainByYear }) => rainByYear.map(({ year }) => year)))].sort(
    (a, b) => a - b,
  )
  const highest = Math.max(...months.flatMap(({ rainByYear }) => rainByYear.map(({ rainMm }) => rainMm)))
  const x = scaleBand(
    months.map(({ month }) => month),
    [area.left, area.right],
  ).padding(0.25)
  const y = scaleLinear([0, highest], [area.bottom, area.top]).nice(5)
  const bars = months.map(({ month, meanRainMm, rainByYear }) => {
    const left = x(month) ?? 0
    const name = monthNames[month] ?? ''
    const points = rainByYear.map(({ year, rainMm }) =>
      tag(
        'circle',
        { class: `year-${years.indexOf(year) % 4} dot`, cx: left + x.bandwidth() / 2, cy: y(rainMm), r: 3.5 },
        hint(`${name} ${year}: ${whole(rainMm)} mm`),
      ),
    )
    const bar = { class: 'rain', x: left, y: y(meanRainMm), width: x.bandwidth(), height: area.bottom - y(meanRainMm) }
    return tag('rect', bar, hint(`${name}, mean: ${whole(meanRainMm)} mm`)) + points.join('')
  })
  const names = months.map(({ month }) => ({ at: (x(month) ?? 0) + x.bandwidth() / 2, text: monthNames[month] ?? '' }))
  return (
    legend([
      { className: 'rain', text: 'mean of the years' },
      ...years.map((year, index) => ({ className: `year-${index % 4} round`, text: String(year) })),
    ]) +
    drawing(
      width,
      218,
      'Rain by calendar month in millimetres',
      leftAxis(
        area,
        y.ticks(5).map((value) => ({ at: y(value), text: whole(value) })),
        'mm of rain in the month',
      ),
      ...bars,
      bottomAxis(area, names),
    )
  )
}
