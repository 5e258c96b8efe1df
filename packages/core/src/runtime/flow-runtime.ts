import { randomNonce } from '../defaults/random-nonce.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { checkRunOptions } from '../execution/checks/check-run-options.ts'
import { bindRun } from '../execution/run/bind-run.ts'
import { restorePending } from '../execution/run/restored-visits.ts'
import type { ChildRequest, ChildRun } from '../execution/engine/child-run.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import { checkId } from '../graph/ids.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Explanation } from '../model/explanation.ts'
import type { RunFilter, RunPage } from '../model/run-page.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { ResumptionOrchestrator } from '../orchestrators/resumption.ts'
import { RunToCompletionOrchestrator } from '../orchestrators/run-to-completion.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { Workflow } from '../ports/workflow.ts'
import { checkGiven, checkInput, inputSchemaOf } from './check-given.ts'
import { checkOpenOptions } from './check-open-options.ts'
import { resolvePorts, type Ports } from './create-engine.ts'
import { Engines } from './engines.ts'
import { bookedChild, childRunId } from './in-process-child.ts'
import type { ForkOptions } from './fork-run.ts'
import type { FlowRuntimeOptions, OpenOptions, RunOptions } from './options.ts'
import { prepareFromText, prepareRestored, prepareRun, type PreparedRun } from './prepare.ts'
import { journalledRuns, JournalledRuns } from './journalled-runs.ts'
import { inputText } from './input-text.ts'
import { InProcessHandle } from './in-process-handle.ts'
import type { KnownWorkflow, RunKeeper } from './run-keeper.ts'
import { RunBook, type BookedRun } from './run-book.ts'
import { blueprintOf, isWorkflow, type Runnable } from './runnable.ts'
import { storedRuns, StoredRuns } from './stored-runs.ts'
import { ValidatedBlueprints } from './validated-blueprints.ts'

interface LaunchedRun {
  /** Resolves when the run first comes to rest. */
  readonly atRest: Promise<WorkflowResult>
  readonly booked: () => BookedRun
}

/** The input of a run and its options; the input may be left out only if its type allows anything. */
export type RunArguments<Input> = unknown extends Input
  ? [input?: Input, options?: RunOptions]
  : [input: Input, options?: RunOptions]

