/** How errors begin that say that the server cannot be reached or used, and nothing of what was asked. */
const unreachable =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection is closed|NOAUTH|WRONGPASS|NOPERM/u

/** Whether an error is about the connection to the server. */
export function isUnreachable(error: Error): boolean {
  return isReplicaError(error) || unreachable.test(`${String((error as { code?: unknown }).code)} ${error.message}`)
}

/** Whether an error says that the server is a replica: it takes no writes. */
export function isReplicaError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('READONLY')
}

const mends: readonly (readonly [sign: RegExp, mend: string])[] = [
  [/^OOM|OOM command|used memory/u, 'its memory is used up: give it more, or keep fewer finished runs'],
  [/^READONLY|read.only replica/u, 'this is a replica: connect to the primary'],
  [/^MISCONF/u, 'it cannot write to its disk'],
  [/NOAUTH|WRONGPASS|NOPERM/u, 'check user name, password and rights'],
]

/** What may be done about what a server has said, as the end of a message. */
export function mendOf(said: string): string {
  const mend = mends.find(([sign]) => sign.test(said))?.[1]
  return mend === undefined ? '; the same call may succeed later' : `; ${mend}`
}
