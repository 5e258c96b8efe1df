import { HeddleError } from '../errors/heddle-error.ts'

/** No serialised value begins like this; a text that does is put aside itself, so that it cannot be taken for a reference. */
const mark = 'heddle-aside:'

/** What stands for a text that is kept in a blob store. */
export function asideText(key: string): string {
  return mark + key
}

/** Whether a text stands for one in a blob store, or looks as if it did. */
export function isAsideText(text: string): boolean {
  return text.startsWith(mark)
}

/** The key of the blob that a text stands for; `undefined` if it stands for itself. */
export function asideKey(text: string): string | undefined {
  return isAsideText(text) ? text.slice(mark.length) : undefined
}

/** The error of a value in a blob store that was met without one. */
export function needsBlobs(runId?: string): HeddleError {
  const whose = runId === undefined ? 'the run' : `run "${runId}"`
  const message = `values of ${whose} are kept in a blob store; give the same one to everything that reads the run, as "blobs"`
  const details = { option: 'blobs', ...(runId === undefined ? {} : { runId }) }
  return new HeddleError('INVALID_OPTION', message, { details })
}
