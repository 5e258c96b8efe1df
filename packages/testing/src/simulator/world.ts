import { isHeddleError, type DueRuns } from '@heddle/core'
import type { Operation } from './checks/operation.ts'
import type { Guarantee, Violation } from './checks/violation.ts'
import { describeOperation } from './describe-operation.ts'
import type { FaultSchedule } from './fault-schedule.ts'
import type { Fault } from './faults.ts'
import type { References } from './references.ts'
import { judgeResults } from './results.ts'
import { seededDraw, type Draw } from './seeded-random.ts'
import { answerTo, runIdOf, type SimulationPlan } from './simulation-plan.ts'
import { VirtualClient } from './virtual-client.ts'
import { VirtualProcess, type ProcessWorld } from './virtual-process.ts'
import { VirtualQueue } from './virtual-queue.ts'
import { VirtualStore } from './virtual-store.ts'
import { VirtualTime } from './virtual-time.ts'
import { openVirtualWorker } from './virtual-worker.ts'

/** What one world came to. */
export interface WorldOutcome {
  /** The first guarantee that did not hold. */
  readonly violation: Violation | undefined
  /** How many operations the store carried out. */
  readonly steps: number
  /** How many visits were attempted. */
  readonly visits: number
  readonly faults: readonly Fault[]
}

/** If no run gets on for so long after it was to, one is lost. */
const recoveryMs = 2 * 3_600_000

/** A world that takes so many steps goes in circles. */
const maxSteps = 100_000

/** One simulated world: workers, a store, a queue and a client over lines with faults, on one thread, by a clock of their own. */
export class World implements ProcessWorld {
  readonly time: VirtualTime = new VirtualTime()
  readonly schedule: FaultSchedule
  readonly draw: Draw
  busy = 0
  readonly store: VirtualStore
  readonly queue: VirtualQueue
  readonly continuesInWorker: boolean
  private readonly plan: SimulationPlan
  private readonly seed: number
  private readonly references: References
  private readonly trace: string[] | undefined
  private readonly client: VirtualClient
  private readonly runIds: readonly string[]
  private violation: Violation | undefined
  private workerCount = 0
  /** When somebody has to look after a run next, as long as no operation has changed anything since it was asked for. */
  private nextDue: number | undefined

  /** @param trace takes down what happens, a line each */
  constructor(plan: SimulationPlan, references: References, seed: number, schedule: FaultSchedule, trace?: string[]) {
    this.plan = plan
    this.references = references
    this.seed = seed
    this.schedule = schedule
    this.trace = trace
    this.draw = seededDraw(seed, 2)
    this.continuesInWorker = plan.options.continueInWorker ?? seed % 2 === 0
    this.runIds = Array.from({ length: plan.runs }, (_, run) => runIdOf(run))
    this.store = new VirtualStore({
      time: this.time,
      makeStore: plan.makeStore,
      nodeIds: plan.nodeIds,
      report: (guarantee, message) => this.report(guarantee, message),
      onOperation: (by, operation, reply) => this.follow(by, operation, reply),
      isLogged: schedule.losesTail,
    })
    this.queue = new VirtualQueue(this)
    this.client = new VirtualClient(plan, seed, this, (error) => this.giveUp(error))
  }

  /** Lets everything happen until the runs have ended, or a guarantee does not hold. */
  async run(): Promise<WorldOutcome> {
    for (let count = 0; count < this.plan.workers; count++) this.openWorker()
    this.client.begin()
    for (let steps = 0; this.violation === undefined && !this.isOver(); steps++) {
      if (this.busy === 0 && this.nextDue !== undefined) this.time.skipTo(this.nextDue)
      if (!(await this.time.step())) break
      if (this.time.now() > this.store.checks.expectedAt + recoveryMs || steps > maxSteps) this.reportLost()
    }
    if (this.violation === undefined) await this.judge()
    let visits = 0
    for (const { ledger } of this.store.checks.runs.values()) visits += ledger.attempted.size
    return { violation: this.violation, steps: this.store.steps, visits, faults: this.schedule.happened }
  }

