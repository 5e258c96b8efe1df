import { readdirSync, statSync, truncateSync } from 'node:fs'
import path from 'node:path'

/** How often the length of the log is looked at, in milliseconds. */
const lookMs = 50

/** Watches how a Redis's append-only file grows, so that its end can be cut off as a power loss would. */
export class LogTail {
  private readonly folder: string
  private readonly lengths: { readonly at: number; readonly file: string; readonly bytes: number }[] = []
  private readonly timer: NodeJS.Timeout

  constructor(folder: string) {
    this.folder = path.join(folder, 'appendonlydir')
    this.timer = setInterval(() => this.look(), lookMs)
  }

  private newest(): { readonly file: string; readonly bytes: number } | undefined {
    try {
      const numberOf = (name: string): number => Number(/\.(\d+)\.incr\.aof$/u.exec(name)?.[1] ?? -1)
      const [name] = readdirSync(this.folder).sort((one, other) => numberOf(other) - numberOf(one))
      if (name === undefined || numberOf(name) < 0) return undefined
      const file = path.join(this.folder, name)
      return { file, bytes: statSync(file).size }
    } catch {
      // It is just being rewritten.
      return undefined
    }
  }

  private look(): void {
    const now = Date.now()
    const newest = this.newest()
    if (newest !== undefined) this.lengths.push({ at: now, ...newest })
    while ((this.lengths[0]?.at ?? now) < now - 1100) this.lengths.shift()
  }

  /**
   * Cuts off a part of what was written in the last second; the server must be dead.
   *
   * @param share how much of it
   * @returns how many bytes, and from which time on what was written is missing, in milliseconds since 1970
   */
  cut(share: number): { readonly bytes: number; readonly since: number } {
    const newest = this.newest()
    if (newest === undefined) return { bytes: 0, since: Date.now() }
    const known = this.lengths.filter(({ file }) => file === newest.file)
    const from = known[0]?.bytes ?? newest.bytes
    const kept = Math.round(newest.bytes - (newest.bytes - from) * share)
    truncateSync(newest.file, kept)
    const since = known.findLast(({ bytes }) => bytes <= kept)?.at ?? known[0]?.at ?? Date.now()
    return { bytes: newest.bytes - kept, since }
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.timer)
  }
}
