import { HeddleError } from '@heddle/core'
import { longestTimerMs } from './connection/within.ts'

/**
 * Refuses options that are no object, and options that do not exist: one that nobody reads is most often misspelt.
 *
 * @param of what has the options, as a message begins: `a job queue`
 * @param inside name of the option that holds them, if they are not those at the top
 * @throws HeddleError `INVALID_OPTION`
 */
export function checkKnownOptions(of: string, given: unknown, known: readonly string[], inside?: string): void {
  const names = known.join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidOption(inside ?? 'options', `${inside ?? `the options of ${of}`} must be an object with ${names}`)
  }
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const option = inside === undefined ? unknown : `${inside}.${unknown}`
  throw invalidOption(option, `${of} has no option "${option}"; ${inside ?? 'it'} has ${names}`)
}

/** Refuses what is no time that a timer can take, from 1 millisecond to 24 days. @throws HeddleError `INVALID_OPTION` */
export function checkTime(option: string, given: unknown): void {
  if (typeof given === 'number' && given >= 1 && given <= longestTimerMs) return
  throw invalidOption(option, `${option} must be a number of milliseconds from 1 to ${longestTimerMs}`, { given })
}

/**
 * Refuses an address of a server that cannot be one. It may hold a password: neither the error nor its cause repeats it.
 *
 * @throws HeddleError `INVALID_OPTION`
 */
export function checkServerUrl(url: unknown): void {
  if (typeof url !== 'string' || !/^rediss?:\/\//u.test(url)) {
    throw invalidOption('url', 'url must begin with redis:// or rediss://')
  }
  if (!URL.canParse(url) || !isDecodable(url)) {
    const message =
      'url must be an address such as redis://user:password@host:6379/0; in user name and password write ' +
      '%2F for /, %23 for #, %3F for ?, %40 for @ and %25 for %'
    throw invalidOption('url', message)
  }
  const { pathname, searchParams } = new URL(url)
  const databases = [/^\/?$/u.test(pathname) ? '0' : pathname.slice(1), searchParams.get('db') ?? '0']
  if (databases.every((database) => /^\d{1,9}$/u.test(database))) return
  throw invalidOption('url', 'what follows the host in url must be the number of a database: redis://host:6379/0')
}

function isDecodable(url: string): boolean {
  const { username, password } = new URL(url)
  try {
    decodeURIComponent(`${username}:${password}`)
    return true
  } catch {
    return false
  }
}

/** An option that cannot be meant. */
export function invalidOption(
  option: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): HeddleError {
  return new HeddleError('INVALID_OPTION', message, { details: { option, ...details } })
}
