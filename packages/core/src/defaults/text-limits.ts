import { HeddleError } from '../errors/heddle-error.ts'

/** Bounds of a text of JSON. */
export interface TextLimits {
  /** In bytes of UTF-8. */
  readonly maxBytes: number
  /** Open brackets at any point; not checked without it. */
  readonly maxNesting?: number
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Checks the size and the nesting of a JSON text without parsing it.
 *
 * @throws HeddleError `LIMIT_EXCEEDED`
 */
export function checkText(text: string, { maxBytes, maxNesting }: TextLimits): void {
  // A UTF-16 unit takes one to three bytes, so only lengths between need counting.
  if (text.length > maxBytes || (text.length * 3 > maxBytes && utf8Length(text) > maxBytes)) {
    throw limitExceeded(
      'maxBytes',
      maxBytes,
      `The text has ${utf8Length(text)} bytes, and ${maxBytes} are allowed (maxBytes). Store large values aside and hand on where they lie.`,
    )
  }
  if (maxNesting !== undefined && nestsDeeperThan(text, maxNesting)) {
    throw limitExceeded('maxNesting', maxNesting, `The text is nested deeper than ${maxNesting} brackets.`)
  }
}

/** Bytes of a text in UTF-8; a lone surrogate counts as the three bytes of its replacement. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    // A pair of surrogates is two units and four bytes: one more for each.
    const isSurrogateOfPair = unit >= 0xd8_00 && unit <= 0xdf_ff && (text.codePointAt(at) as number) > 0xff_ff
    if (isSurrogateOfPair) at++
    bytes += unit < 0x8_00 ? 1 : 2
  }
  return bytes
}

function nestsDeeperThan(text: string, maxNesting: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === quote) at = endOfString(text, at)
    else if (unit === openBracket || unit === openBrace) {
      if (++depth > maxNesting) return true
    } else if (unit === closeBracket || unit === closeBrace) depth--
  }
  return false
}

/** Where the string that begins at a quote ends: at the next quote that is not escaped. */
function endOfString(text: string, start: number): number {
  let at = start
  for (;;) {
    at = text.indexOf('"', at + 1)
    if (at === -1) return text.length
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return at
  }
}

function limitExceeded(limit: string, value: number, message: string): HeddleError {
  return new HeddleError('LIMIT_EXCEEDED', message, { details: { limit, [limit]: value } })
}
