import { pick, type Random } from './seeded-random.ts'

/**
 * What can happen. `kill`: SIGKILL of a random worker; `kill-in-recovery`: shortly after another fault; `kill-in-drain`: while it ends
 * by SIGTERM; `pause`: SIGSTOP, and SIGCONT after a time; `restart`: Redis is killed and started again; `cut`: the same, without up to the
 * last second of its log.
 */
export type FaultKind = 'kill' | 'kill-in-recovery' | 'kill-in-drain' | 'pause' | 'restart' | 'cut'

/** One fault, so many milliseconds after the beginning. */
export interface PlannedFault {
  readonly kind: FaultKind
  readonly atMs: number
}

/** How many faults there shall be, in which time. */
export interface FaultCounts {
  /** SIGKILLs of workers: a quarter of them during recovery, a quarter during drain. */
  readonly kills: number
  readonly pauses: number
  readonly restarts: number
  readonly cuts: number
  readonly durationMs: number
}

/** Plans faults over a time: those of Redis far from one another, the others anywhere. */
export function planFaults(random: Random, { kills, pauses, restarts, cuts, durationMs }: FaultCounts): PlannedFault[] {
  const first = durationMs * 0.04
  const anywhere = (): number => first + random() * (durationMs - first)
  const faults: PlannedFault[] = []
  const add = (kind: FaultKind, count: number, at: () => number): void => {
    for (let made = 0; made < count; made++) faults.push({ kind, atMs: at() })
  }
  const outages = shuffled(random, [
    ...Array.from({ length: restarts }, () => 'restart' as const),
    ...Array.from({ length: cuts }, () => 'cut' as const),
  ])
  for (const [at, kind] of outages.entries()) {
    faults.push({ kind, atMs: ((at + 0.3 + random() * 0.4) / outages.length) * durationMs })
  }
  add('pause', pauses, anywhere)
  const special = Math.floor(kills / 4)
  add('kill', kills - 2 * special, anywhere)
  const others = [...faults]
  add('kill-in-drain', special, anywhere)
  add('kill-in-recovery', special, () => (pick(random, others)?.atMs ?? first) + 500 + random() * 8000)
  return faults.sort((one, other) => one.atMs - other.atMs)
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const keyed = list.map((item) => ({ item, key: random() }))
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item)
}
