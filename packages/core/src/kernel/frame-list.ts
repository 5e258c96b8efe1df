/** What a {@link FrameList} links. */
export interface Linked<F> {
  older: F | undefined
  newer: F | undefined
  readonly iteration: number
}

/** The iterations of a loop in which something can still change, oldest first: appended at one end, taken out anywhere. */
export class FrameList<F extends Linked<F>> {
  oldest: F | undefined
  private newest: F | undefined

  append(frame: F): void {
    frame.older = this.newest
    if (this.newest === undefined) this.oldest = frame
    else this.newest.newer = frame
    this.newest = frame
  }

  /** Takes a frame out. Its links are cut: whoever still holds it must not hold every iteration after it. */
  remove(frame: F): void {
    const { older, newer } = frame
    frame.older = undefined
    frame.newer = undefined
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
  }

  /** The frame of an iteration. It is looked for from the newest on, where it nearly always is. */
  find(iteration: number): F | undefined {
    for (let frame = this.newest; frame !== undefined && frame.iteration >= iteration; frame = frame.older) {
      if (frame.iteration === iteration) return frame
    }
    return undefined
  }

  clear(): void {
    this.oldest = undefined
    this.newest = undefined
  }

  /** The frames as they are now; they may be taken out while they are looked at. */
  all(): F[] {
    const frames: F[] = []
    for (let frame = this.oldest; frame !== undefined; frame = frame.newer) frames.push(frame)
    return frames
  }
}
