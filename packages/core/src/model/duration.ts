import { HeddleError } from '../errors/heddle-error.ts'

/**
 * A length of time for the builder: a number of milliseconds, or a number with a unit (`ms`, `s`, `m`, `h`, `d`, `w`).
 * A blueprint holds milliseconds only.
 */
export type Duration = number | `${number}${DurationUnit}`

/** The units of a {@link Duration}: milliseconds, seconds, minutes, hours, days, weeks. */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w'

const unitMs: Readonly<Record<DurationUnit, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Digits, perhaps a fraction, perhaps blanks, a unit. Short and without nested repetition, so hostile text costs nothing. */
const pattern = /^(?<amount>\d{1,15}(?:\.\d{1,9})?) {0,3}(?<unit>ms|s|m|h|d|w)$/u

/** 10,000 years: longer than any run, and far below the largest exact integer. */
const maxDurationMs = 10_000 * 366 * unitMs.d

/**
 * The whole milliseconds of a duration; fractions are rounded to the nearest one.
 *
 * @param what names the option in the message of the error, as in `timeout of node "fetch"`
 * @throws {HeddleError} `INVALID_OPTION` for anything that is not a finite length of time from 0 to 10,000 years: text without a
 *   number or with an unknown unit, a negative or infinite number, a value of another type
 * @example
 * ```ts
 * parseDuration('2s') // 2000
 * parseDuration('1.5h') // 5_400_000
 * parseDuration(250) // 250
 * ```
 */
export function parseDuration(value: Duration, what = 'a duration'): number {
  const durationMs = toMs(value)
  if (durationMs !== undefined && durationMs >= 0 && durationMs <= maxDurationMs) return Math.round(durationMs)
  throw new HeddleError(
    'INVALID_OPTION',
    `${what} is ${shown(value)}, which is not a duration; give milliseconds as a number or a text like '500ms', '2s', '5m', '1h', '7d'`,
    { details: { option: what } },
  )
}

function toMs(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const groups = pattern.exec(value)?.groups
  if (groups === undefined) return undefined
  return Number(groups['amount']) * unitMs[groups['unit'] as DurationUnit]
}

/** The value for a message: short, and without calling methods of a foreign object. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`
  if (typeof value === 'number') return String(value)
  return value === null ? 'null' : `of type ${typeof value}`
}
