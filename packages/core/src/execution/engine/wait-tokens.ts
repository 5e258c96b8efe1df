import { HeddleError } from '../../errors/heddle-error.ts'
import { isSameDigest } from '../../graph/same-digest.ts'
import { sha256 } from '../../graph/sha-256.ts'
import { tokenHashOf } from '../../model/wait-id.ts'

/** What is kept of the token of a webhook. */
export function hashToken(token: string): string {
  return sha256(new TextEncoder().encode(token))
}

/** Of the ids of waits the one whose token has this hash. Each is looked at, whichever it is. */
export function findByToken(waitIds: Iterable<string>, tokenHash: string): string | undefined {
  let found: string | undefined
  for (const waitId of waitIds) {
    const hash = tokenHashOf(waitId)
    if (hash !== undefined && isSameDigest(hash, tokenHash)) found = waitId
  }
  return found
}

/** No wait of a run has, or had, this token. The message does not repeat it: it may be a right one of another run. */
export function invalidToken(runId: string): HeddleError {
  const message = `run "${runId}" has no webhook with this token; it is forged, of another run, or void since its visit was attempted again or cut off`
  return new HeddleError('INVALID_TOKEN', message, { details: { runId } })
}
