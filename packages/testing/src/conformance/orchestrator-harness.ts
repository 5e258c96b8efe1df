import {
  visitKey,
  type FlowRuntime,
  type FlowRuntimeOptions,
  type Handler,
  type IClock,
  type IEventBus,
  type IOrchestrator,
  type NodeContext,
  type PreparedRun,
  type RunEvent,
  type RunOptions,
  type WorkflowBlueprint,
  type WorkflowResult,
} from '@heddle/core'
import { recordEvents } from '../events/record-events.ts'
import { drive, whileTimePasses } from './drive.ts'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'

/** How a behaviour starts a run. */
export interface TrialOptions
  extends RunOptions, Pick<FlowRuntimeOptions, 'registry' | 'blueprints' | 'middleware' | 'dependencies' | 'limits'> {
  readonly input?: unknown
}

/** What a factory of orchestrators is told about the run that it makes one for. */
export interface Trial {
  readonly runtime: FlowRuntime
  readonly blueprint: WorkflowBlueprint
  readonly options: TrialOptions
  /** The parts of the run that is driven. */
  readonly prepared: PreparedRun
  /** The events of the run so far. */
  readonly events: () => readonly RunEvent[]
  /** The clock of the run. */
  readonly clock: IClock
}

/** Makes an orchestrator for one run. */
export type CreateOrchestrator = (trial: Trial) => IOrchestrator

/** One run of a behaviour. */
export interface DrivenRun {
  /** Where the run stood when it was last driven. */
  readonly result: WorkflowResult
  /** The visits whose handlers were called, each time that they were, by the keys of `visitKey`. */
  readonly calls: readonly string[]
  /** The events of this run, without those of child runs. */
  readonly events: readonly RunEvent[]
  readonly prepared: PreparedRun
  readonly eventBus: IEventBus
  /** How each node ended: read from the result and, for failures, from the events. */
  statuses(): Record<string, string>
  /** The codes of the warnings, with their nodes. */
  warnings(): string[]
  /** Goes on until the run has ended or waits for something external. */
  drive(): Promise<WorkflowResult>
}

/** What a behaviour of an orchestrator works with. */
export interface OrchestratorHarness {
  readonly expect: Expect
  readonly clock: IClock
  /** A time in milliseconds, longer by the time factor of the suite: for what is in a blueprint or an option and has to wait for others. */
  readonly ms: (count: number) => number
  /** Waits for a time of the clock, longer by the time factor: for handlers that take their time. */
  readonly sleep: (ms: number) => Promise<void>
  /** Lets a time of the clock, longer by the time factor, pass while no run is driven. */
  readonly pass: (ms: number) => Promise<void>
  /** Prepares a run without driving it. Nodes without a handler in the registry answer their own id. */
  readonly prepare: (blueprint: WorkflowBlueprint, options?: TrialOptions) => DrivenRun
  /** Prepares a run and drives it. */
  readonly run: (blueprint: WorkflowBlueprint, options?: TrialOptions) => Promise<DrivenRun>
}

/** One behaviour that every orchestrator has. */
export type OrchestratorBehaviour = Behaviour<OrchestratorHarness>

/** What harnesses are made of. */
export interface HarnessParts {
  readonly expect: Expect
  readonly clock: IClock
  readonly createOrchestrator: CreateOrchestrator
  readonly createRuntime: (options: FlowRuntimeOptions) => FlowRuntime
  readonly timeFactor: number
}

/** Makes the harness of one test. */
export function createOrchestratorHarness(parts: HarnessParts): OrchestratorHarness {
  const { expect, clock, timeFactor } = parts
  const prepare = (blueprint: WorkflowBlueprint, options: TrialOptions = {}): DrivenRun =>
    new TrialRun(parts, blueprint, options)
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.schedule(ms * timeFactor, resolve)
    })
  return {
    expect,
    clock,
    prepare,
    ms: (count) => count * timeFactor,
    sleep,
    pass: (ms) => whileTimePasses(sleep(ms), clock),
    run: async (blueprint, options) => {
      const run = prepare(blueprint, options)
      await run.drive()
      return run
    },
  }
}

