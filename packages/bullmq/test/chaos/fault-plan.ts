import { pick, type Random } from './seeded-random.ts'

/**
 * What can happen. `kill`: SIGKILL of a random worker; `kill-in-recovery`: shortly after another fault; `kill-in-drain`: while it ends
 * by SIGTERM; `kill-twice`: of a random worker, and when its leases end `kill-sweeper`, of the one that has just taken due runs; `pause`: SIGSTOP, and SIGCONT after a time; `restart`: Redis is killed and started again; `cut`: the same, without up to the
 * last second of its log.
 */
export type FaultKind =
  'kill' | 'kill-in-recovery' | 'kill-in-drain' | 'kill-twice' | 'kill-sweeper' | 'pause' | 'restart' | 'cut'

/** One fault: when this share of all runs has ended, 0 to 1, and so many milliseconds after that. */
export interface PlannedFault {
  readonly kind: FaultKind
  readonly share: number
  readonly afterMs: number
}

/** How many faults there shall be. */
export interface FaultCounts {
  /** SIGKILLs of workers: a quarter of them during recovery, a quarter during drain, a quarter in pairs: a worker, then a sweeper. */
  readonly kills: number
  readonly pauses: number
  readonly restarts: number
  readonly cuts: number
}

/** Plans faults over the time that the runs take: those of Redis far from one another, the others anywhere. */
export function planFaults(random: Random, { kills, pauses, restarts, cuts }: FaultCounts): PlannedFault[] {
  const faults: PlannedFault[] = []
  const add = (kind: FaultKind, count: number): void => {
    for (let made = 0; made < count; made++) faults.push({ kind, share: random() * 0.95, afterMs: 0 })
  }
  const outages = shuffled(random, [
    ...Array.from({ length: restarts }, () => 'restart' as const),
    ...Array.from({ length: cuts }, () => 'cut' as const),
  ])
  for (const [at, kind] of outages.entries()) {
    faults.push({ kind, share: (at + 0.3 + random() * 0.4) / outages.length, afterMs: 0 })
  }
  add('pause', pauses)
  const special = Math.floor(kills / 4)
  const pairs = Math.floor(special / 2)
  add('kill', kills - 2 * special - 2 * pairs)
  add('kill-twice', pairs)
  const others = [...faults]
  add('kill-in-drain', special)
  for (let made = 0; made < special; made++) {
    const share = pick(random, others)?.share ?? 0
    faults.push({ kind: 'kill-in-recovery', share, afterMs: 500 + random() * 8000 })
  }
  return faults
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const keyed = list.map((item) => ({ item, key: random() }))
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item)
}
