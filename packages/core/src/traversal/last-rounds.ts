/** Of how many rounds of a loop it is kept how something ended there. */
const keptRounds = 16

/**
 * Values by the id of a wait, or by the place of a child run, of which only those of the last rounds of each loop are kept: a loop
 * that waits in each of its rounds may go round for ever. Ids that differ in nothing but their rounds belong together.
 */
export class LastRounds<T> {
  private readonly groups: Map<string, Map<string, T>> = new Map()

  constructor(entries: Iterable<readonly [id: string, value: T]> = []) {
    for (const [id, value] of entries) this.set(id, value)
  }

  /** Keeps a value, and forgets that of the oldest round if there are too many. */
  set(id: string, value: T): void {
    const key = withoutRounds(id)
    const group = this.groups.get(key) ?? new Map<string, T>()
    group.delete(id)
    group.set(id, value)
    const [oldest = id] = group.keys()
    if (group.size > keptRounds) group.delete(oldest)
    // The one that was set last stands last.
    this.groups.delete(key)
    this.groups.set(key, group)
  }

  get(id: string): T | undefined {
    return this.groups.get(withoutRounds(id))?.get(id)
  }

  delete(id: string): void {
    const key = withoutRounds(id)
    const group = this.groups.get(key)
    if (group?.delete(id) === true && group.size === 0) this.groups.delete(key)
  }

  /** What is kept, the latest last. */
  entries(): (readonly [id: string, value: T])[] {
    return [...this.groups.values()].flatMap((group) => [...group])
  }
}

/** Whether an id belongs to an earlier round than so many of the same wait that are kept: how it ended is kept no more. */
export function isForgotten(kept: Iterable<string>, id: string): boolean {
  const key = withoutRounds(id)
  const others = [...kept].filter((other) => withoutRounds(other) === key)
  const rounds = roundsOf(id)
  return others.length >= keptRounds && others.every((other) => isEarlier(rounds, roundsOf(other)))
}

function isEarlier(rounds: readonly number[], others: readonly number[]): boolean {
  const at = rounds.findIndex((round, place) => round !== others[place])
  return at !== -1 && (rounds[at] as number) < (others[at] ?? -1)
}

/** What follows the name in the id of a wait: visits, of which each tells its rounds behind an `@`. */
function placeIn(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1)
}

/** The hash of a token is another one in each round. */
function withoutRounds(id: string): string {
  const place = placeIn(id)
  const roundless = place.replaceAll(/@[\d.]+/gu, '').replace(/~[\da-f]{64}$/u, '')
  return `${id.slice(0, id.length - place.length)}${roundless}`
}

function roundsOf(id: string): number[] {
  return [...placeIn(id).matchAll(/@([\d.]+)/gu)].flatMap(([, rounds = '']) => rounds.split('.').map(Number))
}
