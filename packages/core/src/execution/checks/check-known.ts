import { HeddleError } from '../../errors/heddle-error.ts'
import { Suggester } from '../../graph/did-you-mean.ts'
import { describeKind } from '../../model/describe-kind.ts'
import { isRecord } from '../../model/value-kinds.ts'

/**
 * Refuses options that are no object, and options that do not exist: one that nobody reads is most often misspelt.
 *
 * @param of names what has the options
 * @throws {HeddleError} `INVALID_OPTION`
 */
export function checkKnown(
  of: string,
  options: unknown,
  known: readonly string[],
  details: Readonly<Record<string, unknown>>,
): void {
  checkIsRecord(of, options, details)
  const unknown = Object.keys(options as object).find((option) => !known.includes(option))
  if (unknown === undefined) return
  const mend = new Suggester().suggest(unknown, known, `It has ${known.join(', ')}.`)
  throw new HeddleError('INVALID_OPTION', `${of} has no option "${unknown}".${mend}`, {
    details: { ...details, option: unknown },
  })
}

/** Refuses options that are no object. */
export function checkIsRecord(of: string, options: unknown, details: Readonly<Record<string, unknown>>): void {
  if (isRecord(options)) return
  throw new HeddleError('INVALID_OPTION', `the options of ${of} have to be an object, not ${describeKind(options)}`, {
    details,
  })
}
