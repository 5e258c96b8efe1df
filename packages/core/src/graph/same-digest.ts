/**
 * Whether two digests, as text, are the same. It looks at all characters whatever they are, so how long it takes tells nobody how many of
 * them were right.
 */
export function isSameDigest(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at % other.length)
  return difference === 0
}
