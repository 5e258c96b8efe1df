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
  private readonly removed: Set<string> = new Set()
  private readonly book: VisitCalls
  private readonly visit: VisitName
  /** How many calls so far had a name, now or formerly. */
  private readonly counts: Map<string, number> = new Map()
  private readonly keys: Set<string> = new Set()
  /** The names of the calls so far. */
  private readonly asked: Set<string> = new Set()
  /** The former names of the calls so far, by name. */
  private readonly former: Map<string, readonly string[]> = new Map()

  constructor(book: VisitCalls, visit: VisitName) {
    this.book = book
    this.visit = visit
  }

  /**
   * The next call of a name: the first is `name`, the second `name#1`, and so on. A call that had another name before counts for that
   * one too: so of several that were recorded under one name, each is found where it stood, whichever of them were renamed.
   *
   * @param formerly earlier names, under which it may be recorded; one that ends in `#1` names the second call of that name alone
   * @throws HeddleError `INVALID_OPTION` if the name cannot be one, or the earlier names are no list of names
   */
  ask(kind: CallKind, name: string, formerly: readonly string[]): { call: string; mismatch: HeddleError | undefined } {
    checkName(name)
    checkFormer(name, formerly)
    const own = this.claim(name)
    const others = [...new Set(formerly)].filter((one) => one !== name).map((one) => this.claim(one))
    const call = [own, ...others].find((key) => this.book.kindOf(key) !== undefined && !this.keys.has(key)) ?? own
    this.keys.add(call)
    const recorded = this.book.kindOf(call)
    if (recorded !== undefined && recorded !== kind) return { call, mismatch: this.otherKind(call, recorded, kind) }
    return { call, mismatch: this.swapped(name, formerly) ?? this.removedAndAsked(name) }
  }

  private claim(name: string): string {
    if (occurrencePattern.test(name)) return name
    let count = this.counts.get(name) ?? 0
    while (this.keys.has(keyOf(name, count)) || (count > 0 && this.removed.has(keyOf(name, count)))) count++
    this.counts.set(name, count + 1)
    return keyOf(name, count)
  }

  /** Of two calls that had each other's names nobody can tell what is recorded of which. */
  private swapped(name: string, formerly: readonly string[]): HeddleError | undefined {
    if (formerly.length > 0) this.former.set(name, formerly)
    const other = formerly.find((one) => one !== name && this.former.get(one)?.includes(name) === true)
    if (other === undefined) return undefined
    const visit = visitKey(this.visit)
    return new HeddleError(
      'STEP_MISMATCH',
      `the steps "${name}" and "${other}" of visit "${visit}" are declared to have had each other's name, so that what is recorded may be of either; give one of them a name that none had`,
      { details: { visit, call: name, other } },
    )
  }

  /**
   * The handler declares that all calls of a name were removed; with `#1` behind it, the second one alone.
   *
   * @returns why it must not go on, if it asks for calls of that name too
   * @throws HeddleError `INVALID_OPTION`
   */
  remove(name: string): HeddleError | undefined {
    checkName(typeof name === 'string' ? name.replace(occurrencePattern, '') : name)
    this.removed.add(name)
    return this.asked.has(name) ? this.removedAndAsked(name) : undefined
  }

  /** Of several calls of one name it does not follow from the name which ones were removed: the others would be answered wrongly. */
  private removedAndAsked(name: string): HeddleError | undefined {
    this.asked.add(name)
    if (!this.removed.has(name)) return undefined
    const visit = visitKey(this.visit)
    return new HeddleError(
      'STEP_MISMATCH',
      `"${name}" of visit "${visit}" is declared as removed, and its handler asks for it too; if one of several was removed, name that one, as removedStep("${name}#1"), or give those that stay other names, with "formerly"`,
      { details: { visit, call: name } },
    )
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
      const isRemoved = this.removed.has(call) || this.removed.has(call.replace(occurrencePattern, ''))
      if (isRemoved || this.keys.has(call)) continue
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

/** @throws HeddleError `INVALID_OPTION` */
function checkFormer(name: string, formerly: unknown): void {
  const isList = Array.isArray(formerly) && formerly.every((one) => typeof one === 'string')
  if (isList) return
  throw new HeddleError(
    'INVALID_OPTION',
    `"formerly" of step "${name}" is no list of names; give the names that the step had before, as ["charge"]`,
    { details: { option: 'formerly', step: name } },
  )
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && namePattern.test(name) && !occurrencePattern.test(name)) return
  throw new HeddleError(
    'INVALID_OPTION',
    `${typeof name === 'string' ? JSON.stringify(name.slice(0, 40)) : `a value of type ${typeof name}`} cannot be the name of a durable call; give a text of 1 to 200 characters without control characters, that does not end in "#" and a number`,
    { details: { option: 'name' } },
  )
}
