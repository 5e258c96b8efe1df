import type { ISerializer } from '../../ports/serializer.ts'

/** No serializer makes more bytes than this of one character: `\u0000`. */
const maxBytesPerCharacter = 6

/** Room for the quotes around a text, and for what a serializer writes beside a number. */
const bytesBeside = 100

/** Longer texts are looked at, whatever the limit is. */
const maxSmallText = 1000

/**
 * The check that a value can be stored. Most values are numbers and short texts: those need no look by the serializer.
 *
 * @returns throws what the serializer throws
 */
export function valueCheck(serializer: ISerializer): (value: unknown) => void {
  const check = (value: unknown): void => {
    if (serializer.check === undefined) serializer.serialize(value)
    else serializer.check(value)
  }
  const { maxBytes = Infinity } = serializer
  const smallText = Math.min(maxSmallText, Math.floor((maxBytes - bytesBeside) / maxBytesPerCharacter))
  if (smallText < 0) return check
  return (value) => {
    if (value === undefined || typeof value === 'number' || value === null || typeof value === 'boolean') return
    if (typeof value !== 'string' || value.length > smallText) check(value)
  }
}
