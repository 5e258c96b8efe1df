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

  /** Takes a frame out; its own links stay, for who is just reading it. */
  remove({ older, newer }: F): void {
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
  }

  clear(): void {
    this.oldest = undefined
    this.newest = undefined
  }

  *[Symbol.iterator](): Generator<F> {
    for (let frame = this.oldest; frame !== undefined; frame = frame.newer) yield frame
  }
}
