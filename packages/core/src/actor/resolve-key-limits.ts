import { HeddleError } from '../errors/heddle-error.ts'
import { describeKind } from '../model/describe-kind.ts'
import type { KeyLimit, KeyLimits } from '../model/key-limit.ts'

/** How many attempts a rate counts at most: the beginning of each is kept as long as the window lasts. */
const maxRate = 10_000

/** Checks limits by key. @throws HeddleError `INVALID_OPTION` */
export function resolveKeyLimits(given: unknown): KeyLimits | undefined {
  if (given === undefined) return undefined
  const limits: Record<string, KeyLimit> = Object.create(null) as Record<string, KeyLimit>
  for (const [key, limit] of Object.entries(recordOf('keyLimits', given))) {
    const option = `keyLimits[${JSON.stringify(key)}]`
    const { concurrency, rate, ...others } = recordOf(option, limit)
    refuseOthers(option, others, ['concurrency', 'rate'])
    if (concurrency === undefined && rate === undefined) throw invalid(option, 'needs "concurrency" or "rate"', limit)
    limits[key] = {
      ...(concurrency === undefined ? {} : { concurrency: count(`${option}.concurrency`, concurrency) }),
      ...(rate === undefined ? {} : { rate: rateOf(`${option}.rate`, rate) }),
    }
  }
  return limits
}

function rateOf(option: string, given: unknown): NonNullable<KeyLimit['rate']> {
  const { max, perMs, ...others } = recordOf(option, given)
  refuseOthers(option, others, ['max', 'perMs'])
  return { max: count(`${option}.max`, max, maxRate), perMs: count(`${option}.perMs`, perMs) }
}

function recordOf(option: string, given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Record<string, unknown>
  throw invalid(option, `must be an object, and is ${describeKind(given)}`, given)
}

function refuseOthers(option: string, others: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const [name] = Object.keys(others)
  if (name !== undefined) throw invalid(`${option}.${name}`, `does not exist; there are ${known.join(' and ')}`, name)
}

function count(option: string, given: unknown, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 1 && given <= most) return given
  const range = most === Number.MAX_SAFE_INTEGER ? 'from 1 up' : `from 1 to ${most}`
  throw invalid(option, `must be a whole number ${range}, and is ${String(given)}`, given)
}

function invalid(option: string, what: string, given: unknown): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} ${what}`, { details: { option, given } })
}
