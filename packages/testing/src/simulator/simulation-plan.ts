import {
  CelEvaluator,
  HeddleError,
  memoryCoordinationStore,
  NodeResult,
  SuperjsonSerializer,
  type ActorLimits,
  type FlowRuntimeOptions,
  type ISerializer,
  type OpenWait,
  type RunLimits,
  type Workflow,
} from '@heddle/core'
import type { NodeIds } from './checks/world-checks.ts'
import { defaultRates, faultKinds, type FaultRates } from './faults.ts'
import type { AnswerOf, InputOf, RunPlace, SimulateOptions } from './simulate-options.ts'
import type { StoreFactory } from './virtual-store.ts'

/** What every world of a simulation is made from. */
export interface SimulationPlan {
  readonly workflow: Workflow
  readonly options: SimulateOptions
  readonly rates: FaultRates
  /** Whether the store may lose its tail also when there are child runs in it. */
  readonly losesTailOfFamilies: boolean
  readonly workers: number
  readonly runs: number
  readonly limits: Partial<RunLimits & ActorLimits>
  /** The shortest pause: it outlasts every lease and turn, in milliseconds. */
  readonly pauseMs: number
  readonly serializer: ISerializer
  readonly makeStore: StoreFactory
  /** The ports that runtimes and workers of all worlds share. */
  readonly ports: Required<Pick<FlowRuntimeOptions, 'evaluator' | 'serializer' | 'limits'>>
  /** The longest delay of a handler, in milliseconds, by node id, where the node has a timeout. */
  readonly slowest: ReadonlyMap<string, number>
  readonly nodeIds: NodeIds
}

/** A lost attempt is no failure of the workflow; with many faults it happens often. */
const maxLostAttempts = 10_000

/** What `ActorLimits` says where nothing is given. */
const defaultLeaseMs = 8000
const defaultTurnMs = 5000

/** @throws HeddleError `INVALID_OPTION` */
export function planSimulation(workflow: Workflow, options: SimulateOptions): SimulationPlan {
  const { serializer = new SuperjsonSerializer(), evaluator = new CelEvaluator() } = options
  const { faults = {}, workers = 3, runs = 2, limits = {} } = options
  checkCounts({ workers, runs, ...givenCounts(options) })
  checkSeeds(options)
  checkAnswers(options.answers)
  return {
    workflow,
    options,
    rates: ratesOf(faults),
    losesTailOfFamilies: faults !== false && faults.lostTail !== undefined,
    workers,
    runs,
    limits: { maxLostAttempts, ...limits },
    pauseMs: Math.max(limits.leaseMs ?? defaultLeaseMs, limits.turnMs ?? defaultTurnMs) + 1000,
    serializer,
    makeStore: options.store ?? memoryCoordinationStore,
    ports: {
      serializer,
      evaluator,
      limits: runLimitsOf(limits),
    },
    slowest: new Map(timeoutsOf(workflow)),
    nodeIds: new Map(nodeIdsOf(workflow)),
  }
}

/** The limits that runtimes have too. */
function runLimitsOf({ maxMapItems, maxSubflowDepth }: NonNullable<SimulateOptions['limits']>): Partial<RunLimits> {
  return {
    ...(maxMapItems === undefined ? {} : { maxMapItems }),
    ...(maxSubflowDepth === undefined ? {} : { maxSubflowDepth }),
  }
}

function givenCounts({ seeds, maxFailures }: SimulateOptions): Readonly<Record<string, unknown>> {
  return {
    ...(seeds === undefined || Array.isArray(seeds) ? {} : { seeds }),
    ...(maxFailures === undefined || maxFailures === Infinity ? {} : { maxFailures }),
  }
}

/** With fewer than one of them nothing would be checked. */
function checkCounts(counts: Readonly<Record<string, unknown>>): void {
  for (const [name, count] of Object.entries(counts)) {
    const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 1
    if (!isCount) throw badOption(name, `a whole number from 1 up, not ${String(count)}`)
  }
}

const isSeed = (seed: unknown): boolean => typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0

function checkSeeds({ seeds, firstSeed = 1 }: SimulateOptions): void {
  if (!isSeed(firstSeed)) throw badOption('firstSeed', `a whole number from 0 up, not ${String(firstSeed)}`)
  if (!Array.isArray(seeds) || (seeds.length > 0 && seeds.every(isSeed))) return
  throw badOption('seeds', 'a number of seeds, or a list of them: whole numbers from 0 up')
}

function checkAnswers(answers: unknown): void {
  if (answers === undefined || isRecord(answers)) return
  throw badOption('answers', 'a record of answers by the names of waits')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function badOption(option: string, rule: string): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} of a simulation must be ${rule}`, { details: { option } })
}

function ratesOf(faults: Partial<FaultRates> | false): FaultRates {
  const rates = { ...defaultRates }
  if (faults !== false && !isRecord(faults)) throw badOption('faults', 'a record of probabilities, or false')
  const unknown = Object.keys(faults).find((kind) => !Object.hasOwn(defaultRates, kind))
  if (unknown !== undefined) throw badOption('faults', `a record by kinds of faults, and "${unknown}" is none of them`)
  for (const kind of faultKinds) {
    const rate = faults === false ? 0 : (faults[kind] ?? defaultRates[kind])
    if (!(rate >= 0 && rate <= 1)) throw badOption(`faults.${kind}`, `a probability from 0 to 1, not ${rate}`)
    rates[kind] = rate
  }
  return rates
}

/** Half the timeout of each node that has one, subflows included; of nodes of the same id the shortest. */
function* timeoutsOf({ blueprint, subflows = {} }: Workflow): Generator<[string, number]> {
  for (const { id, config } of blueprint.nodes) {
    if (config?.timeoutMs !== undefined) yield [id, config.timeoutMs / 2]
  }
  for (const subflow of Object.values(subflows)) yield* timeoutsOf(subflow)
}

/** The nodes of a workflow and its subflows, by workflow id. */
function* nodeIdsOf({ blueprint, subflows = {} }: Workflow): Generator<[string, readonly string[]]> {
  yield [blueprint.id, blueprint.nodes.map(({ id }) => id)]
  for (const subflow of Object.values(subflows)) yield* nodeIdsOf(subflow)
}

/** The id of a run of a world, by its number. */
export function runIdOf(run: number): string {
  return `run-${run}`
}

/** The input of a run. */
export function inputOf({ options: { input } }: SimulationPlan, place: RunPlace): unknown {
  return typeof input === 'function' ? (input as InputOf)(place) : input
}

/** The answer to a wait, if there is one. */
export function answerTo(
  { options: { answers = {} } }: SimulationPlan,
  wait: OpenWait,
): { readonly payload: unknown; readonly action: string | undefined } | undefined {
  if (!Object.hasOwn(answers, wait.name)) return undefined
  const given = answers[wait.name]
  const answer = typeof given === 'function' ? (given as AnswerOf)(wait) : given
  if (!(answer instanceof NodeResult)) return { payload: answer, action: undefined }
  const { output, action } = answer as NodeResult
  return { payload: output, action }
}
