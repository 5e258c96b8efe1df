import { kindsByPoint, type Fault, type FaultKind, type FaultPoint, type FaultRates } from './faults.ts'
import { seededDraw, seededRandom, type Draw } from './seeded-random.ts'

/** Decides which faults happen in one world, and keeps the list of those that did. */
export interface FaultSchedule {
  /**
   * The fault that happens here, if one does. Each call is one operation, job or attempt.
   *
   * @param suffers which kinds can happen here
   */
  next(point: FaultPoint, suffers?: (kind: FaultKind) => boolean): Fault | undefined
  /** The faults so far. */
  readonly happened: readonly Fault[]
  /** Whether the store may lose something; only then does it keep what was asked of it. */
  readonly losesTail: boolean
}

/** After so many faults a world is left in peace, so that every run can end. */
const maxFaults = 24

/** By this operation a world has had its first fault: no seed is without one. */
const firstFaultBefore = 24

/** By this operation the store has lost what it will lose. */
const tailLostBefore = 120

/** How much of a kind there is: the amounts are in milliseconds, of a lost tail in operations. */
function drawAmount(kind: FaultKind, draw: Draw, pauseMs: number): number {
  switch (kind) {
    case 'crash':
      return draw(6000)
    case 'pause':
      return pauseMs + draw(2 * pauseMs)
    case 'drain':
      return draw(2) === 0 ? 0 : draw(3000)
    case 'resend':
      return draw(2) === 0 ? draw(20) : draw(20_000)
    case 'clockJump':
      return draw(10_001) - 5000
    case 'lostTail':
      return 1 + draw(20)
    case 'duplicateJob':
      return draw(2) === 0 ? draw(20) : draw(10_000)
    case 'lateJob':
      return draw(20_000)
    case 'slowHandler':
      return draw(2) === 0 ? draw(500) : draw(15_000)
    default:
      return 0
  }
}

interface Choice {
  readonly kind: FaultKind
  /** It is chosen by numbers below this one, and not below that of the choice before. */
  readonly below: number
}

function choicesOf(point: FaultPoint, rates: FaultRates): Choice[] {
  let below = 0
  const choices: Choice[] = []
  for (const kind of Object.keys(kindsByPoint[point]) as FaultKind[]) {
    if (kind === 'lostTail' || rates[kind] <= 0) continue
    below += rates[kind]
    choices.push({ kind, below })
  }
  return choices
}

/** Draws faults by their rates. */
export class DrawnSchedule implements FaultSchedule {
  readonly happened: Fault[] = []
  readonly losesTail: boolean
  private readonly choices: Readonly<Record<FaultPoint, readonly Choice[]>>
  private readonly counts: Record<FaultPoint, number> = { operation: 0, job: 0, attempt: 0 }
  private readonly random: () => number
  private readonly draw: Draw
  private readonly firstBefore: number
  private readonly tailLostAt: number
  private readonly pauseMs: number

  /** @param pauseMs the shortest pause that outlasts leases and turns */
  constructor(seed: number, rates: FaultRates, pauseMs: number) {
    this.random = seededRandom(seed, 0)
    this.draw = seededDraw(seed, 1)
    this.pauseMs = pauseMs
    this.firstBefore = this.draw(firstFaultBefore)
    this.losesTail = this.random() < rates.lostTail
    this.tailLostAt = this.losesTail ? this.draw(tailLostBefore) : -1
    this.choices = {
      operation: choicesOf('operation', rates),
      job: choicesOf('job', rates),
      attempt: choicesOf('attempt', rates),
    }
  }

  next(point: FaultPoint, suffers?: (kind: FaultKind) => boolean): Fault | undefined {
    const at = this.counts[point]++
    const kind = this.choose(point, at)
    if (kind === undefined || suffers?.(kind) === false) return undefined
    const fault: Fault = {
      kind,
      at,
      amount: drawAmount(kind, this.draw, this.pauseMs),
      isAfter: point === 'operation' && this.draw(2) === 1,
    }
    this.happened.push(fault)
    return fault
  }

  private choose(point: FaultPoint, at: number): FaultKind | undefined {
    const isOperation = point === 'operation'
    if (isOperation && at === this.tailLostAt) return 'lostTail'
    const choices = this.choices[point]
    const last = choices[choices.length - 1]
    if (last === undefined || this.happened.length >= maxFaults) return undefined
    // A lost tail does not count: a store with child runs in it is spared.
    const isDue = isOperation && at >= this.firstBefore && this.happened.every((fault) => fault.kind === 'lostTail')
    const number = this.random() * (isDue ? last.below : 1)
    return number < last.below ? choices.find(({ below }) => number < below)?.kind : undefined
  }
}

/** Lets the faults of a list happen, and no others. */
export class ListedSchedule implements FaultSchedule {
  readonly happened: Fault[] = []
  readonly losesTail: boolean
  private readonly counts: Record<FaultPoint, number> = { operation: 0, job: 0, attempt: 0 }
  private readonly faults: Readonly<Record<FaultPoint, ReadonlyMap<number, Fault>>>

  constructor(faults: readonly Fault[]) {
    const of = (point: FaultPoint): ReadonlyMap<number, Fault> =>
      new Map(faults.filter(({ kind }) => kind in kindsByPoint[point]).map((fault) => [fault.at, fault]))
    this.faults = { operation: of('operation'), job: of('job'), attempt: of('attempt') }
    this.losesTail = faults.some(({ kind }) => kind === 'lostTail')
  }

  next(point: FaultPoint, suffers?: (kind: FaultKind) => boolean): Fault | undefined {
    const fault = this.faults[point].get(this.counts[point]++)
    if (fault === undefined || suffers?.(fault.kind) === false) return undefined
    this.happened.push(fault)
    return fault
  }
}
