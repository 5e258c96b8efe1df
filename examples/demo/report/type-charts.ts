import { scaleBand, scaleLinear } from 'd3-scale'
import type { WeatherTypes } from '../weather-types.ts'
import { bottomAxis, leftAxis, legend, type Area } from './axes.ts'
import { monthNames } from './quantities.ts'
import { drawing, hint, tag } from './svg.ts'

const width = 480
const height = 262
const area: Area = { left: 40, right: 468, top: 34, bottom: 216 }

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
      x.ticks(7).map((value) => ({ at: x(value), text: signedBelowZero(value) })),
      'mean temperature of the day, °C',
    ),
  )
}

function signedBelowZero(value: number): string {
  return value < 0 ? `−${-value}` : String(value)
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
