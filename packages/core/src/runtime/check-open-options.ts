import { HeddleError } from '../errors/heddle-error.ts'
import { checkRunOptions } from '../execution/checks/check-run-options.ts'
import { describeKind } from '../model/describe-kind.ts'
import { isRecord } from '../model/value-kinds.ts'
import type { OpenOptions } from './options.ts'

/** Refuses settings of a run that is opened that cannot be meant. @throws HeddleError `INVALID_OPTION` */
export function checkOpenOptions(options: OpenOptions): void {
  checkRunOptions(options)
  // Plain JavaScript may pass anything.
  const migrate: unknown = options.migrate
  if (migrate === undefined) return
  if (!isRecord(migrate)) throw invalid('migrate', 'an object { map }', describeKind(migrate))
  const unknown = Object.keys(migrate).filter((key) => key !== 'map')
  if (unknown.length > 0) throw invalid('migrate', 'an object { map }', `given "${unknown.join('", "')}"`)
  const { map } = migrate
  if (map === undefined) return
  if (!isRecord(map)) throw invalid('migrate.map', 'an object of new ids by old ids', describeKind(map))
  for (const [from, to] of Object.entries(map)) {
    if (typeof to !== 'string') throw invalid(`migrate.map["${from}"]`, 'the new id of a node', describeKind(to))
  }
}

function invalid(option: string, what: string, given: string): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} must be ${what}, and is ${given}`, { details: { option } })
}
