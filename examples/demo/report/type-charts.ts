import { scaleBand, scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import type { WeatherTypes } from '../weather-types.ts'
import { bottomAxis, leftAxis, legend, type Area } from './axes.ts'
import { monthNames } from './quantities.ts'
import { drawing, hint, label, tag } from './svg.ts'

const width = 480
const height = 262
const area: Area = { left: 40, right: 474, top: 34, bottom: 216 }

/** The kinds of day by colour. */
export function typeLegend({ types }: WeatherTypes): string {
  return legend(types.map(({ name }, index) => ({ className: `type-${index}`, text: name })))
}

/** Every day as a point: its temperature and how far it was from low to high, coloured by its kind. */
export function typeScatter({ typeOfDay }: WeatherTypes): string {
  const temperatures = typeOfDay.map(({ meanC }) => meanC)
  const x = scaleLinear([Math.min(...temperatures), Math.max(...temperatures)], [area.left, area.right]).nice()
  const y = scaleLinear([0, Math.max(...typeOfDay.map(({ rangeC }) => rangeC))], [area.bottom, area.top]).nice()
  const points = typeOfDay.map(({ meanC, rangeC, type }) =>
    tag('circle', { class: `type-${type} point`, cx: x(meanC), cy: y(rangeC), r: 2.2 }),
  )
  return drawing(
    width,
    height,
    'Days by mean temperature and daily range, coloured by kind',
    leftAxis(
      area,
      y.ticks(5).map((value) => ({ at: y(value), text: String(value) })),
      '°C from the day’s low to its high',
    ),
    ...points,
    bottomAxis(
      area,
      x.ticks(7).map((value) => ({ at: x(value), text: String(value) })),
      'mean temperature of the day, °C',
    ),
  )
}

/** How the days of each month divide into the kinds, in percent. */
export function typeCalendar({ types, typeOfDay }: WeatherTypes): string {
  const x = scaleBand(
    monthNames.map((_, month) => month),
    [area.left, area.right],
  ).padding(0.12)
  const y = scaleLinear([0, 1], [area.bottom, area.top])
  const bars = monthNames.flatMap((name, month) => {
    const days = typeOfDay.filter(({ date }) => Number(date.slice(5, 7)) - 1 === month)
    let below = 0
    return types.map((type, index) => {
      const share = days.length === 0 ? 0 : days.filter((day) => day.type === index).length / days.length
      const top = y(below + share)
      const bar = { class: `type-${index}`, x: x(month) ?? 0, y: top, width: x.bandwidth(), height: y(below) - top }
      below += share
      return tag('rect', bar, hint(`${name}: ${(share * 100).toFixed(0)} % ${type.name}`))
    })
  })
  return drawing(
    width,
    height,
    'Share of each kind of day by month',
    leftAxis(
      area,
      y.ticks(4).map((value) => ({ at: y(value), text: String(value * 100) })),
      '% of the days of the month',
    ),
    ...bars,
    bottomAxis(
      area,
      monthNames.map((name, month) => ({ at: (x(month) ?? 0) + x.bandwidth() / 2, text: name })),
      'all years together',
    ),
  )
}

/** How far the centres moved in each round of the loop, and the threshold that ended it. */
export function convergenceChart(shifts: readonly number[], threshold: number): string {
  const inner: Area = { left: 52, right: 990, top: 34, bottom: 150 }
  const least = Math.min(threshold, ...shifts.filter((shift) => shift > 0)) / 2
  const x = scaleLinear([1, Math.max(2, shifts.length)], [inner.left + 8, inner.right - 8])
  const y = scaleLog([least, Math.max(...shifts) * 1.5], [inner.bottom, inner.top]).clamp(true)
  const decades = y.ticks().filter((value) => Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6))
  const path =
    line<number>(
      (_, index) => x(index + 1),
      (shift) => y(Math.max(shift, least)),
    ).digits(1)(shifts) ?? ''
  const points = shifts.map((shift, index) =>
    tag(
      'circle',
      {
        class: shift < threshold ? 'settled dot' : 'accent dot',
        cx: x(index + 1),
        cy: y(Math.max(shift, least)),
        r: 4,
      },
      hint(`round ${index + 1}: ${shift.toFixed(4)}`),
    ),
  )
  return drawing(
    1000,
    196,
    `Movement of the centres by round; the loop ended after ${shifts.length} rounds`,
    leftAxis(
      inner,
      decades.map((value) => ({ at: y(value), text: String(value) })),
      'largest movement of a centre, standard deviations (logarithmic)',
    ),
    tag('line', { class: 'threshold', x1: inner.left, x2: inner.right, y1: y(threshold), y2: y(threshold) }),
    label(inner.left + 6, y(threshold) - 6, `the loop ends below ${threshold}`, { class: 'tick' }),
    tag('path', { class: 'accent-line', d: path }),
    ...points,
    bottomAxis(
      inner,
      x
        .ticks(Math.min(12, shifts.length))
        .filter(Number.isInteger)
        .map((value) => ({ at: x(value), text: String(value) })),
      'round of the loop',
    ),
  )
}
