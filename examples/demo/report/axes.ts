import { escapeText, label, tag } from './svg.ts'

/** A mark of an axis: where it is, in the units of the drawing, and what stands there. */
export interface Tick {
  readonly at: number
  readonly text: string
}

/** The part of a drawing that the data fill. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Lines across the area with their values at the left, and what they count, with its unit, above. */
export function leftAxis({ left, right, top }: Area, ticks: readonly Tick[], title: string): string {
  const lines = ticks.flatMap(({ at, text }) => [
    tag('line', { class: 'grid', x1: left, x2: right, y1: at, y2: at }),
    label(left - 8, at + 4, text, { class: 'tick', 'text-anchor': 'end' }),
  ])
  return tag('g', {}, ...lines, label(0, top - 12, title, { class: 'axis-title' }))
}

/** A line under the area, values below it, and what they count, with its unit, at the right end. */
export function bottomAxis({ left, right, bottom }: Area, ticks: readonly Tick[], title = ''): string {
  const marks = ticks.map(({ at, text }) => label(at, bottom + 18, text, { class: 'tick', 'text-anchor': 'middle' }))
  return tag(
    'g',
    {},
    tag('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    ...marks,
    ...(title === '' ? [] : [label(right, bottom + 38, title, { class: 'axis-title', 'text-anchor': 'end' })]),
  )
}

/** Names of colours, as a line of text above a chart. */
export function legend(entries: readonly { readonly className: string; readonly text: string }[]): string {
  const items = entries.map(({ className, text }) =>
    tag('li', {}, tag('span', { class: `swatch ${className}` }), escapeText(text)),
  )
  return tag('ul', { class: 'legend' }, ...items)
}
