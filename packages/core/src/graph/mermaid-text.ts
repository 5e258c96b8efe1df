/** How many characters of a label are drawn. */
const maxLength = 80

/** Everything else could end the quotes, begin markup, a comment or an entity, or is not printable. */
const unsafe = /[^\p{L}\p{N} _.,:/=+\-'?!]/gu

/** Text between quotes in a Mermaid diagram, quotes included. Unsafe characters are written as entities (`#34;`). */
export function mermaidLabel(...lines: readonly string[]): string {
  return `"${lines.map(escapeLine).join('<br/>')}"`
}

function escapeLine(line: string): string {
  const characters = Array.from(line.replaceAll(/\s+/gu, ' ').trim())
  const shown = characters.length > maxLength ? [...characters.slice(0, maxLength - 1), '…'] : characters
  const escaped = shown.join('').replaceAll(unsafe, (character) => `#${character.codePointAt(0) ?? 32};`)
  // A label that is empty is a syntax error.
  return escaped === '' ? ' ' : escaped
}
