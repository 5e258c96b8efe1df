import { HeddleError } from '../errors/heddle-error.ts'
import { bindRun } from '../execution/bind-run.ts'
import { checkSchema } from '../execution/check-schema.ts'
import type { ChildRequest, ChildRun } from '../execution/child-run.ts'
import type { Engine } from '../execution/engine.ts'
import { definitionHash } from '../graph/definition-hash.ts'
import { checkId } from '../graph/ids.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { ResumptionOrchestrator } from '../orchestrators/resumption.ts'
import { RunToCompletionOrchestrator } from '../orchestrators/run-to-completion.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import type { Workflow } from '../ports/workflow.ts'
import type { RunSnapshot } from '../traversal/run-snapshot.ts'
import { createEngine, resolvePorts, type Ports } from './create-engine.ts'
import { childRunId, InProcessChild } from './in-process-child.ts'
import type { FlowRuntimeOptions, RunOptions } from './options.ts'
import { prepareRestored, prepareRun, type PreparedRun } from './prepare.ts'
import { InProcessHandle, type RunHandle } from './run-handle.ts'
import { RunBook, type BookedRun } from './run-book.ts'
import { ValidatedBlueprints } from './validated-blueprints.ts'

/** A blueprint written by hand, or a workflow of the builder. */
export type Runnable = WorkflowBlueprint | Workflow

interface LaunchedRun {
  /** Resolves when the run first comes to rest. */
  readonly atRest: Promise<WorkflowResult>
  readonly booked: () => BookedRun
}

function isWorkflow(runnable: Runnable): runnable is Workflow {
  return 'blueprint' in runnable
}

/** The input of a run and its options; the input may be left out only if its type allows anything. */
export type RunArguments<Input> = unknown extends Input
  ? [input?: Input, options?: RunOptions]
  : [input: Input, options?: RunOptions]

/** The result of a run whose output has a known type; `undefined` unless it completed. */
export type ResultOf<Output> = WorkflowResult & { readonly output: Output | undefined }

function inputSchemaOf(runnable: Runnable, options: RunOptions): StandardSchema | undefined {
  return isWorkflow(runnable) && options.snapshot === undefined ? runnable.inputSchema : undefined
}

function checkInput(schema: StandardSchema, input: unknown): Promise<unknown> {
  return checkSchema(schema, input, 'INVALID_INPUT', 'the input of the run')
}

/**
 * The workflow engine of an application: it runs blueprints against a registry, and workflows of the builder.
 *
 * @example
 * ```ts
 * const runtime = new FlowRuntime({ registry: { hello: ({ input }) => `hello ${input}` } })
 * const result = await runtime.run({ id: 'greet', nodes: [{ id: 'say', uses: 'hello' }], edges: [] }, 'world')
 * console.log(result.output) // hello world
 * ```
 */
export class FlowRuntime {
  /** Where the events of all runs of this runtime are told. */
  readonly eventBus: IEventBus
  private readonly options: FlowRuntimeOptions
  private readonly ports: Ports
  private readonly orchestrator = new RunToCompletionOrchestrator()
  private readonly ownEngine: Engine
  private readonly engines: WeakMap<Workflow, Engine> = new WeakMap()
  private readonly validated: ValidatedBlueprints
  private readonly runs: RunBook = new RunBook()

  constructor(options: FlowRuntimeOptions = {}) {
    this.options = options
    this.ports = resolvePorts(options)
    this.eventBus = this.ports.eventBus
    this.ownEngine = createEngine(this.ports, options.registry ?? {}, undefined, this.childrenOf(undefined))
    this.validated = new ValidatedBlueprints(options, this.ports)
  }

  /**
   * Runs a workflow in this process until it has ended, or only waits for something external (`awaiting`). Retries and sleeps are
   * waited out.
   *
   * @throws HeddleError `INVALID_BLUEPRINT` with all problems, `INVALID_INPUT`, `INVALID_ID`, `RUN_CONFLICT`
   */
  run<Input, Output>(workflow: Workflow<Input, Output>, ...given: RunArguments<Input>): Promise<ResultOf<Output>>
  run(blueprint: WorkflowBlueprint, input?: unknown, options?: RunOptions): Promise<WorkflowResult>
  async run(runnable: Runnable, input?: unknown, options: RunOptions = {}): Promise<WorkflowResult> {
    const schema = inputSchemaOf(runnable, options)
    const checked = schema === undefined ? input : await checkInput(schema, input)
    const known = this.knownRun(runnable, checked, options)
    if (known !== undefined) return known.atRest
    const launched = this.launch(runnable, checked, options, false)
    if (options.runId !== undefined) this.runs.add(launched.booked())
    const result = await launched.atRest
    // Nobody else knows the id of a run that has ended; one that waits will be resumed by it.
    if (options.runId === undefined && result.status === 'awaiting') this.runs.add(launched.booked())
    return result
  }

  /**
   * Starts a run and answers its handle. The same run id again, with the same definition and input, answers the same run.
   *
   * @throws HeddleError as `run` does
   */
  start<Input, Output, Outputs extends object, Waits extends object>(
    workflow: Workflow<Input, Output, Outputs, Waits>,
    ...given: RunArguments<Input>
  ): Promise<RunHandle<Output, Outputs, Waits>>
  start(blueprint: WorkflowBlueprint, input?: unknown, options?: RunOptions): Promise<RunHandle>
  async start(runnable: Runnable, input?: unknown, options: RunOptions = {}): Promise<RunHandle> {
    const schema = inputSchemaOf(runnable, options)
    const checked = schema === undefined ? input : await checkInput(schema, input)
    const known = this.knownRun(runnable, checked, options)
    if (known !== undefined) return known.handle
    const run = this.launch(runnable, checked, options, true).booked()
    this.runs.add(run)
    return run.handle
  }

