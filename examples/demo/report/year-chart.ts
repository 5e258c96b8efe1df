import { scaleLinear } from 'd3-scale'
import type { YearStatistics } from '../statistics.ts'
import { bottomAxis, type Area } from './axes.ts'
import { signed } from './quantities.ts'
import { drawing, hint, label, tag } from './svg.ts'

const width = 480
const rowHeight = 44

/** Each year's departure from the normal as a point, with its 95 % interval as a line. */
export function yearChart(years: readonly YearStatistics[]): string {
  const area: Area = { left: 48, right: 380, top: 14, bottom: 14 + years.length * rowHeight }
  const ends = years.flatMap(({ interval }) => interval)
  const x = scaleLinear([Math.min(0, ...ends), Math.max(0, ...ends)], [area.left, area.right]).nice()
  const ticks = x.ticks(5).map((value) => ({ at: x(value), text: signed(value, 1) }))
  const grid = ticks.map(({ at }) => tag('line', { class: 'grid', x1: at, x2: at, y1: area.top, y2: area.bottom }))
  const rows = years.map(({ year, departureC, interval: [low, high] }, index) => {
    const y = area.top + (index + 0.5) * rowHeight
    return tag(
      'g',
      {},
      hint(`${year}: ${signed(departureC, 2)} °C, 95 % interval ${signed(low, 2)} to ${signed(high, 2)} °C`),
      label(0, y + 4, String(year), { class: 'row-name' }),
      tag('line', { class: 'interval', x1: x(low), x2: x(high), y1: y, y2: y }),
      tag('circle', { class: departureC < 0 ? 'cold dot' : 'warm dot', cx: x(departureC), cy: y, r: 6 }),
      label(width, y - 2, `${signed(departureC)} °C`, { class: 'value', 'text-anchor': 'end' }),
      label(width, y + 14, `${signed(low)} to ${signed(high)}`, { class: 'tick', 'text-anchor': 'end' }),
    )
  })
  return drawing(
    width,
    area.bottom + 46,
    'Mean departure of each year from the normal temperature, with 95 % intervals',
    ...grid,
    tag('line', { class: 'axis', x1: x(0), x2: x(0), y1: area.top, y2: area.bottom }),
    ...rows,
    bottomAxis(area, ticks, '°C above normal, 95 % interval'),
  )
}
