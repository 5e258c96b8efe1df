import { HeddleError } from '@heddle/core'
import { checkKnownOptions } from '../option-checks.ts'

/** How long finished runs are kept. Child runs are kept as long as their root. */
export interface Retention {
  /** A finished run is removed so many milliseconds after its end; `undefined`: it is not removed for its age. @default 604800000, a week */
  readonly ageMs?: number | undefined
  /**
   * About how many finished runs are kept, the latest ones: each of 256 partitions keeps its share. One that ended within the last ten
   * minutes is kept whatever their number. `undefined`: any number.
   * @default 10000
   */
  readonly count?: number | undefined
}

const defaultRetention: Retention = { ageMs: 7 * 24 * 60 * 60 * 1000, count: 10_000 }

/** The retention that is meant by an option. @throws HeddleError `INVALID_OPTION` */
export function resolveRetention(retention: Retention | false = defaultRetention): Retention {
  if (retention === false) return {}
  checkKnownOptions('a coordination store', retention, ['ageMs', 'count'], 'retention')
  if (Object.keys(retention).length === 0) {
    const message = 'retention must have ageMs or count, and has neither; false keeps finished runs for good'
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'retention' } })
  }
  for (const name of ['ageMs', 'count'] as const) {
    const value = retention[name]
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue
    const message = `the retention's ${name} is ${String(value)}; give a number from 0 up, or leave it out for no limit`
    throw new HeddleError('INVALID_OPTION', message, { details: { option: `retention.${name}` } })
  }
  return retention
}
