import { visitKey, type VisitName } from './visit.ts'
import type { OpenWait } from './workflow-result.ts'

/**
 * The id of a wait, as its own run lists it: its name, a colon, the key of its visit. Neither `:` nor `/` stands in a key, so the last
 * colon ends the name, whatever the name is. A handler may wait for one name several times: `#1` is the second time.
 *
 * @param call name and occurrence of the durable call that waits, if one does
 */
export function waitIdOf(name: string, visit: VisitName, call: string = name): string {
  return `${name}:${visitKey(visit)}${call.slice(name.length)}`
}

/**
 * The id of the wait that a suspension opens. That of a webhook ends with `~` and the hash of its token: so whatever tells of the wait
 * tells by which token it is answered, also when it is over.
 */
export function waitIdFor(
  { name, tokenHash }: { readonly name: string; readonly tokenHash?: string },
  visit: VisitName,
  call?: string,
): string {
  const waitId = waitIdOf(name, visit, call)
  return tokenHash === undefined ? waitId : `${waitId}~${tokenHash}`
}

/** The hash of the token by which a wait is answered, by the wait's id; `undefined` if it is none of a webhook. */
export function tokenHashOf(waitId: string): string | undefined {
  const at = waitId.indexOf('~', waitId.lastIndexOf(':') + 1)
  return at === -1 ? undefined : waitId.slice(at + 1)
}

/** What a child run belongs to: a visit, or a durable call of its handler. Neither `:` nor `/` nor `+` stands in its parts. */
export function childPlace(visit: VisitName, call?: string): string {
  return call === undefined ? visitKey(visit) : `${visitKey(visit)}+${encodeURIComponent(call)}`
}

/**
 * A wait of a child run, as the parent lists it: what the child belongs to and a slash stand before the rest of the path. `k:ask` of the
 * child of visit `sub@2` is `k:sub@2/ask`; a run above puts its own visit before that.
 *
 * @param place see {@link childPlace}
 */
export function idInParent(place: string, waitId: string): string {
  const at = waitId.lastIndexOf(':') + 1
  return `${waitId.slice(0, at)}${place}/${waitId.slice(at)}`
}

/** The open wait of a child run, as the parent lists it. */
export function waitInParent(place: string, wait: OpenWait): OpenWait {
  return { ...wait, waitId: idInParent(place, wait.waitId) }
}

/** The inverse of {@link idInParent}: the place in the parent, and the id in the child. `undefined` for a wait of the run itself. */
export function idInChild(waitId: string): { readonly place: string; readonly waitId: string } | undefined {
  const at = waitId.lastIndexOf(':') + 1
  const end = waitId.indexOf('/', at)
  if (at === 0 || end === -1) return undefined
  return { place: waitId.slice(at, end), waitId: `${waitId.slice(0, at)}${waitId.slice(end + 1)}` }
}

/** The name of the wait with an id. */
export function nameOfWait(waitId: string): string {
  return waitId.slice(0, waitId.lastIndexOf(':'))
}
