/** Draws a whole number from 0 up to, but not including, `below`. */
export type Draw = (below: number) => number

/**
 * Numbers from 0 to 1 that depend on the seed alone: mulberry32 by Tommy Ettinger (public domain). Fast, and far more even than a
 * choice of faults needs.
 *
 * @param stream tells several sequences of one seed apart
 */
export function seededRandom(seed: number, stream: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Draws that depend on the seed alone. */
export function seededDraw(seed: number, stream: number): Draw {
  const random = seededRandom(seed, stream)
  return (below) => Math.floor(random() * below)
}
