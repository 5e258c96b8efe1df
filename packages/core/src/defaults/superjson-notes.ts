import { HeddleError } from '../errors/heddle-error.ts'
import { isRecord } from '../model/value-kinds.ts'

/** The kinds of superjson that we write. Its `typed-array` is not among them: its reader makes an array of any length asked for. */
const kinds: ReadonlySet<unknown> = new Set(['undefined', 'bigint', 'Date', 'regexp', 'set', 'map', 'number', 'URL'])
const kindsWithName: ReadonlySet<unknown> = new Set(['custom', 'class'])

/**
 * Checks the notes that superjson writes beside the data before its reader follows them: on others it may recurse until the stack
 * is full, which is caught but costs 50 ms.
 *
 * @throws HeddleError `INVALID_STATE`
 */
export function checkNotes(meta: unknown): void {
  if (!isRecord(meta)) throw refusal('meta')
  if (meta['values'] !== undefined) checkValues(meta['values'])
  if (meta['referentialEqualities'] !== undefined) checkEqualities(meta['referentialEqualities'])
}

/** `[kind]`, `[kind, { path: notes }]` or `{ path: notes }`. */
function checkValues(notes: unknown): void {
  let inner = notes
  if (Array.isArray(notes)) {
    const [kind, children, ...more] = notes as unknown[]
    const isNamed =
      Array.isArray(kind) && kind.length === 2 && kindsWithName.has(kind[0]) && typeof kind[1] === 'string'
    if (more.length > 0 || !(isNamed || kinds.has(kind))) throw refusal('values')
    if (children === undefined) return
    inner = children
  }
  if (!isRecord(inner)) throw refusal('values')
  for (const child of Object.values(inner)) checkValues(child)
}

/** `{ path: paths }`, or `[paths]` or `[paths, { path: paths }]` if the value itself stands at several places. */
function checkEqualities(notes: unknown): void {
  let inner = notes
  if (Array.isArray(notes)) {
    const [paths, others = {}, ...more] = notes as unknown[]
    if (more.length > 0 || !isPaths(paths)) throw refusal('referentialEqualities')
    inner = others
  }
  if (!isRecord(inner) || !Object.values(inner).every(isPaths)) throw refusal('referentialEqualities')
}

function isPaths(value: unknown): boolean {
  return Array.isArray(value) && value.every((path) => typeof path === 'string')
}

function refusal(part: string): HeddleError {
  return new HeddleError('INVALID_STATE', `its "${part}" are not those of superjson`)
}