/** The result of a run whose output has a known type; `undefined` unless it completed. */
export type ResultOf<Output> = WorkflowResult & { readonly output: Output | undefined }

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
  private readonly ports: Ports
  private readonly orchestrator = new RunToCompletionOrchestrator()
  private readonly engines: Engines
  private readonly validated: ValidatedBlueprints
  private readonly runs: RunBook = new RunBook()
  private readonly journalled: JournalledRuns | undefined
  /** Has the runs that a store keeps; without a store the runtime has them itself. */
  private readonly keeper: RunKeeper | undefined

  /** @throws HeddleError `INVALID_OPTION` for an option that cannot be meant, and for a store without a queue or a queue without a store */
  constructor(options: FlowRuntimeOptions = {}) {
    this.ports = resolvePorts(options)
    this.eventBus = this.ports.eventBus
    this.engines = new Engines(this.ports, options, (request, runnable) => this.makeChild(request, runnable))
    const registered = (): KnownWorkflow[] => this.engines.registered()
    this.journalled = JournalledRuns.from(options, this.ports, registered)
    this.keeper = this.journalled ?? StoredRuns.from(options, this.ports, registered)
    const { registry = {}, blueprints = {}, keyLimits = {} } = options
    const known = { registry: this.keeper instanceof StoredRuns ? undefined : registry, blueprints, keyLimits }
    this.validated = new ValidatedBlueprints(this.ports, known)
  }

  /**
   * Runs a workflow in this process until it has ended, or only waits for something external (`awaiting`). Retries and sleeps are
   * waited out; waits are not, those with a timeout no more than the others: `waits` of the result has their deadlines. To wait until
   * a wait is answered or its time is up, `start` the run and await `result()`.
   *
   * With a coordination store, workers carry the run out, and this answers when it has ended, waits included.
   *
   * @throws HeddleError `INVALID_BLUEPRINT` with all problems, `INVALID_INPUT`, `INVALID_ID`, `RUN_CONFLICT`, `NOT_SERIALISABLE` or
   *   `LIMIT_EXCEEDED` for the input; with a store what that throws, and `INVALID_OPTION` for an option that it cannot take
   */
  run<Input, Output>(workflow: Workflow<Input, Output>, ...given: RunArguments<Input>): Promise<ResultOf<Output>>
  run(blueprint: WorkflowBlueprint, input?: unknown, options?: RunOptions): Promise<WorkflowResult>
  async run(runnable: Runnable, input?: unknown, options: RunOptions = {}): Promise<WorkflowResult> {
    checkRunOptions(options)
    const schema = inputSchemaOf(runnable, options)
    const checked = schema === undefined ? input : await checkInput(schema, input)
    if (this.keeper !== undefined) {
      return this.keeper.run(this.startable(runnable, checked, options), this.runIdOf(options), checked, options)
    }
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
    checkRunOptions(options)
    const schema = inputSchemaOf(runnable, options)
    const checked = schema === undefined ? input : await checkInput(schema, input)
    if (this.keeper !== undefined) {
      return this.keeper.start(this.startable(runnable, checked, options), this.runIdOf(options), checked, options)
    }
    const known = this.knownRun(runnable, checked, options)
    if (known !== undefined) return known.handle
    const run = this.launch(runnable, checked, options, true).booked()
    this.runs.add(run)
    return run.handle
  }

  /**
   * The handle of a run by its id; with its workflow, a typed one. Without a store it is a run of this runtime. With one it is any run of
   * the store, whichever process has started it; its errors are then those of the handle's methods, which look it up, and look again as
   * long as they cannot open it. By its id alone it answers all but `resume`, which needs its workflow, here or in `blueprints`.
   *
   * @throws HeddleError `UNKNOWN_RUN`, `DEFINITION_MISMATCH` if the run is one of another workflow, `INVALID_OPTION`
   */
  open<Output, Outputs extends object, Waits extends object>(
    workflow: Workflow<unknown, Output, Outputs, Waits>,
    runId: string,
    options?: OpenOptions,
  ): RunHandle<Output, Outputs, Waits>
  open(blueprint: WorkflowBlueprint, runId: string, options?: OpenOptions): RunHandle
  open(runId: string): RunHandle
  open(runnableOrId: Runnable | string, runId?: string, options?: OpenOptions): RunHandle {
    checkOpenOptions(options ?? {})
    if (this.keeper !== undefined) {
      if (typeof runnableOrId === 'string') return this.keeper.open(runnableOrId)
      return this.keeper.open(runId ?? '', this.known(runnableOrId), options)
    }
    if (typeof runnableOrId === 'string') return this.runs.get(runnableOrId).handle
    const run = this.runs.get(runId ?? '')
    if (run.hash() === this.engines.hashOf(runnableOrId)) return run.handle
    throw new HeddleError('DEFINITION_MISMATCH', `run "${runId ?? ''}" is not a run of this workflow`, {
      details: { runId },
    })
  }

  /**
   * Goes on with the runs of a journal store that have not ended, after a restart for instance: those of the workflows in `blueprints`.
   * A timer that was missed fires at once. Other runs stay as they are. A damaged journal holds up no other run: it is told to the logger
   * as an error, and the handle of its run is among those that are answered; what it is asked rejects with `JOURNAL_CORRUPT`.
   *
   * @throws HeddleError `INVALID_OPTION` without such a store, `STORE_FORMAT`, `STORE_UNAVAILABLE`
   */
  async recover(): Promise<readonly RunHandle[]> {
    return journalledRuns(this.keeper).recover()
  }

  /**
   * Why a run of a journal store does not move, by its journal alone: the run does not go on here, and may be under way in another
   * process. `RunHandle.explain` tells of a run that this runtime carries out.
   *
   * @throws HeddleError `INVALID_OPTION` without such a store, `UNKNOWN_RUN`, `DEFINITION_MISMATCH`, `STORE_UNAVAILABLE`,
   *   `JOURNAL_CORRUPT`
   */
  async explain(runnable: Runnable, runId: string): Promise<Explanation> {
    return journalledRuns(this.keeper).explain(this.known(runnable), runId)
  }

  /**
   * One page of the runs of a coordination store, those that were started last first, whichever process has started them.
   *
   * @throws HeddleError `INVALID_OPTION` without such a store, and for a filter that cannot be meant; `STORE_UNAVAILABLE`
   */
  async list(filter: RunFilter = {}): Promise<RunPage> {
    return storedRuns(this.keeper).list(filter)
  }

  /**
   * Starts a fork of a run in a journal store: a run of its own that begins where the other one stood after one of its events, with other
   * shared values or outputs if that is wanted. The other run stays as it is.
   *
   * @throws HeddleError `INVALID_OPTION` without such a store or if the run cannot be left there, `UNKNOWN_RUN`, `RUN_CONFLICT`, `DEFINITION_MISMATCH`
   */
  async fork(runnable: Runnable, runId: string, options: ForkOptions): Promise<RunHandle> {
    return journalledRuns(this.keeper).fork(this.known(runnable), runId, options)
  }

  /** Lets go of the runs of a journal store, as their journals know them, and of the store. Idempotent. */
  async close(): Promise<void> {
    await this.journalled?.close()
  }

  /** Closes the runtime, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /**
   * The parts that an orchestrator is given, for one run.
   *
   * @throws HeddleError `INVALID_BLUEPRINT`, `INVALID_ID`, `NOT_SERIALISABLE`, `LIMIT_EXCEEDED`; with a snapshot `DEFINITION_MISMATCH`,
   *   `INVALID_STATE`
   */
  prepare(runnable: Runnable, input?: unknown, options: RunOptions = {}): PreparedRun {
    checkRunOptions(options)
    const blueprint = this.checkedBlueprint(runnable)
    const engine = this.engines.of(runnable)
    const { snapshot } = options
    if (snapshot !== undefined) return prepareFromText(engine, blueprint, snapshot, options)
    checkGiven(engine, input, options)
    return prepareRun(engine, blueprint, input, this.runIdOf(options), options)
  }

  /** What a run in the store is started with. @throws HeddleError `INVALID_BLUEPRINT` */
  private known(runnable: Runnable): KnownWorkflow {
    const blueprint = this.checkedBlueprint(runnable)
    // What was started is frozen, as in a run of this process.
    compileGraph(blueprint)
    return this.engines.known(runnable)
  }

  /** @throws HeddleError `INVALID_BLUEPRINT`, `NOT_SERIALISABLE`, `LIMIT_EXCEEDED` */
  private startable(runnable: Runnable, input: unknown, options: RunOptions): KnownWorkflow {
    const known = this.known(runnable)
    checkGiven(this.ports, input, options)
    return known
  }

  private checkedBlueprint(runnable: Runnable): WorkflowBlueprint {
    const blueprint = blueprintOf(runnable)
    this.validated.check(blueprint, isWorkflow(runnable) ? runnable : undefined)
    return blueprint
  }

  private knownRun(runnable: Runnable, input: unknown, { runId }: RunOptions): BookedRun | undefined {
    return this.runs.find(runId, () => this.engines.hashOf(runnable), input, this.ports)
  }

  /** @param keepsBacklog whether the run is followed by a handle, which is about to be asked for its first events */
  private launch(runnable: Runnable, input: unknown, options: RunOptions, keepsBacklog: boolean): LaunchedRun {
    const { traverser, executorFactory, state, services } = this.prepare(runnable, input, options)
    const run = bindRun(traverser, state, executorFactory, services)
    const { orchestrator } = this
    const driver = options.snapshot === undefined ? orchestrator : new ResumptionOrchestrator(orchestrator)
    // At once, so that its waits can be answered as soon as the handle is there.
    if (options.snapshot !== undefined) restorePending(run)
    if (keepsBacklog) run.facts.keepBacklog((release) => this.ports.yieldTurn(release))
    const text = inputText(this.ports.serializer, state.input, (options.runId ?? options.snapshot) !== undefined)
    const atRest = driver.run(traverser, executorFactory, state, services) as Promise<WorkflowResult>
    if (keepsBacklog) atRest.catch((error: unknown) => this.ports.logger.error({ err: error }, 'a run cannot go on'))
    const booked = (): BookedRun => ({
      handle: new InProcessHandle(run, this.eventBus),
      atRest,
      hash: () => this.engines.hashOf(runnable),
      input: text,
      isEnded: () => run.isSettled,
    })
    return { atRest, booked }
  }

  private runIdOf({ runId }: RunOptions): string {
    // Runs of many processes share a store.
    if (runId === undefined) return this.keeper === undefined ? this.runs.newId() : `run-${randomNonce()}`
    const problem = checkId(runId)
    if (problem === undefined) return runId
    throw new HeddleError('INVALID_ID', `a run cannot have this id: ${problem}`, { details: { runId } })
  }

  private makeChild(request: ChildRequest, runnable: Runnable): ChildRun {
    const blueprint = this.checkedBlueprint(runnable)
    const engine = this.engines.of(runnable)
    if (this.journalled !== undefined) return this.journalled.child(request, { blueprint, engine })
    const { depth, snapshot, on } = request
    const prepared =
      snapshot === undefined
        ? prepareRun(engine, blueprint, on.input, childRunId(request), { depth })
        : prepareRestored(engine, blueprint, snapshot, { depth })
    return bookedChild(request, prepared, this.runs, () => this.engines.hashOf(runnable))
  }
}
