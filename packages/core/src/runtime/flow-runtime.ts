import { HeddleError } from '../errors/heddle-error.ts'
import { bindRun } from '../execution/bind-run.ts'
import { checkSchema } from '../execution/check-schema.ts'
import type { ChildRequest, ChildRun } from '../execution/child-run.ts'
import type { Engine } from '../execution/engine.ts'
import { definitionHash } from '../graph/definition-hash.ts'
import { checkId } from '../graph/ids.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
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
export type Runnable<Input = unknown, Output = unknown> = WorkflowBlueprint | Workflow<Input, Output>

interface LaunchedRun {
  /** Resolves when the run first comes to rest. */
  readonly atRest: Promise<WorkflowResult>
  readonly booked: () => BookedRun
}

function isWorkflow(runnable: Runnable): runnable is Workflow {
  return 'blueprint' in runnable
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
    this.ownEngine = createEngine(this.ports, options.registry ?? {}, undefined, (request) =>
      this.startChild(request, undefined),
    )
    this.validated = new ValidatedBlueprints(options, this.ports)
  }

  /**
   * Runs a workflow in this process until it has ended, or only waits for something external (`awaiting`). Retries and sleeps are
   * waited out.
   *
   * @throws HeddleError `INVALID_BLUEPRINT` with all problems, `INVALID_INPUT`, `INVALID_ID`, `RUN_CONFLICT`
   */
  async run<Input, Output>(
    runnable: Runnable<Input, Output>,
    input?: Input,
    options: RunOptions = {},
  ): Promise<WorkflowResult & { readonly output: Output | undefined }> {
    const existing =
      options.runId === undefined ? undefined : this.runs.find(options.runId, this.hashOf(runnable), input)
    if (existing !== undefined)
      return (await existing.atRest) as WorkflowResult & { readonly output: Output | undefined }
    const { atRest, booked } = await this.launch(runnable, input, options)
    if (options.runId !== undefined) this.runs.add(booked())
    const result = await atRest
    // Nobody else knows the id of a run that has ended; one that waits will be resumed by it.
    if (options.runId === undefined && result.status === 'awaiting') this.runs.add(booked())
    return result as WorkflowResult & { readonly output: Output | undefined }
  }

  /**
   * Starts a run and answers its handle. The same run id again, with the same definition and input, answers the same run.
   *
   * @throws HeddleError as `run` does
   */
  async start<Input, Output>(
    runnable: Runnable<Input, Output>,
    input?: Input,
    options: RunOptions = {},
  ): Promise<RunHandle<Output>> {
    const existing =
      options.runId === undefined ? undefined : this.runs.find(options.runId, this.hashOf(runnable), input)
    if (existing !== undefined) return existing.handle as RunHandle<Output>
    const { booked } = await this.launch(runnable, input, options)
    const run = booked()
    this.runs.add(run)
    return run.handle as RunHandle<Output>
  }

  /** The handle of a run that this runtime started under an id. @throws HeddleError `UNKNOWN_RUN` */
  open(runId: string): RunHandle {
    return this.runs.get(runId).handle
  }

  /**
   * The parts that an orchestrator is given, for one new run.
   *
   * @throws HeddleError `INVALID_BLUEPRINT`, `INVALID_ID`
   */
  prepare(runnable: Runnable, input?: unknown, options: RunOptions = {}): PreparedRun {
    const blueprint = isWorkflow(runnable) ? runnable.blueprint : runnable
    const engine = this.engineOf(runnable)
    this.validated.check(blueprint, isWorkflow(runnable) ? runnable : undefined)
    const { snapshot } = options
    if (snapshot !== undefined)
      return prepareRestored(engine, blueprint, this.ports.serializer.deserialize(snapshot) as RunSnapshot, options)
    return prepareRun(engine, blueprint, input, this.runIdOf(options), options)
  }

  private async launch(runnable: Runnable, input: unknown, options: RunOptions): Promise<LaunchedRun> {
    const schema = isWorkflow(runnable) && options.snapshot === undefined ? runnable.inputSchema : undefined
    const checked: unknown =
      schema === undefined ? input : await checkSchema(schema, input, 'INVALID_INPUT', 'the input of the run')
    const prepared = this.prepare(runnable, checked, options)
    const { traverser, executorFactory, state, services } = prepared
    const run = bindRun(traverser, state, executorFactory, services)
    const orchestrator =
      options.snapshot === undefined ? this.orchestrator : new ResumptionOrchestrator(this.orchestrator)
    const atRest = orchestrator.run(traverser, executorFactory, state, services)
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
    if (problem !== undefined)
      throw new HeddleError('INVALID_ID', `a run cannot have this id: ${problem}`, { details: { runId } })
    return runId
  }

  private hashOf(runnable: Runnable): string {
    return definitionHash(isWorkflow(runnable) ? runnable.blueprint : runnable)
  }

  private engineOf(runnable: Runnable): Engine {
    if (!isWorkflow(runnable)) return this.ownEngine
    let engine = this.engines.get(runnable)
    if (engine === undefined) {
      engine = createEngine(this.ports, this.options.registry ?? {}, runnable, (request) =>
        this.startChild(request, runnable),
      )
      this.engines.set(runnable, engine)
    }
    return engine
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
    const blueprint = isWorkflow(runnable) ? runnable.blueprint : runnable
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
