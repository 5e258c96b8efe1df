/**
 * How often each kind of fault happens: a probability from 0 to 1.
 *
 * An *operation* is one call that a worker, or the client, makes to the store or the queue. Of each fault that concerns an operation it
 * is drawn whether it strikes before the operation took effect or after.
 */
export interface FaultRates {
  /** A worker dies at an operation: what it knew and attempted is lost, and another worker takes its place later. @default 0.004 */
  readonly crash: number
  /** A worker stands still, at an operation, for longer than its leases and its turn last, and then goes on. @default 0.003 */
  readonly pause: number
  /**
   * A worker is told to end at an operation: it takes no more jobs, gives up the attempts that take too long, and ends; then another one
   * takes its place. It may die or stand still meanwhile.
   * @default 0.003
   */
  readonly drain: number
  /** An operation is sent twice, since its reply was lost; the second may arrive much later. @default 0.01 */
  readonly resend: number
  /** The caller of an operation is told that it failed, whether or not it took effect. @default 0.006 */
  readonly error: number
  /** The clock of a worker jumps, to up to five seconds before or after the store's. @default 0.004 */
  readonly clockJump: number
  /**
   * The store forgets the last things that it was told, as a server does that is killed before its log is on disk: in this share of the
   * seeds, once. Unless this is given, a store that has child runs is spared: an acknowledgement between two runs that is lost with the
   * tail leaves the parent waiting.
   * @default 0.05
   */
  readonly lostTail: number
  /** A job is handed out twice. @default 0.03 */
  readonly duplicateJob: number
  /** A job arrives late, after others that were sent after it. @default 0.02 */
  readonly lateJob: number
  /** A job never arrives. @default 0.02 */
  readonly lostJob: number
  /** A handler takes seconds; where its node has a timeout, less than that. @default 0.03 */
  readonly slowHandler: number
}

/** A kind of fault. */
export type FaultKind = keyof FaultRates

/** What a fault can happen to: an operation, a job on its way, an attempt. */
export type FaultPoint = 'operation' | 'job' | 'attempt'

/** One fault of a schedule. */
export interface Fault {
  readonly kind: FaultKind
  /** It happens to the how-manieth operation, job or attempt of the world, from 0. */
  readonly at: number
  /** How long it lasts, in milliseconds; of a worker that is told to end, how long its attempts may take; of a lost tail, how many operations are lost. */
  readonly amount: number
  /** Of a fault of an operation: whether the operation has taken effect. */
  readonly isAfter: boolean
}

/** The rates that hold where none are given. */
export const defaultRates: FaultRates = {
  crash: 0.005,
  pause: 0.004,
  drain: 0.004,
  resend: 0.012,
  error: 0.008,
  clockJump: 0.005,
  lostTail: 0.05,
  duplicateJob: 0.04,
  lateJob: 0.025,
  lostJob: 0.025,
  slowHandler: 0.04,
}

/** The kinds by what they happen to, each with the letter that stands for it in a replay. */
export const kindsByPoint: Readonly<Record<FaultPoint, Readonly<Partial<Record<FaultKind, string>>>>> = {
  operation: { crash: 'c', pause: 'p', resend: 'r', error: 'e', clockJump: 'k', lostTail: 't', drain: 'g' },
  job: { duplicateJob: 'd', lateJob: 'l', lostJob: 'x' },
  attempt: { slowHandler: 's' },
}

/** All kinds. */
export const faultKinds: readonly FaultKind[] = Object.keys(defaultRates) as FaultKind[]
