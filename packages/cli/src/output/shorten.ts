/** Characters that take two columns of a terminal. An approximation: the live view wraps what turns out longer. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u

const widthOf = (character: string): number => (wide.test(character) ? 2 : 1)

/** Columns that a text without control characters takes. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/** The text in at most `columns` columns; if it is cut, its end is an ellipsis. */
export function shorten(text: string, columns: number): string {
  if (text.length * 2 <= columns || columnsOf(text) <= columns) return text
  let kept = ''
  let left = columns - 1
  for (const character of text) {
    left -= widthOf(character)
    if (left < 0) break
    kept += character
  }
  return columns < 1 ? '' : `${kept}…`
}
