import type { Workflow } from '@heddle/core'
import { eventLoopTurn } from '../clock/event-loop-turn.ts'
import type { Violation } from './checks/violation.ts'
import { DrawnSchedule, ListedSchedule } from './fault-schedule.ts'
import { faultKinds, type Fault, type FaultKind } from './faults.ts'
import { References } from './references.ts'
import { readReplay, writeReplay } from './replay-text.ts'
import type { SimulateOptions } from './simulate-options.ts'
import { describeReport, type SimulationFailure, type SimulationReport } from './simulation-report.ts'
import { planSimulation, type SimulationPlan } from './simulation-plan.ts'
import { World, type WorldOutcome } from './world.ts'

/** How many seeds there are if nobody says. */
const defaultSeeds = 100

/** How many seeds that failed are enough. */
const defaultMaxFailures = 3

/** How many lines of a trace are kept. */
const traceLines = 400

/**
 * Runs a workflow in simulated worlds: many workers over one store and one queue, on one thread, by a virtual clock; deterministic from
 * a seed. Workers crash, stand still and come back, messages come twice, late or never, clocks jump. After every operation of the store
 * the guarantees of a run are checked, and at the end its result is held against that of an undisturbed run.
 *
 * The handlers have to be deterministic, may be called several times for one visit, and must not wait for anything real. A seed that
 * fails is tried again with fewer faults, until no fault can be left out; what remains is one line that plays it again.
 *
 * @throws HeddleError `INVALID_OPTION`, `INVALID_BLUEPRINT`
 * @example
 * ```ts
 * const report = await simulate(review, { seeds: 500, input: 'tea', answers: { approval: route('approve', { by: 'me' }) } })
 * if (report.failures.length > 0) throw new Error(report.describe())
 * ```
 */
export async function simulate(workflow: Workflow, options: SimulateOptions = {}): Promise<SimulationReport> {
  const plan = planSimulation(workflow, options)
  const simulation = new Simulation(plan)
  if (options.replay !== undefined) {
    const { seed, faults } = readReplay(options.replay)
    await simulation.play(seed, faults)
  } else for (const seed of seedsOf(options)) if (!(await simulation.tryOut(seed))) break
  return simulation.report()
}

function seedsOf({ seeds = defaultSeeds, firstSeed = 1 }: SimulateOptions): readonly number[] {
  return typeof seeds === 'number' ? Array.from({ length: seeds }, (_, at) => firstSeed + at) : seeds
}

/** Worlds of one workflow, one after the other. */
class Simulation {
  private readonly plan: SimulationPlan
  private readonly references: References
  private readonly startedMs = performance.now()
  private readonly faults = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<FaultKind, number>
  private readonly failures: SimulationFailure[] = []
  private seeds = 0
  private steps = 0
  private visits = 0
  private fewestVisits = Infinity
  private fewestFaults = Infinity

  constructor(plan: SimulationPlan) {
    this.plan = plan
    this.references = new References(plan)
  }

  private outcomeOf(seed: number, faults: readonly Fault[] | undefined, trace?: string[]): Promise<WorldOutcome> {
    const schedule =
      faults === undefined ? new DrawnSchedule(seed, this.plan.rates, this.plan.pauseMs) : new ListedSchedule(faults)
    return new World(this.plan, this.references, seed, schedule, trace).run()
  }

  /** Simulates the world of a seed. @returns whether to go on with others */
  async tryOut(seed: number): Promise<boolean> {
    // So that timers of the process, such as a test's time limit, have their turn.
    await eventLoopTurn()
    const outcome = await this.outcomeOf(seed, undefined)
    this.count(outcome)
    if (outcome.violation !== undefined) await this.fail(seed, await this.shrink(seed, outcome), outcome.violation)
    return this.failures.length < (this.plan.options.maxFailures ?? defaultMaxFailures)
  }

  /** Plays a world again. */
  async play(seed: number, faults: readonly Fault[]): Promise<void> {
    const outcome = await this.outcomeOf(seed, faults)
    this.count(outcome)
    if (outcome.violation !== undefined) await this.fail(seed, faults, outcome.violation)
  }

  private count({ steps, visits, faults }: WorldOutcome): void {
    this.seeds++
    this.steps += steps
    this.visits += visits
    this.fewestVisits = Math.min(this.fewestVisits, visits)
    this.fewestFaults = Math.min(this.fewestFaults, faults.length)
    for (const { kind } of faults) this.faults[kind]++
  }

  /** Leaves out one fault after the other, as long as a guarantee still does not hold. */
  private async shrink(seed: number, { faults }: WorldOutcome): Promise<readonly Fault[]> {
    let needed = faults
    for (let at = faults.length - 1; at >= 0; at--) {
      const fewer = needed.filter((fault) => fault !== faults[at])
      const { violation } = await this.outcomeOf(seed, fewer)
      if (violation !== undefined) needed = fewer
    }
    return needed
  }

  private async fail(seed: number, faults: readonly Fault[], first: Violation): Promise<void> {
    const trace: string[] = []
    const { violation } = await this.outcomeOf(seed, faults, trace)
    const { guarantee, message } = violation ?? {
      guarantee: first.guarantee,
      message: `${first.message} (but not when it was played again: something in the workflow is not deterministic)`,
    }
    const replay = writeReplay({ seed, faults })
    this.failures.push({ seed, guarantee, message, replay, trace: trace.slice(-traceLines) })
  }

  report(): SimulationReport {
    const { seeds, steps, visits, faults, failures, fewestVisits, fewestFaults } = this
    const elapsedMs = performance.now() - this.startedMs
    const figures = {
      seeds,
      steps,
      visits,
      fewestVisits: seeds === 0 ? 0 : fewestVisits,
      fewestFaults: seeds === 0 ? 0 : fewestFaults,
      faults,
      elapsedMs,
      seedsPerSecond: (seeds * 1000) / elapsedMs,
      failures,
    }
    return { ...figures, describe: () => describeReport(figures) }
  }
}
