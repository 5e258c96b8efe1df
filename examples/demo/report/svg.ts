/** Attributes by name; one that is undefined is left out, numbers are rounded to hundredths. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

/** Text for HTML and SVG: nothing in it is taken for markup. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** An element of HTML or SVG as markup. Children are markup: wrap plain text in {@link escapeText}. */
export function tag(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escapeText(value ?? '')}"`)
  return `<${name}${written.join('')}>${children.join('')}</${name}>`
}

/** A line of text in a drawing. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return tag('text', { x, y, ...attributes }, escapeText(text))
}

/** What a pointer that rests on the parent element shows. */
export function hint(text: string): string {
  return tag('title', {}, escapeText(text))
}

/** A drawing that fills the width of its place; `description` is read out where it cannot be seen. */
export function drawing(width: number, height: number, description: string, ...content: readonly string[]): string {
  const viewBox = `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`
  return tag(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox, role: 'img', 'aria-label': description },
    ...content,
  )
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100)
}
