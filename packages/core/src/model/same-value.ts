/**
 * Whether two values are the same as data: numbers, texts and the like by value; dates, lists, maps, sets, errors and records by what is
 * in them, at any depth. Values that contain themselves are compared too.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  return new Comparison().isSame(one, other)
}

class Comparison {
  /** Pairs that are being compared further up: of values that contain themselves. */
  private readonly open: Map<object, Set<object>> = new Map()

  isSame(one: unknown, other: unknown): boolean {
    if (Object.is(one, other)) return true
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
    if (Object.prototype.toString.call(one) !== Object.prototype.toString.call(other)) return false
    const met = this.open.get(one)
    if (met?.has(other) === true) return true
    this.open.set(one, new Set(met).add(other))
    return this.hasSameParts(one, other)
  }

  private hasSameParts(one: object, other: object): boolean {
    if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime()
    if (one instanceof Map && other instanceof Map) return this.isSameList([...one], [...other])
    if (one instanceof Set && other instanceof Set) return this.isSameList([...one], [...other])
    if (one instanceof Error && other instanceof Error) return one.name === other.name && one.message === other.message
    if (one instanceof RegExp && other instanceof RegExp) {
      return one.source === other.source && one.flags === other.flags
    }
    if (one instanceof URL && other instanceof URL) return one.href === other.href
    const [keys, others] = [Object.keys(one), Object.keys(other)]
    if (keys.length !== others.length) return false
    return keys.every((key) => Object.hasOwn(other, key) && this.isSame((one as Fields)[key], (other as Fields)[key]))
  }

  private isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
    return one.length === other.length && one.every((value, at) => this.isSame(value, other[at]))
  }
}

type Fields = Readonly<Record<string, unknown>>