class TrialRun implements DrivenRun {
  readonly prepared: PreparedRun
  readonly calls: string[] = []
  readonly events: readonly RunEvent[]
  readonly eventBus: IEventBus
  private readonly clock: IClock
  private readonly blueprint: WorkflowBlueprint
  private readonly orchestrator: IOrchestrator
  private lastResult: WorkflowResult | undefined

  constructor(
    { clock, createRuntime, createOrchestrator }: HarnessParts,
    blueprint: WorkflowBlueprint,
    options: TrialOptions,
  ) {
    this.clock = clock
    this.blueprint = blueprint
    const { registry = {}, blueprints = {}, middleware, dependencies, limits, input, ...runOptions } = options
    const all = [
      blueprint,
      ...Object.values(blueprints).filter((child): child is WorkflowBlueprint => 'nodes' in child),
    ]
    const runtime = createRuntime({
      registry: this.watchCalls({ ...Object.fromEntries(all.flatMap((one) => answersOwnId(one))), ...registry }),
      blueprints,
      clock,
      random: () => 0,
      ...(middleware === undefined ? {} : { middleware }),
      ...(dependencies === undefined ? {} : { dependencies }),
      ...(limits === undefined ? {} : { limits }),
    })
    this.prepared = runtime.prepare(blueprint, input, runOptions)
    const { runId } = this.prepared.state
    const recorder = recordEvents(runtime, { runId })
    this.events = recorder.events
    this.eventBus = runtime.eventBus
    this.orchestrator = createOrchestrator({
      runtime,
      blueprint,
      options,
      prepared: this.prepared,
      events: () => this.events,
      clock: this.clock,
    })
  }

  get result(): WorkflowResult {
    if (this.lastResult === undefined) throw new Error('the run was not driven yet')
    return this.lastResult
  }

  async drive(): Promise<WorkflowResult> {
    this.lastResult = await drive(this.orchestrator, this.prepared, this.clock)
    return this.lastResult
  }

  statuses(): Record<string, string> {
    const { outputs, skipped, cancelled, errors } = this.result
    const failures = this.events.filter((event) => event.type === 'node.failed' && event.handledBy === undefined)
    const failed = new Set([
      ...errors.filter(({ code }) => code !== 'COMPENSATION_FAILED').map(({ details }) => details['nodeId']),
      ...failures.map((event) => 'nodeId' in event && event.nodeId),
    ])
    const statusOf = (id: string): string => {
      if (skipped.includes(id)) return 'skipped'
      if (cancelled.includes(id)) return 'cancelled'
      if (failed.has(id)) return 'failed'
      return id in outputs ? 'completed' : 'open'
    }
    return Object.fromEntries(this.blueprint.nodes.map(({ id }) => [id, statusOf(id)]))
  }

  warnings(): string[] {
    return this.events.flatMap((event) =>
      event.type === 'warning' ? [`${event.code} ${event.nodeId ?? ''}`.trim()] : [],
    )
  }

  private watchCalls(registry: Readonly<Record<string, Handler>>): Record<string, Handler> {
    const watch =
      (handler: Handler): Handler =>
      (context: NodeContext) => {
        const { nodeId, iteration, index, isOutcomeKnown } = context
        const item = index === undefined ? {} : { item: index }
        this.calls.push(
          visitKey({
            nodeId,
            iteration,
            ...item,
            ...(isOutcomeKnown === undefined ? {} : { compensates: true as const }),
          }),
        )
        return handler(context)
      }
    return Object.fromEntries(Object.entries(registry).map(([name, handler]) => [name, watch(handler)]))
  }
}

const builtIn = new Set(['map', 'sleep', 'subflow', 'wait', 'webhook'])

function answersOwnId({ nodes }: WorkflowBlueprint): [string, Handler][] {
  return nodes.filter(({ uses }) => !builtIn.has(uses)).map(({ uses }) => [uses, ({ nodeId }: NodeContext) => nodeId])
}
