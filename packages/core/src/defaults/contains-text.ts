/** Up to this length the engine's own search is fast enough, whatever the text. */
const shortLength = 16

/**
 * Whether a text contains another, in time linear in both. The search of JavaScript may take the product of the two: minutes for
 * half a million letters in a million.
 */
export function containsText(text: string, part: string): boolean {
  if (part.length <= shortLength) return text.includes(part)
  const borders = bordersOf(part)
  let matched = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1] as number
    if (part.charCodeAt(matched) === unit && ++matched === part.length) return true
  }
  return false
}

/** For each beginning of a text: how long the longest shorter one is that it ends with (Knuth, Morris and Pratt). */
function bordersOf(part: string): Uint32Array {
  const borders = new Uint32Array(part.length)
  let border = 0
  for (let at = 1; at < part.length; at++) {
    const unit = part.charCodeAt(at)
    while (border > 0 && part.charCodeAt(border) !== unit) border = borders[border - 1] as number
    if (part.charCodeAt(border) === unit) border++
    borders[at] = border
  }
  return borders
}

/** Code points of a text; a surrogate that stands alone counts as one. */
export function countCodePoints(text: string): number {
  let count = text.length
  for (let at = 1; at < text.length; at++) {
    const isPair = (text.charCodeAt(at) & 0xfc_00) === 0xdc_00 && (text.charCodeAt(at - 1) & 0xfc_00) === 0xd8_00
    if (isPair) count--
  }
  return count
}
