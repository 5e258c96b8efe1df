import { stripVTControlCharacters } from 'node:util'

/** Control characters other than line feed, and those that turn the direction of text: a terminal obeys them. */
const obeyed = /(?!\n)\p{Cc}|\p{Bidi_Control}/gu

/** Text from outside, of one or several lines, with nothing in it that a terminal would obey. Tabs become blanks. */
export function printableText(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replaceAll('\t', '  ').replaceAll(obeyed, '')
}

/** Text from outside on one line: line ends and runs of blanks become one blank each. */
export function printableLine(text: string): string {
  return printableText(text).replaceAll(/\s+/gu, ' ').trim()
}

/** What {@link onlyColours} lets through: text, and sequences that set colours and weights. */
const colour = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`, 'u')

/** The last barrier before a terminal: what is neither text nor a colour is dropped. */
export function onlyColours(text: string): string {
  return text
    .split(colour)
    .map((part, index) => (index % 2 === 1 ? part : printableText(part)))
    .join('')
}
