/** The arguments of a script, put together in the order in which it reads them. */
export class ArgumentList {
  readonly all: string[] = []

  add(...values: readonly (string | number)[]): this {
    for (const value of values) this.all.push(String(value))
    return this
  }

  /** A list: its length, then its items. */
  list(values: readonly string[]): this {
    this.all.push(String(values.length))
    for (const value of values) this.all.push(value)
    return this
  }

  /** A record as a list of names and values in turn. */
  record<T>(record: Readonly<Record<string, T>>, toText: (value: T) => string): this {
    const names = Object.keys(record)
    this.all.push(String(names.length * 2))
    for (const name of names) this.all.push(name, toText(record[name] as T))
    return this
  }

  /** Things that begin: their number, then what is added for each. */
  each<T>(items: readonly T[], add: (item: T) => void): this {
    this.all.push(String(items.length))
    for (const item of items) add(item)
    return this
  }
}

/** Milliseconds as scripts count them: whole ones, and never too few. */
export function wholeMs(ms: number): number {
  return Math.ceil(ms)
}
