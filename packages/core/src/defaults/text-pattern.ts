import { parsePattern, refusal, type Assertion, type PatternNode } from './pattern-tree.ts'

/** Parts of a compiled pattern, its counted repetitions written out. */
const maxParts = 5000

const instruction = { unit: 0, split: 1, jump: 2, assert: 3, found: 4 } as const

/** How much is done before the caller is told of it. */
const stepsPerReport = 4096

/**
 * A regular expression that is matched in one pass over the text: all ways through the pattern are followed side by side, so that the
 * time grows with the length of the text times the length of the pattern, whatever the two are. The engine of JavaScript goes one
 * way after the other, and `^(a+)+$` takes it years for a text of fifty letters.
 *
 * What it says is what `new RegExp(pattern).test(text)` says. Back-references and looking ahead or behind are not known to it.
 */
export class TextPattern {
  readonly #operations: readonly number[]
  readonly #first: readonly number[]
  readonly #second: readonly number[]
  readonly #units: readonly UnitTest[]
  readonly #isAnchored: boolean

  /** @throws HeddleError `EXPRESSION_INVALID`; its message says what is wrong with the pattern */
  constructor(pattern: string) {
    const compiled = new PatternCompiler(parsePattern(pattern))
    this.#operations = compiled.operations
    this.#first = compiled.first
    this.#second = compiled.second
    this.#units = compiled.units
    this.#isAnchored = compiled.isAnchored
  }

