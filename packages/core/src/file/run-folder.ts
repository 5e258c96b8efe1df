import { checkId } from '../graph/ids.ts'

/**
 * The folder of a run is named after it so that every file system keeps two runs apart, also one that does not tell `A` from `a`, drops
 * a dot at the end or keeps `con` for itself: in small letters, with `+` for a dot, and, after `=`, the capitals as a hexadecimal number
 * with one bit a character, the first one lowest. `Order.7` is `order+7=1`.
 */

/** Names that Windows keeps for devices. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/u
const capital = /[A-Z]/u

/** The name of a run's folder. */
export function folderName(runId: string): string {
  const small = runId.toLowerCase().replaceAll('.', '+')
  let capitals = 0n
  if (capital.test(runId)) {
    for (let at = 0; at < runId.length; at++) if (capital.test(runId.charAt(at))) capitals |= 1n << BigInt(at)
  }
  return capitals === 0n && !reserved.test(small) ? small : `${small}=${capitals.toString(16)}`
}

/** The run whose folder has this name; `undefined` if it is none of ours. */
export function runIdOf(name: string): string | undefined {
  const [, small = '', capitals = '0'] = /^([a-z0-9_+-]+)(?:=([0-9a-f]+))?$/u.exec(name) ?? []
  const bits = BigInt(`0x${capitals}`)
  let runId = ''
  for (const letter of small.replaceAll('+', '.')) {
    runId += (bits >> BigInt(runId.length)) % 2n === 1n ? letter.toUpperCase() : letter
  }
  return checkId(runId) === undefined && folderName(runId) === name ? runId : undefined
}
