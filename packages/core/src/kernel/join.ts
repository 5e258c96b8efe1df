import type { JoinStrategy } from '../model/blueprint.ts'

/** What a join says: not yet, run the node, or skip it. */
export const joinVerdict = { wait: 0, fire: 1, skip: 2 } as const

/** One of {@link joinVerdict}. */
export type JoinVerdict = (typeof joinVerdict)[keyof typeof joinVerdict]

/**
 * Decides a join from its marks alone. This is the only place in the project where a join is decided.
 *
 * A join fires as soon as its strategy is met, and is skipped only when every incoming edge is marked and it did not fire.
 *
 * @param total number of incoming edges that count
 * @param taken how many of them are marked taken; likewise `skipped` and `failed`
 * @param laterIteration whether this is a loop header's join over back edges; there `settled` acts as `all`, or no loop would end
 */
export function decideJoin(
  strategy: JoinStrategy,
  total: number,
  taken: number,
  skipped: number,
  failed: number,
  laterIteration: boolean,
): JoinVerdict {
  const complete = taken + skipped + failed >= total
  let met: boolean
  if (strategy === 'all' || (strategy === 'settled' && laterIteration)) met = complete && taken > 0 && failed === 0
  else if (strategy === 'any') met = taken > 0
  else if (strategy === 'every') met = complete && taken === total
  else if (strategy === 'settled') met = complete
  else met = taken >= strategy.atLeast
  if (met) return joinVerdict.fire
  return complete ? joinVerdict.skip : joinVerdict.wait
}