  /**
   * Whether the pattern is found somewhere in a text.
   *
   * @param spend is told now and then how many steps were taken since it was told last; what it throws ends the search
   */
  test(text: string, spend: (steps: number) => void): boolean {
    const threads = new Threads(this.#operations, this.#first, this.#second)
    let steps = 0
    for (let at = 0; ; at++) {
      if (at === 0 || !this.#isAnchored) threads.add(0, text, at)
      steps += threads.steps
      if (steps >= stepsPerReport || at >= text.length || threads.hasFound) {
        spend(steps)
        steps = 0
      }
      if (threads.hasFound) return true
      if (at >= text.length || (this.#isAnchored && threads.count === 0)) return false
      const unit = text.charCodeAt(at)
      const waiting = threads.turn()
      for (const place of waiting) {
        if ((this.#units[this.#first[place] as number] as UnitTest).holds(unit)) threads.add(place + 1, text, at + 1)
      }
    }
  }
}

/** The places of a pattern at which a search stands, each one once. */
class Threads {
  hasFound = false
  /** Steps taken since the last turn. */
  steps = 0
  readonly #operations: readonly number[]
  readonly #first: readonly number[]
  readonly #second: readonly number[]
  /** By place: one more than the position in the text at which it was reached last. */
  readonly #reached: Uint32Array
  #waiting: number[] = []
  readonly #open: number[] = []

  constructor(operations: readonly number[], first: readonly number[], second: readonly number[]) {
    this.#operations = operations
    this.#first = first
    this.#second = second
    this.#reached = new Uint32Array(operations.length)
  }

  get count(): number {
    return this.#waiting.length
  }

  /** Answers the places that wait for a unit, and begins a new list of them. */
  turn(): readonly number[] {
    const waiting = this.#waiting
    this.#waiting = []
    this.steps = 0
    return waiting
  }

  /** Goes on from a place as far as it goes without reading a unit. */
  add(start: number, text: string, at: number): void {
    const open = this.#open
    open.push(start)
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      this.steps++
      if (this.#reached[place] === at + 1) continue
      this.#reached[place] = at + 1
      const operation = this.#operations[place]
      if (operation === instruction.unit) this.#waiting.push(place)
      else if (operation === instruction.found) this.hasFound = true
      else if (operation === instruction.assert) {
        if (holds(this.#first[place] as number, text, at)) open.push(place + 1)
      } else {
        open.push(this.#first[place] as number)
        if (operation === instruction.split) open.push(this.#second[place] as number)
      }
    }
  }
}

const assertions: readonly Assertion[] = ['^', '$', '\\b', '\\B']

function holds(assertion: number, text: string, at: number): boolean {
  const kind = assertions[assertion]
  if (kind === '^') return at === 0
  if (kind === '$') return at === text.length
  return (isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at))) === (kind === '\\b')
}

/** Whether a unit is a letter, a digit or `_`. Outside of the text it is NaN, which is none. */
function isWord(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 95
}

/** Says of each unit whether one part of a pattern fits it. What the part means is left to JavaScript. */
class UnitTest {
  readonly #unit: RegExp
  /** By ASCII unit: 1 if it fits, 2 if not, 0 if nobody has asked yet. */
  readonly #known: Uint8Array = new Uint8Array(128)

  constructor(source: string) {
    this.#unit = new RegExp(source)
  }

  holds(unit: number): boolean {
    const known = this.#known[unit]
    if (known === 1 || known === 2) return known === 1
    const fits = this.#unit.test(String.fromCharCode(unit))
    if (unit < 128) this.#known[unit] = fits ? 1 : 2
    return fits
  }
}

/** Writes a pattern out as a list of instructions. */
class PatternCompiler {
  readonly operations: number[] = []
  /** Of a unit its test, of a jump or split where it goes, of an assertion which one. */
  readonly first: number[] = []
  /** Of a split the other place where it goes. */
  readonly second: number[] = []
  readonly units: UnitTest[] = []
  /** Whether the pattern can be found at the start of a text only. */
  readonly isAnchored: boolean
  readonly #unitBySource: Map<string, number> = new Map()
  #written = 0

  constructor(root: PatternNode) {
    this.isAnchored = startsAnchored(root)
    this.#write(root)
    this.#put(instruction.found)
  }

  #put(operation: number, first = 0, second = 0): number {
    this.operations.push(operation)
    this.first.push(first)
    this.second.push(second)
    return this.operations.length - 1
  }

  #write(node: PatternNode): void {
    // Counts what is written out, not what comes of it: a thousand times nothing is work as well.
    if (++this.#written > maxParts) {
      throw refusal(`has more than ${maxParts} parts once its counted repetitions are written out`)
    }
    if (node.type === 'unit') this.#put(instruction.unit, this.#unitOf(node.source))
    else if (node.type === 'assertion') this.#put(instruction.assert, assertions.indexOf(node.kind))
    else if (node.type === 'sequence') for (const part of node.parts) this.#write(part)
    else if (node.type === 'choice') this.#writeChoice(node.options)
    else this.#writeRepeat(node.body, node.min, node.max)
  }

  #unitOf(source: string): number {
    const known = this.#unitBySource.get(source)
    if (known !== undefined) return known
    this.#unitBySource.set(source, this.units.length)
    return this.units.push(new UnitTest(source)) - 1
  }

  #writeChoice(options: readonly PatternNode[]): void {
    const ends: number[] = []
    for (const option of options.slice(0, -1)) {
      const split = this.#put(instruction.split, this.operations.length + 1)
      this.#write(option)
      ends.push(this.#put(instruction.jump))
      this.second[split] = this.operations.length
    }
    this.#write(options.at(-1) as PatternNode)
    for (const end of ends) this.first[end] = this.operations.length
  }

  #writeRepeat(body: PatternNode, min: number, max: number): void {
    for (let count = 0; count < min; count++) this.#write(body)
    const splits: number[] = []
    const start = this.operations.length
    for (let count = min; count < (max === Infinity ? min + 1 : max); count++) {
      splits.push(this.#put(instruction.split, this.operations.length + 1))
      this.#write(body)
    }
    if (max === Infinity) this.#put(instruction.jump, start)
    for (const split of splits) this.second[split] = this.operations.length
  }
}

function startsAnchored(node: PatternNode): boolean {
  if (node.type === 'assertion') return node.kind === '^'
  if (node.type === 'sequence') return node.parts.length > 0 && startsAnchored(node.parts[0] as PatternNode)
  return node.type === 'choice' && node.options.every(startsAnchored)
}
