/**
 * What a simulation holds to. `G2` to `G8` are the guarantees of a run (see the docs); `turn` and `lease` are two rules of the protocol
 * on which they rest, told apart because they are broken first.
 *
 * - `G2`: each visit settles once, each edge is marked once in an iteration, each join fires once; a late outcome counts for nothing.
 * - `G3`: what one settlement changes is written together.
 * - `G4`: no run is lost.
 * - `G5`: no run completes with something under way or with a failure that nobody handled.
 * - `G6`: the journal has no gap, and what it said once it says for ever.
 * - `G7`: runs do not change each other.
 * - `G8`: the result is that of an undisturbed run.
 * - `turn`: one holder decides at a time, and its commits are the only ones.
 * - `lease`: one worker attempts a visit at a time.
 */
export type Guarantee = 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8' | 'turn' | 'lease'

/** A guarantee that did not hold. */
export interface Violation {
  readonly guarantee: Guarantee
  readonly message: string
}

/** Takes down that a guarantee did not hold. */
export type Report = (guarantee: Guarantee, message: string) => void