  /**
   * The handle of a run of this runtime by its id; with its workflow, a typed one.
   *
   * @throws HeddleError `UNKNOWN_RUN`, `DEFINITION_MISMATCH` if the run is one of another workflow
   */
  open<Output, Outputs extends object, Waits extends object>(
    workflow: Workflow<unknown, Output, Outputs, Waits>,
    runId: string,
  ): RunHandle<Output, Outputs, Waits>
  open(runId: string): RunHandle
  open(runnableOrId: Runnable | string, runId?: string): RunHandle {
    if (typeof runnableOrId === 'string') return this.runs.get(runnableOrId).handle
    const run = this.runs.get(runId ?? '')
    if (run.hash() === this.hashOf(runnableOrId)) return run.handle
    throw new HeddleError('DEFINITION_MISMATCH', `run "${runId ?? ''}" is not a run of this workflow`, {
      details: { runId },
    })
  }

  /**
   * The parts that an orchestrator is given, for one run.
   *
   * @throws HeddleError `INVALID_BLUEPRINT`, `INVALID_ID`; with a snapshot `DEFINITION_MISMATCH`, `INVALID_STATE`
   */
  prepare(runnable: Runnable, input?: unknown, options: RunOptions = {}): PreparedRun {
    const blueprint = this.checkedBlueprint(runnable)
    const engine = this.engineOf(runnable)
    const { snapshot } = options
    if (snapshot === undefined) return prepareRun(engine, blueprint, input, this.runIdOf(options), options)
    return prepareRestored(engine, blueprint, this.ports.serializer.deserialize(snapshot) as RunSnapshot, options)
  }

  private checkedBlueprint(runnable: Runnable): WorkflowBlueprint {
    const workflow = isWorkflow(runnable) ? runnable : undefined
    const blueprint = workflow?.blueprint ?? (runnable as WorkflowBlueprint)
    this.validated.check(blueprint, workflow)
    return blueprint
  }

  private knownRun(runnable: Runnable, input: unknown, { runId }: RunOptions): BookedRun | undefined {
    return runId === undefined ? undefined : this.runs.find(runId, this.hashOf(runnable), input)
  }

  /** @param keepsBacklog whether the first events are kept for a handle that is about to be asked for them */
  private launch(runnable: Runnable, input: unknown, options: RunOptions, keepsBacklog: boolean): LaunchedRun {
    const { traverser, executorFactory, state, services } = this.prepare(runnable, input, options)
    const run = bindRun(traverser, state, executorFactory, services)
    const { orchestrator } = this
    const driver = options.snapshot === undefined ? orchestrator : new ResumptionOrchestrator(orchestrator)
    // At once, so that its waits can be answered as soon as the handle is there.
    if (options.snapshot !== undefined) run.restorePending()
    if (keepsBacklog) run.facts.keepBacklog((release) => this.ports.yieldTurn(release))
    const atRest = driver.run(traverser, executorFactory, state, services) as Promise<WorkflowResult>
    const booked = (): BookedRun => ({
      handle: new InProcessHandle(run, this.eventBus),
      atRest,
      hash: () => this.hashOf(runnable),
      input,
      isEnded: () => run.isSettled,
    })
    return { atRest, booked }
  }

  private runIdOf({ runId }: RunOptions): string {
    if (runId === undefined) return this.runs.newId()
    const problem = checkId(runId)
    if (problem !== undefined) {
      throw new HeddleError('INVALID_ID', `a run cannot have this id: ${problem}`, { details: { runId } })
    }
    return runId
  }

  private hashOf(runnable: Runnable): string {
    return definitionHash(isWorkflow(runnable) ? runnable.blueprint : runnable)
  }

  private engineOf(runnable: Runnable): Engine {
    if (!isWorkflow(runnable)) return this.ownEngine
    let engine = this.engines.get(runnable)
    if (engine === undefined) {
      engine = createEngine(this.ports, this.options.registry ?? {}, runnable, this.childrenOf(runnable))
      this.engines.set(runnable, engine)
    }
    return engine
  }

  private childrenOf(parent: Workflow | undefined): Pick<Engine, 'startChild' | 'findChild'> {
    return {
      startChild: (request) => this.startChild(request, parent),
      findChild: (blueprintId) => {
        const runnable = this.findRunnable(blueprintId, parent)
        if (runnable === undefined) return undefined
        return { blueprint: isWorkflow(runnable) ? runnable.blueprint : runnable, engine: this.engineOf(runnable) }
      },
    }
  }

  private startChild(request: ChildRequest, parent: Workflow | undefined): ChildRun {
    const { blueprintId } = request.on
    const runnable = this.findRunnable(blueprintId, parent)
    if (runnable === undefined) {
      throw new HeddleError(
        'UNKNOWN_BLUEPRINT',
        `no workflow is registered under "${blueprintId}"; add it to the runtime's blueprints`,
        { details: { blueprintId } },
      )
    }
    const blueprint = this.checkedBlueprint(runnable)
    const engine = this.engineOf(runnable)
    const prepared =
      request.snapshot === undefined
        ? prepareRun(engine, blueprint, request.on.input, childRunId(request), {})
        : prepareRestored(engine, blueprint, request.snapshot, {})
    return new InProcessChild(request, prepared)
  }

  private findRunnable(id: string, parent: Workflow | undefined): Runnable | undefined {
    const { blueprints = {} } = this.options
    if (parent?.subflows !== undefined && Object.hasOwn(parent.subflows, id)) return parent.subflows[id]
    return Object.hasOwn(blueprints, id) ? blueprints[id] : undefined
  }
}
