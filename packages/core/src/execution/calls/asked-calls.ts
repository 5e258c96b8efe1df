import { HeddleError } from '../../errors/heddle-error.ts'
import type { CallKind } from '../../model/settled-call.ts'
import { visitKey, type VisitName } from '../../model/visit.ts'
import type { VisitCalls } from '../../traversal/visit-calls.ts'

/** A name of a call: nothing that could be taken for an occurrence, nothing that cannot be shown. */
const namePattern = /^[^\p{Cc}\p{Cs}]{1,200}$/u
const occurrencePattern = /#\d+$/u

const kindNames: Readonly<Record<CallKind, string>> = {
  step: 'step',
  sleep: 'sleep',
  wait: 'wait (waitFor)',
  invoke: 'invoke',
  emit: 'emitted event',
}

/** The durable calls that a handler has asked for in one activation, compared with what is recorded of its visit. */
export class AskedCalls {
  /** Names of calls that the handler declares to be removed. */
  readonly removed: Set<string> = new Set()
  private readonly book: VisitCalls
  private readonly visit: VisitName
  private readonly counts: Map<string, number> = new Map()
  private readonly keys: Set<string> = new Set()

  constructor(book: VisitCalls, visit: VisitName) {
    this.book = book
    this.visit = visit
  }

  /**
   * The next call of a name: the first is `name`, the second `name#1`, and so on.
   *
   * @param formerly earlier names, under which it may be recorded
   * @throws HeddleError `INVALID_OPTION` if the name cannot be one
   */
  ask(kind: CallKind, name: string, formerly: readonly string[]): { call: string; mismatch: HeddleError | undefined } {
    checkName(name)
    const count = this.counts.get(name) ?? 0
    this.counts.set(name, count + 1)
    const names = [name, ...formerly].map((one) => keyOf(one, count))
    const call = names.find((key) => this.book.kindOf(key) !== undefined && !this.keys.has(key)) ?? keyOf(name, count)
    this.keys.add(call)
    const recorded = this.book.kindOf(call)
    const isOther = recorded !== undefined && recorded !== kind
    return { call, mismatch: isOther ? this.otherKind(call, recorded, kind) : undefined }
  }

  private otherKind(call: string, recorded: CallKind, asked: CallKind): HeddleError {
    const visit = visitKey(this.visit)
    return new HeddleError(
      'STEP_MISMATCH',
      `"${call}" of visit "${visit}" is recorded as ${withArticle(kindNames[recorded])}, and its handler asks for it as ${withArticle(kindNames[asked])}; give the new call another name`,
      { details: { visit, call, recorded, asked } },
    )
  }

  /** Why the handler must not complete: something is recorded that it did not ask for again, nor declared to be removed. */
  forgotten(): HeddleError | undefined {
    for (const [call, { kind }] of this.book.settled) {
      if (this.keys.has(call) || this.removed.has(call.replace(occurrencePattern, ''))) continue
      const visit = visitKey(this.visit)
      return new HeddleError(
        'STEP_MISMATCH',
        `"${call}" of visit "${visit}" is recorded as ${withArticle(kindNames[kind])}, and its handler did not ask for it again; declare a rename with the option "formerly" of step, a removal with removedStep`,
        { details: { visit, call, recorded: kind } },
      )
    }
    return undefined
  }
}

function keyOf(name: string, count: number): string {
  return count === 0 ? name : `${name}#${count}`
}

function withArticle(kind: string): string {
  return `${/^[aeiou]/u.test(kind) ? 'an' : 'a'} ${kind}`
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && namePattern.test(name) && !occurrencePattern.test(name)) return
  throw new HeddleError(
    'INVALID_OPTION',
    `${typeof name === 'string' ? JSON.stringify(name.slice(0, 40)) : `a value of type ${typeof name}`} cannot be the name of a durable call; give a text of 1 to 200 characters without control characters, that does not end in "#" and a number`,
    { details: { option: 'name' } },
  )
}
