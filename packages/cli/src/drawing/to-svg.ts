import type { DrawnEdge, DrawnNode, Layout, Point } from './layout.ts'

/** Fill and outline by kind of node; the text is dark. A filled node can be read on any ground. */
const nodeColours: Readonly<Record<DrawnNode['kind'], readonly [fill: string, outline: string]>> = {
  task: ['#e8f0fe', '#4a78c8'],
  map: ['#e6f4ea', '#3c8a56'],
  subflow: ['#f1e8fd', '#8657c4'],
  wait: ['#fef3d7', '#b8860b'],
  sleep: ['#eceff3', '#6b7686'],
  fallback: ['#fdece4', '#c26a3a'],
  ghost: ['#fde7e7', '#c53b3b'],
}

/** Middle tones: as far from white as from black. */
const edgeColours: Readonly<Record<DrawnEdge['kind'], string>> = {
  plain: '#7d8797',
  back: '#7d8797',
  error: '#d0605a',
  fallback: '#c27a50',
}

const style = [
  'text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#1b2738;text-anchor:middle;dominant-baseline:central}',
  '.id{font-weight:600}.small{font-size:12px;fill:#4a5567}.label{font-size:12px}',
  '.edge{fill:none;stroke-width:1.6}',
].join('')

/**
 * Draws a layout as an SVG document that stands by itself and can be read on a dark and on a light ground: nodes and labels bring
 * their own, lines are of a middle tone.
 */
export function toSvg({ title, width, height, nodes, edges }: Layout): string {
  const size = `width="${Math.max(width, 32)}" height="${Math.max(height, 32)}" viewBox="0 0 ${Math.max(width, 32)} ${Math.max(height, 32)}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    `<defs>${Object.entries(edgeColours)
      .map(([kind, colour]) => arrowHead(kind, colour))
      .join('')}</defs>`,
    ...edges.map(drawEdge),
    ...nodes.map(drawNode),
    ...edges.map(drawLabel),
    '</svg>',
    '',
  ].join('\n')
}

function arrowHead(kind: string, colour: string): string {
  const marker = 'viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"'
  return `<marker id="arrow-${kind}" ${marker}><path d="M0 0L10 5L0 10z" fill="${colour}"/></marker>`
}

function drawNode({ x, y, width, height, lines, title, kind }: DrawnNode): string {
  const [fill, outline] = nodeColours[kind]
  const round = kind === 'wait' || kind === 'sleep' ? height / 2 : 6
  const dashes = kind === 'fallback' || kind === 'ghost' ? ' stroke-dasharray="5 3"' : ''
  const box = (inset: number): string =>
    `<rect x="${number(x - width / 2 + inset)}" y="${number(y - height / 2 + inset)}" width="${number(width - 2 * inset)}" height="${number(height - 2 * inset)}" rx="${number(round)}" fill="${fill}" stroke="${outline}" stroke-width="1.4"${dashes}/>`
  const first = y - ((lines.length - 1) * 17) / 2
  const texts = lines.map((line, index) => drawText(line, x, first + index * 17, index === 0 ? 'id' : 'small'))
  return `<g><title>${escapeXml(title)}</title>${box(0)}${kind === 'subflow' ? box(3) : ''}${texts.join('')}</g>`
}

function drawEdge({ points, kind, title }: DrawnEdge): string {
  const dashes = kind === 'plain' || kind === 'error' ? '' : ' stroke-dasharray="5 4"'
  return `<g><title>${escapeXml(title)}</title><path class="edge" d="${pathOf(points)}" stroke="${edgeColours[kind]}" marker-end="url(#arrow-${kind})"${dashes}/></g>`
}

function drawLabel({ lines, labelAt, labelWidth, labelHeight, title, kind }: DrawnEdge): string {
  if (lines.length === 0) return ''
  const { x, y } = labelAt
  const ground = `<rect x="${number(x - labelWidth / 2)}" y="${number(y - labelHeight / 2)}" width="${labelWidth}" height="${labelHeight}" rx="4" fill="#f6f7f9" stroke="${edgeColours[kind]}" stroke-width="0.8"/>`
  const first = y - ((lines.length - 1) * 17) / 2
  const texts = lines.map((line, index) => drawText(line, x, first + index * 17, 'label'))
  return `<g><title>${escapeXml(title)}</title>${ground}${texts.join('')}</g>`
}

function drawText(text: string, x: number, y: number, className: string): string {
  return `<text class="${className}" x="${number(x)}" y="${number(y)}">${escapeXml(text)}</text>`
}

/** A way through points whose corners are rounded: curves run from the middle of one stretch to the middle of the next. */
function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.pop()
  if (first === undefined || last === undefined) return ''
  const curves = rest.map((point, index) => {
    const next = rest[index + 1] ?? last
    const end = index === rest.length - 1 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
    return `Q${place(point)} ${place(end)}`
  })
  return rest.length === 0 ? `M${place(first)}L${place(last)}` : `M${place(first)}${curves.join('')}`
}

function place({ x, y }: Point): string {
  return `${number(x)} ${number(y)}`
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for an XML document, without characters that XML forbids. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(/(?!\n)\p{Cc}|[\uFFFE\uFFFF]/gu, '')
    .replaceAll(/[&<>"']/gu, (character) => entities[character] ?? '')
}
