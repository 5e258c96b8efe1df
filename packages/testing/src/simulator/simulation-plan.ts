import {
  CelEvaluator,
  HeddleError,
  memoryCoordinationStore,
  NodeResult,
  SuperjsonSerializer,
  type ActorLimits,
  type ISerializer,
  type OpenWait,
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
  readonly limits: Partial<ActorLimits>
  /** The shortest pause: it outlasts every lease and turn, in milliseconds. */
  readonly pauseMs: number
  readonly serializer: ISerializer
  readonly makeStore: StoreFactory
  /** The ports that runtimes and workers of all worlds share. */
  readonly ports: Pick<SimulateOptions, 'evaluator' | 'serializer' | 'maxMapItems' | 'maxSubflowDepth'>
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
  const {
    serializer = new SuperjsonSerializer(),
    evaluator = new CelEvaluator(),
    maxMapItems,
    maxSubflowDepth,
  } = options
  const { faults = {}, workers = 3, runs = 2, limits = {} } = options
  for (const [name, count] of Object.entries({ workers, runs })) {
    if (!Number.isInteger(count) || count < 1) throw badOption(name, `a whole number from 1 up, not ${count}`)
  }
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
      ...(maxMapItems === undefined ? {} : { maxMapItems }),
      ...(maxSubflowDepth === undefined ? {} : { maxSubflowDepth }),
    },
    slowest: new Map(timeoutsOf(workflow)),
    nodeIds: new Map(nodeIdsOf(workflow)),
  }
}

function badOption(option: string, rule: string): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} of a simulation must be ${rule}`, { details: { option } })
}

function ratesOf(faults: Partial<FaultRates> | false): FaultRates {
  const rates = { ...defaultRates }
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
