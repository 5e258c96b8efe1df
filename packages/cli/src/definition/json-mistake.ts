import { parse } from '@humanwhocodes/momoa'

/** Where a text stops being JSON, and why. */
export interface JsonMistake {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
  /** As `Expected ',' or '}' after property value`. */
  readonly reason: string
  /** The place in its line, and a second line with a caret below it. */
  readonly excerpt: readonly [string, string]
}

/** How much of a line is shown on each side of the mistake. */
const excerptReach = 30

/** Explains why `JSON.parse` refused a text. The words are V8's; the place is too where V8 says one. */
export function explainJsonMistake(text: string, thrown: unknown): JsonMistake {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const offset = Math.min(offsetOf(text, message), text.length)
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const lineEnd = text.indexOf('\n', offset)
  const column = offset - lineStart
  const from = Math.max(lineStart, offset - excerptReach)
  const shown = text.slice(from, Math.min(lineEnd === -1 ? text.length : lineEnd, offset + excerptReach))
  return {
    line: text.slice(0, lineStart).split('\n').length,
    column: column + 1,
    reason: reasonOf(message),
    excerpt: [shown.replaceAll(/\s/gu, ' '), `${' '.repeat(offset - from)}^`],
  }
}

function offsetOf(text: string, message: string): number {
  const position = /at position (\d+)/u.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  if (message.includes('end of JSON input')) return text.trimEnd().length
  try {
    parse(text, { mode: 'json' })
    return 0
  } catch (error) {
    const offset = error instanceof Error && 'offset' in error && typeof error.offset === 'number' ? error.offset : 0
    return offset + spelled(text, offset)
  }
}

/** How far a text goes on like `true`, `false` or `null`: V8 names the first character that is another one. */
function spelled(text: string, offset: number): number {
  const word = ['true', 'false', 'null'].find((one) => text.startsWith(one.charAt(0), offset)) ?? ''
  let length = 0
  while (length < word.length && text[offset + length] === word[length]) length++
  return length === word.length ? 0 : length
}

/** The message without its place and without the text that it repeats. */
function reasonOf(message: string): string {
  return message
    .replace(/ in JSON at position .*$/su, '')
    .replace(/ at position .*$/su, '')
    .replace(/, (?:\.\.\.)?".*is not valid JSON$/su, '')
}
