import { HeddleError } from '../errors/heddle-error.ts'
import { isRecord } from '../model/value-kinds.ts'

/** Elements of a list that are as much work as evaluating one node, where they are compared or copied one by one. */
const itemsPerStep = 16

/** UTF-16 units, or bytes, that are as much work as evaluating one node, where they are compared or copied. */
const unitsPerStep = 64

/** What it takes to compare one field of a record. */
const stepsPerField = 3

/** Values that are heavier are weighed once: an evaluation may meet them again and again. */
const smallWeight = 16

const largestInt = 2n ** 63n

/**
 * What one evaluation may still do. All that takes longer for a longer text or list is charged before it is done, so that an evaluation
 * ends in time whatever its expression and its data are.
 */
export class CelBudget {
  private readonly maxSteps: number
  private steps = 0
  private exceeded: HeddleError | undefined
  private weights: Map<object, number> | undefined
  private fieldCounts: Map<object, number> | undefined

  /** @param maxSteps evaluated nodes, and what is as much work */
  constructor(maxSteps: number) {
    this.maxSteps = maxSteps
  }

  /** @throws HeddleError `EXPRESSION_FAILED` */
  spend(steps: number): void {
    this.steps += steps
    if (this.steps <= this.maxSteps) return
    // One error for all: `||` and `exists` swallow it and go on to the next step, which must be cheap.
    const { maxSteps } = this
    this.exceeded ??= new HeddleError('EXPRESSION_FAILED', `it takes more than ${maxSteps} steps (maxSteps)`, {
      details: { limit: 'maxSteps', value: maxSteps },
    })
    throw this.exceeded
  }

  /** Charges what goes through the units of a text or of bytes; a BigInt is as long as its digits. */
  spendOnUnits(value: unknown): void {
    if (typeof value === 'string' || value instanceof Uint8Array) this.spend(value.length / unitsPerStep)
    else if (typeof value === 'bigint' && (value >= largestInt || value < -largestInt)) {
      this.spend(value.toString(16).length)
    }
  }

  /** Charges what makes a text, a list or bytes of two. */
  spendOnJoining(left: unknown, right: unknown): void {
    this.spendOnUnits(left)
    this.spendOnUnits(right)
    if (Array.isArray(left) && Array.isArray(right)) this.spend((left.length + right.length) / itemsPerStep)
  }

  /** Charges a look at all that two values consist of, as `==` and `<` take one. */
  spendOnComparing(left: unknown, right: unknown): void {
    if (typeof left === 'string') {
      if (typeof right === 'string') this.spend(Math.min(left.length, right.length) / unitsPerStep)
    } else if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
      if (Array.isArray(left) && Array.isArray(right) && left.length !== right.length) return
      this.spend(Math.min(this.weigh(left), this.weigh(right)))
    }
  }

  /** Charges the comparison of a value with each element of a list. */
  spendOnSearching(value: unknown, list: unknown): void {
    if (!Array.isArray(list)) return
    const { length } = list
    if (typeof value === 'object' && value !== null) {
      this.spend(Math.min(this.weigh(list), length * (1 + this.weigh(value))))
    } else if (typeof value === 'string') this.spend(length * (1 / itemsPerStep + value.length / (16 * unitsPerStep)))
    else this.spend(length / itemsPerStep)
  }

  /** Charges a look at what a value is: the library looks at the first element of a list, and lists the fields of a record for the first. */
  spendOnType(value: unknown): void {
    let at = value
    while (typeof at === 'object' && at !== null) {
      if (Array.isArray(at)) at = at[0]
      else if (at instanceof Map || at instanceof Set) return
      else {
        const record = at as Readonly<Record<string, unknown>>
        const names = Object.keys(record)
        this.spend(names.length)
        at = names[0] === undefined ? undefined : record[names[0]]
      }
    }
  }

  /** Charges a list of the names of a record's fields. */
  spendOnFields(value: unknown): void {
    if (isRecord(value)) this.spend(this.countFields(value))
  }

  private countFields(value: object): number {
    if (value instanceof Map || value instanceof Set) return value.size / itemsPerStep
    const known = this.fieldCounts?.get(value)
    if (known !== undefined) return known
    const count = Object.keys(value).length
    if (count <= smallWeight) return count
    this.spend(count)
    this.fieldCounts ??= new Map()
    this.fieldCounts.set(value, count)
    return count
  }

  /**
   * Steps that a look at all of a value takes, what is in it several times counted each time. To find out is charged, too, but only
   * once for each value.
   */
  weigh(value: unknown): number {
    if (typeof value === 'string' || value instanceof Uint8Array) return value.length / unitsPerStep
    if (typeof value !== 'object' || value === null) return 0
    const known = this.weights?.get(value)
    if (known !== undefined) return known
    const weight = this.weighParts(value)
    if (weight <= smallWeight) return weight
    this.weights ??= new Map()
    this.weights.set(value, weight)
    return weight
  }

  private weighParts(value: object): number {
    const isMap = value instanceof Map
    const parts: readonly unknown[] = Array.isArray(value) ? value : isMap ? [...value.values()] : Object.values(value)
    const own = Array.isArray(value) ? parts.length / itemsPerStep : parts.length * stepsPerField
    this.spend(own)
    let weight = own
    for (const part of parts) weight += this.weigh(part)
    return weight
  }
}
