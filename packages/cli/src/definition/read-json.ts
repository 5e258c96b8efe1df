import { readFile } from 'node:fs/promises'
import { HeddleError } from '@heddle/core'
import { explainJsonMistake } from './json-mistake.ts'

const byteOrderMark = '\uFEFF'

/**
 * The value of a JSON text.
 *
 * @param what names the text in the message
 * @throws HeddleError with `code`; the message has line, column and an excerpt
 */
export function parseJson(
  text: string,
  what: string,
  code: 'INVALID_BLUEPRINT' | 'INVALID_OPTION',
  mend = '',
): unknown {
  const source = text.startsWith(byteOrderMark) ? text.slice(1) : text
  try {
    return JSON.parse(source)
  } catch (error) {
    const { line, column, reason, excerpt } = explainJsonMistake(source, error)
    const place = `${what} is not JSON: ${reason} (line ${line}, column ${column}).${mend}`
    throw new HeddleError(code, [place, ...excerpt.map((row) => `    ${row}`)].join('\n'), {
      details: { line, column },
      cause: error,
    })
  }
}

/** The text of a file. @throws HeddleError `INVALID_OPTION` with the path and what to do */
export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
    throw new HeddleError('INVALID_OPTION', `${what} "${path}" ${reasonOf(code)}`, { details: { path }, cause: error })
  }
}

function reasonOf(code: unknown): string {
  if (code === 'ENOENT') return `does not exist (looked in ${process.cwd()}).`
  if (code === 'EISDIR') return 'is a folder; name a file in it.'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read; check its permissions.'
  return `cannot be read (${String(code)}).`
}
