import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { bottomAxis, leftAxis, type Area } from './axes.ts'
import { drawing, hint, label, tag } from './svg.ts'

const width = 1000
const area: Area = { left: 52, right: 990, top: 34, bottom: 150 }

/** How far the centres moved in each round of the loop, and the threshold that ended it. */
export function convergenceChart(shifts: readonly number[], threshold: number): string {
  const least = Math.min(threshold, ...shifts.filter((shift) => shift > 0)) / 4
  const x = scaleLinear([1, Math.max(2, shifts.length)], [area.left + 8, area.right - 8])
  const y = scaleLog([least, Math.max(...shifts) * 1.5], [area.bottom, area.top]).clamp(true) // zero lies on the axis
  const path = line<number>(
    (_, index) => x(index + 1),
    (shift) => y(Math.max(shift, least)),
  ).digits(1)(shifts)
  const points = shifts.map((shift, index) => {
    const place = { cx: x(index + 1), cy: y(Math.max(shift, least)), r: 4 }
    const className = shift < threshold ? 'settled dot' : 'accent dot'
    return tag('circle', { class: className, ...place }, hint(`round ${index + 1}: ${shift.toFixed(4)}`))
  })
  const last = shifts.at(-1) ?? 0
  const end = { class: 'tick', 'text-anchor': 'end' }
  return drawing(
    width,
    196,
    `Movement of the centres by round; the loop ended after ${shifts.length} rounds`,
    leftAxis(area, decades(y.ticks(), y), 'largest movement of a centre, standard deviations (logarithmic)'),
    tag('line', { class: 'threshold', x1: area.left, x2: area.right, y1: y(threshold), y2: y(threshold) }),
    label(area.left + 6, y(threshold) - 6, `the loop ends below ${threshold}`, { class: 'tick' }),
    tag('path', { class: 'accent-line', d: path ?? '' }),
    ...points,
    label(area.right - 26, area.bottom - 5, last === 0 ? 'no movement' : last.toFixed(4), end),
    bottomAxis(area, rounds(x.ticks(Math.min(12, shifts.length)), x), 'round of the loop'),
  )
}

/** The powers of ten among the values. */
function decades(values: readonly number[], y: (value: number) => number): { at: number; text: string }[] {
  return values
    .filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6)
    .map((value) => ({ at: y(value), text: String(value) }))
}

function rounds(values: readonly number[], x: (value: number) => number): { at: number; text: string }[] {
  return values.filter(Number.isInteger).map((value) => ({ at: x(value), text: String(value) }))
}
