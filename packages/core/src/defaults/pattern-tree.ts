import { HeddleError } from '../errors/heddle-error.ts'

/** A regular expression in parts: what the matcher is compiled from. Groups are gone, and so is the difference of greedy and lazy. */
export type PatternNode =
  /** One UTF-16 unit: a letter, a class, an escape, a dot, as it is written. */
  | { readonly type: 'unit'; readonly source: string }
  | { readonly type: 'assertion'; readonly kind: Assertion }
  | { readonly type: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly type: 'repeat'; readonly body: PatternNode; readonly min: number; readonly max: number }

/** What must hold between two units. */
export type Assertion = '^' | '$' | '\\b' | '\\B'

/** Groups inside of groups. */
const maxDepth = 50

/** One unit of a pattern without flags: an escape, a class, or any other character. What stands for more is not in it. */
const unitSource = /\\(?:x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|c[A-Za-z]|0[0-7]{0,2}|[^1-9ck])|\[(?:[^\]\\]|\\[\s\S])*\]|[^\\]/y
const assertionSource = /\^|\$|\\[Bb]/y
const groupStart = /\((?:\?(?::|<[^!=][^>]*>))?/y
const quantifier = /(?:([*+?])|\{(\d+)(,)?(\d+)?\})\??/y

/**
 * Takes a regular expression without flags apart, with the syntax of JavaScript.
 *
 * @throws HeddleError `EXPRESSION_INVALID` if it is none, or has what cannot be matched in one pass over the text
 */
export function parsePattern(pattern: string): PatternNode {
  try {
    void new RegExp(pattern)
  } catch {
    throw refusal('is not a regular expression')
  }
  return new PatternParser(pattern).parse()
}

/** The refusal of a pattern; its message goes on after the name of the pattern. */
export function refusal(why: string): HeddleError {
  return new HeddleError('EXPRESSION_INVALID', why)
}

/** Reads a pattern that is known to be a regular expression, so that most of what can be wrong with one cannot occur. */
class PatternParser {
  readonly #pattern: string
  #at = 0
  #depth = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  parse(): PatternNode {
    const options: PatternNode[] = []
    do options.push(this.#parseSequence())
    while (this.#take('|'))
    return options.length === 1 ? (options[0] as PatternNode) : { type: 'choice', options }
  }

  #parseSequence(): PatternNode {
    const parts: PatternNode[] = []
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern[this.#at] as string)) {
      parts.push(this.#parseQuantified(this.#parseTerm()))
    }
    return { type: 'sequence', parts }
  }

  #parseTerm(): PatternNode {
    const assertion = this.#read(assertionSource)
    if (assertion !== undefined) return { type: 'assertion', kind: assertion[0] as Assertion }
    if (this.#pattern[this.#at] === '(') return this.#parseGroup()
    const unit = this.#read(unitSource)
    if (unit === undefined) throw refusal('has a back-reference: these are not known here')
    return { type: 'unit', source: unit[0] }
  }

  #parseGroup(): PatternNode {
    const start = this.#read(groupStart)?.[0]
    if (start === '(' && this.#pattern[this.#at] === '?') {
      throw refusal('has a group that looks ahead or behind, or that changes flags: these are not known here')
    }
    if (++this.#depth > maxDepth) throw refusal(`has more than ${maxDepth} groups inside of each other`)
    const body = this.parse()
    this.#depth--
    this.#take(')')
    return body
  }

  #parseQuantified(body: PatternNode): PatternNode {
    const found = this.#read(quantifier)
    if (found === undefined) return body
    const [, sign, from, comma, to] = found
    if (sign !== undefined) return { type: 'repeat', body, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity }
    const min = Number(from)
    return { type: 'repeat', body, min, max: comma === undefined ? min : to === undefined ? Infinity : Number(to) }
  }

  #take(character: string): boolean {
    if (this.#pattern[this.#at] !== character) return false
    this.#at++
    return true
  }

  /** Reads what a sticky expression finds here. */
  #read(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at
    const found = expression.exec(this.#pattern) ?? undefined
    if (found !== undefined) this.#at = expression.lastIndex
    return found
  }
}