  private isOver(): boolean {
    const { runs, haveEnded } = this.store.checks
    if (haveEnded) return this.runIds.every((runId) => runs.has(runId))
    return this.busy === 0 && this.nextDue === Infinity && this.time.nextPostedAt === undefined
  }

  private reportLost(): void {
    for (const { head, ledger } of this.store.checks.runs.values()) {
      if (head.status !== 'live') continue
      const stalled = head.stalledBy === undefined ? '' : `; it is stalled: ${head.stalledBy}`
      this.report('G4', `run "${head.runId}" does not end: ${ledger.describe()}${stalled}`)
    }
    this.report('G4', 'a run was never started')
  }

  private async judge(): Promise<void> {
    const { checks, direct } = this.store
    await checks.checkEnd()
    if (this.violation !== undefined) return
    const heads = this.runIds.flatMap((runId) => checks.runs.get(runId)?.head ?? [])
    const report = (guarantee: Guarantee, message: string): void => this.report(guarantee, message)
    await judgeResults(this.plan, this.references, { seed: this.seed, heads, store: direct, report })
  }

  private openWorker(): void {
    const process = new VirtualProcess(
      `w${++this.workerCount}`,
      this,
      () => true,
      (dead, restartMs) => {
        this.queue.detach(dead)
        this.time.post(restartMs, () => this.openWorker())
      },
    )
    openVirtualWorker(this.plan, this, process)
  }

  /** An operation was carried out for a process. */
  private follow(by: string, operation: Operation, reply: unknown): void {
    const { name } = operation
    this.note(() => `${by} ${describeOperation(operation, reply)}`)
    if (name === 'takeDue') {
      const { runIds, permitKeys = [], nextInMs = Infinity } = reply as DueRuns
      this.nextDue = runIds.length + permitKeys.length === 0 ? this.time.now() + nextInMs : undefined
    } else if (!name.startsWith('read')) {
      this.nextDue = undefined
      // A child run that is there already, when its parent starts it again after a loss, may have waited all along.
      if (name === 'commit' || name === 'settle' || name === 'start') this.lookForWaits(operation)
    }
  }

  /** Lets the client know of waits that it can answer. */
  private lookForWaits({ parameters: [first] }: Operation): void {
    const { runs } = this.store.checks
    let head = runs.get((first as { readonly runId: string }).runId)?.head
    if (head === undefined || !head.waits.some((wait) => answerTo(this.plan, wait) !== undefined)) return
    while (head?.parent !== undefined) head = runs.get(head.parent.runId)?.head
    if (head !== undefined) this.client.look(head.runId)
  }

  async loseTail(count: number): Promise<void> {
    // What one run has acknowledged to another and then forgets is not asked for again: unless it is asked for here, it is let alone.
    const hasChildren = [...this.store.checks.runs.values()].some(({ head }) => head.parent !== undefined)
    if (hasChildren && !this.plan.losesTailOfFamilies) return
    this.note(() => `the store loses its last ${count} operations`)
    await this.store.loseTail(count)
    this.nextDue = undefined
    // What it was asked for may be lost: it asks again.
    this.client.begin()
    for (const runId of this.runIds) this.client.look(runId)
  }

  note(line: () => string): void {
    this.trace?.push(`+${this.time.passedMs} ms ${line()}`)
  }

  private report(guarantee: Guarantee, message: string): void {
    this.note(() => `${guarantee} does not hold: ${message}`)
    this.violation ??= { guarantee, message }
  }

  /** Something went wrong that is no matter of a guarantee: an error of the client, or of the simulator itself. */
  private giveUp(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.report(
      'G4',
      `what the client asked for was refused: ${isHeddleError(error) ? `${error.code}, ` : ''}${message}`,
    )
  }
}
