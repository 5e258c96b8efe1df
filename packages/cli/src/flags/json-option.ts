import { HeddleError, type Migration } from '@heddle/core'
import { parseJson, readTextFile } from '../definition/read-json.ts'

/**
 * The value of an option that takes JSON, or `@file`.
 *
 * @param option as it is typed, with its dashes
 * @throws HeddleError `INVALID_OPTION`
 */
export async function readJsonOption(option: string, given: string): Promise<unknown> {
  if (!given.startsWith('@')) {
    return parseJson(given, option, 'INVALID_OPTION', ` A text needs quotes of its own: ${option} '"text"'.`)
  }
  const file = given.slice(1)
  const text = await readTextFile(file, `The file of ${option}`)
  return parseJson(text, `The file "${file}" of ${option}`, 'INVALID_OPTION')
}

/**
 * The values of an option that is given as `NAME=JSON`, any number of times.
 *
 * @throws HeddleError `INVALID_OPTION`
 */
export function parseSettings(option: string, given: readonly string[] = []): Record<string, unknown> {
  const entries = given.map((text): [string, unknown] => {
    const at = text.indexOf('=')
    if (at < 1) {
      throw new HeddleError('INVALID_OPTION', `${option} "${text}" is not of the form NAME=JSON.`, {
        details: { option: option.slice(2) },
      })
    }
    const name = text.slice(0, at)
    return [name, parseJson(text.slice(at + 1), `The value of ${option} ${name}`, 'INVALID_OPTION')]
  })
  return Object.fromEntries(entries)
}

/** The `seq` of an event. @throws HeddleError `INVALID_OPTION` */
export function readAt(given: string): number {
  const at = Number(given)
  if (/^\d+$/u.test(given) && Number.isSafeInteger(at) && at > 0) return at
  throw new HeddleError('INVALID_OPTION', `--at is "${given}"; it must be the number of an event, from 1.`, {
    details: { option: 'at' },
  })
}

/** What `--migrate` says of nodes that were renamed. @throws HeddleError `INVALID_OPTION` */
export async function readMigration(given: string): Promise<Migration> {
  const map = await readJsonOption('--migrate', given)
  const isMap = typeof map === 'object' && map !== null && !Array.isArray(map)
  if (isMap && Object.values(map).every((id) => typeof id === 'string')) return { map: map as Record<string, string> }
  throw new HeddleError('INVALID_OPTION', '--migrate must be a record of new node ids by old ones: {"old":"new"}.', {
    details: { option: 'migrate' },
  })
}
