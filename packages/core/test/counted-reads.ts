/** How often fields of a value, at any depth, are read or listed while something is done with it: the work of who only reads it. */
export function countReads<Value extends object>(value: Value, use: (value: Value) => unknown): number {
  let reads = 0
  const watch = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner
    return new Proxy(inner, {
      get: (target, key, receiver) => {
        reads++
        return watch(Reflect.get(target, key, receiver))
      },
      ownKeys: (target) => {
        reads++
        return Reflect.ownKeys(target)
      },
    })
  }
  use(watch(value) as Value)
  return reads
}
