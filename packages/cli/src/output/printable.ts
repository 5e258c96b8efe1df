import { stripVTControlCharacters } from 'node:util'

/** Control characters other than line feed and tab, and those that turn the direction of text: a terminal obeys them. */
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text from outside, of one or several lines, with nothing in it that a terminal would obey. Tabs become blanks. */
export function printableText(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replaceAll('\t', '  ').replaceAll(obeyed, '')
}

/** Text from outside on one line: line ends and runs of blanks become one blank each. */
export function printableLine(text: string): string {
  return printableText(text).replaceAll(/\s+/gu, ' ').trim()
}

/** What {@link onlyColours} lets through: text, and sequences that set colours and weights. */
const colour = /(\u001b\[[\d;]*m)/u

/** The last barrier before a terminal: what is neither text nor a colour is dropped. */
export function onlyColours(text: string): string {
  return text
    .split(colour)
    .map((part, index) => (index % 2 === 1 ? part : printableText(part)))
    .join('')
}
