/** One line of a chart. */
export interface Series {
  readonly name: string
  readonly colour: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

/** What stands around the lines. */
export interface ChartText {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
}

const width = 720
const height = 420
const plot = { left: 76, right: 600, top: 48, bottom: 364 }

/** Lines over two logarithmic axes, as the text of an SVG file. */
export function logLogChart({ title, xLabel, yLabel }: ChartText, series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points)
  const xs = decades(points.map(({ x }) => x))
  const ys = decades(points.map(({ y }) => y))
  const placeX = scale(xs, plot.left, plot.right)
  const placeY = scale(ys, plot.bottom, plot.top)
  const parts = [
    ...xs.map((x) => line(placeX(x), plot.top, placeX(x), plot.bottom)),
    ...ys.map((y) => line(plot.left, placeY(y), plot.right, placeY(y))),
    ...xs.map((x) => text(placeX(x), plot.bottom + 20, x.toLocaleString('en-US'), 'middle')),
    ...ys.map((y) => text(plot.left - 8, placeY(y) + 4, y.toLocaleString('en-US'), 'end')),
    text((plot.left + plot.right) / 2, height - 14, xLabel, 'middle'),
    text(plot.left, plot.top - 10, yLabel, 'start'),
    ...series.map((one) => curve(one, placeX, placeY)),
  ]
  return picture(title, height, parts)
}

/** One bar of a chart. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly text: string
  readonly colour: string
}

/** Bars to the right over a logarithmic axis, in groups with a heading, as the text of an SVG file. */
export function logBars(
  title: string,
  groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[],
): string {
  const top = 40
  const rowHeight = 18
  const from = 110
  const values = decades(groups.flatMap(({ bars }) => bars.map(({ value }) => value)))
  const place = scale(values, from, width - 90)
  const parts: string[] = []
  let y = top
  for (const { name, bars } of groups) {
    y += 12
    parts.push(text(10, y + 12, name, 'start', 'font-weight="bold"'))
    y += rowHeight
    for (const { label, value, text: shown, colour } of bars) {
      const end = Math.max(place(value), from + 1)
      parts.push(
        text(from - 8, y + 12, label, 'end'),
        `<rect x="${from}" y="${y + 2}" width="${round(end - from)}" height="${rowHeight - 5}" fill="${colour}"/>`,
        text(end + 6, y + 12, shown, 'start'),
      )
      y += rowHeight
    }
  }
  return picture(title, y + 16, parts)
}

/** Powers of ten around the values: at least two. */
function decades(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)) + 1e-9)
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`))
}

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.log10(ticks[0] ?? 1)
  const high = Math.log10(ticks[ticks.length - 1] ?? 10)
  return (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from)
}

function curve({ name, colour, points }: Series, placeX: (x: number) => number, placeY: (y: number) => number): string {
  const places = points.map(({ x, y }) => [round(placeX(x)), round(placeY(y))] as const)
  const [lastX = 0, lastY = 0] = places[places.length - 1] ?? []
  return [
    `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`),
    text(lastX + 9, lastY + 4, name, 'start', `fill="${colour}" font-weight="bold"`),
  ].join('\n')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#ddd"/>`
}

function text(x: number, y: number, content: string, anchor: string, more = 'fill="#333"'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" ${more}>${escape(content)}</text>`
}

function escape(content: string): string {
  return content
    .replaceAll('`', '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function picture(title: string, pictureHeight: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${pictureHeight}" width="${width}" height="${pictureHeight}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(10, 22, title, 'start', 'fill="#111" font-size="15" font-weight="bold"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}
