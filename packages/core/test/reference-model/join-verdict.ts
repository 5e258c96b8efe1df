import type { JoinStrategy } from '../../src/model/blueprint.ts'
import type { EdgeMark } from '../../src/model/mark.ts'

/** What a join does now: run its node, skip it, or wait for more marks. */
export type JoinVerdict = 'fire' | 'skip' | 'wait'

/** The table of section 2, one row a line. `undefined` is an edge that is not marked yet. */
export function joinVerdict(strategy: JoinStrategy, marks: readonly (EdgeMark | undefined)[]): JoinVerdict {
  const taken = marks.filter((mark) => mark === 'taken').length
  const isComplete = !marks.includes(undefined)
  let isMet: boolean
  if (strategy === 'any') isMet = taken >= 1
  else if (strategy === 'every') isMet = taken === marks.length
  else if (strategy === 'settled') isMet = isComplete
  else if (strategy === 'all') isMet = isComplete && taken >= 1 && !marks.includes('failed')
  else isMet = taken >= strategy.atLeast
  if (isMet) return 'fire'
  return isComplete ? 'skip' : 'wait'
}
