import {
  blueprintOf,
  checkSchema,
  EventBus,
  GraphTraverser,
  HeddleError,
  isWorkflow,
  StepByStepOrchestrator,
  type RunEvent,
  type Runnable,
  type RunStatus,
  type Workflow,
  type WorkflowBlueprint,
} from '@heddle/core'
import { virtualClock, type VirtualClock } from '../clock/virtual-clock.ts'
import { recordEvents, type EventRecorder } from '../events/record-events.ts'
import { driveByClock } from './drive-by-clock.ts'
import { RecordedCalls } from './recorded-calls.ts'
import { checkNodeId, Session, type SessionPlan } from './session.ts'
import { snapshotResult } from './snapshot-result.ts'
import type { Stepper, StepResult, ReadyVisit } from './stepper.ts'
import type { InputOption, StepperOptions, StepperSettings } from './stepper-options.ts'

/** The options of a workflow's stepper; they may be left out where the workflow needs no input. */
export type StepperArguments<Input, Outputs extends object> = undefined extends Input
  ? [options?: StepperSettings<Outputs> & InputOption<Input>]
  : [options: StepperSettings<Outputs> & InputOption<Input>]

/**
 * Makes a stepper for one run of a workflow, or of a blueprint and a registry: batch by batch, forth and back, on a virtual clock.
 * Nothing runs before the first step.
 *
 * @throws HeddleError `INVALID_BLUEPRINT`, `INVALID_ID`, `UNKNOWN_NODE` for a stub of a node that does not exist
 * @example
 * ```ts
 * const review = { id: 'review', nodes: [{ id: 'draft', uses: 'write' }, { id: 'grade', uses: 'grade' }], edges: [{ source: 'draft', target: 'grade' }] }
 * const stepper = createStepper(review, { input: 'tea', registry: { write: () => 'a costly draft', grade: ({ input }) => input.length }, stubs: { draft: 'short' } })
 * await stepper.next()
 * console.log(stepper.result.outputs, stepper.ready().map(({ nodeId }) => nodeId)) // { draft: 'short' } [ 'grade' ]
 * await stepper.next()
 * console.log(stepper.result.status, stepper.result.output) // completed 5
 * await stepper.back()
 * console.log(stepper.result.status) // stalled
 * ```
 */
export function createStepper<Input, Output, Outputs extends object, Waits extends object>(
  workflow: Workflow<Input, Output, Outputs, Waits>,
  ...options: StepperArguments<Input, Outputs>
): Stepper<Output, Outputs, Waits>
export function createStepper(blueprint: WorkflowBlueprint, options?: StepperOptions): Stepper
export function createStepper(runnable: Runnable, options: StepperOptions = {}): Stepper {
  return new RunStepper(runnable, options)
}

/** What was done to the run, and when by the clock. */
type Action = { readonly at: number } & (
  | { readonly type: 'step' }
  | { readonly type: 'resume'; readonly name: string; readonly payload: unknown; readonly action: string | undefined }
  | { readonly type: 'cancel'; readonly reason: string | undefined }
)

const settledTypes: ReadonlySet<RunEvent['type']> = new Set([
  'node.completed',
  'node.failed',
  'node.skipped',
  'node.cancelled',
])
const doneStatuses: ReadonlySet<RunStatus> = new Set(['completed', 'failed', 'cancelled'])

class RunStepper implements Stepper {
  readonly recorder: EventRecorder
  readonly clock: VirtualClock
  result: StepResult
  private readonly plan: SessionPlan
  private readonly orchestrator = new StepByStepOrchestrator()
  private readonly startedAt: number
  private readonly input: unknown
  private checkedInput: Promise<unknown> | undefined
  private session: Session
  private sessions = 0
  private step = 0
  private readonly history: Action[] = []
  private last: Promise<unknown> = Promise.resolve()

  constructor(runnable: Runnable, options: StepperOptions) {
    const { input, clock = virtualClock(), runId = 'stepper', stubs = {} } = options
    const eventBus = new EventBus()
    this.recorder = recordEvents(eventBus)
    this.clock = clock
    this.startedAt = clock.now()
    this.input = input
    this.plan = {
      runnable,
      settings: options,
      runId,
      clock,
      calls: new RecordedCalls(),
      step: () => this.step,
      onEvent: (event) => eventBus.emit(event),
    }
    this.session = new Session(this.plan, 0, input)
    // The session has checked that it is a blueprint.
    for (const nodeId of Object.keys(stubs)) checkNodeId(blueprintOf(runnable), nodeId, 'a stub')
    this.result = this.snapshot()
  }

  get status(): RunStatus {
    return this.result.status
  }

  get isDone(): boolean {
    return doneStatuses.has(this.result.status)
  }

  get steps(): number {
    return this.history.length
  }

  get events(): readonly RunEvent[] {
    return this.recorder.events
  }

  ready(): ReadyVisit[] {
    // To ask the traverser of a run that has not begun would begin it.
    const { session } = this
    const traverser = session.hasBegun
      ? session.prepared.traverser
      : new GraphTraverser(blueprintOf(this.plan.runnable))
    return traverser.getReadyNodes().map(({ nodeId, iteration, attempt, item }) => ({
      nodeId,
      iteration,
      attempt,
      ...(item === undefined ? {} : { item }),
    }))
  }

  next(): Promise<StepResult> {
    return this.inTurn(() => this.makeStep())
  }

  until(target: string | ((result: StepResult) => boolean)): Promise<StepResult> {
    return this.inTurn(async () => {
      if (typeof target === 'string') checkNodeId(blueprintOf(this.plan.runnable), target, 'until()')
      for (;;) {
        const heard = this.events.length
        await this.makeStep()
        const news = this.events.slice(heard)
        const isThere =
          typeof target === 'string'
            ? news.some((event) => settledTypes.has(event.type) && 'nodeId' in event && event.nodeId === target)
            : target(this.result)
        if (isThere || this.status !== 'stalled' || news.length === 0) return this.result
      }
    })
  }

  resume(name: string, payload?: unknown, action?: string): Promise<StepResult> {
    return this.inTurn(() => this.perform({ type: 'resume', at: this.clock.now(), name, payload, action }))
  }

  cancel(reason?: string): Promise<StepResult> {
    return this.inTurn(() => this.perform({ type: 'cancel', at: this.clock.now(), reason }))
  }

  back(): Promise<StepResult> {
    return this.inTurn(async () => {
      const undone = this.history.pop()
      if (undone === undefined) throw new HeddleError('INVALID_STATE', 'the stepper has made no step to go back to')
      await this.replay(undone.at)
      return this.result
    })
  }

  private inTurn(act: () => Promise<StepResult>): Promise<StepResult> {
    const result = this.last.then(act)
    this.last = result.catch(() => undefined)
    return result
  }

  private async makeStep(): Promise<StepResult> {
    return this.isDone ? this.result : this.perform({ type: 'step', at: this.clock.now() })
  }

  private async perform(action: Action): Promise<StepResult> {
    const { clockMode = 'idle' } = this.plan.settings
    await this.open()
    this.step = this.history.length
    const heard = this.events.length
    await this.carryOut(action, clockMode)
    // What changed nothing, such as a step of a run that only waits for a resume, was no step.
    if (this.events.length > heard) this.history.push(action)
    this.result = this.snapshot()
    return this.result
  }

  /** Makes sure that the run has a checked input: what a schema makes of it is known after a promise only. */
  private async open(): Promise<void> {
    const { runnable } = this.plan
    const schema = isWorkflow(runnable) ? runnable.inputSchema : undefined
    if (schema === undefined || this.session.hasBegun) return
    const isNew = this.checkedInput === undefined
    this.checkedInput ??= checkSchema(schema, this.input, 'INVALID_INPUT', 'the input of the run')
    const input = await this.checkedInput
    if (isNew) this.session = new Session(this.plan, ++this.sessions, input)
  }

  private async carryOut(action: Action, mode: 'idle' | 'always' | 'never'): Promise<void> {
    const { prepared } = this.session
    const { traverser, executorFactory, state, services } = prepared
    if (action.type === 'resume') await prepared.handle.resume(action.name, action.payload, action.action)
    else if (action.type === 'cancel') await prepared.handle.cancel(action.reason)
    else {
      const step = this.orchestrator.run(traverser, executorFactory, state, services)
      await driveByClock(step, this.clock, this.plan.calls, mode)
    }
    // Child runs run on by themselves as far as they get at once.
    await this.clock.settle()
  }

  /** Makes the steps of the history again in a new session, from what was recorded. */
  private async replay(until: number): Promise<void> {
    const { clock, plan } = this
    this.session.leave()
    plan.calls.forgetFrom(this.history.length)
    this.recorder.clear()
    clock.reset(this.startedAt)
    this.session = new Session(plan, ++this.sessions, await (this.checkedInput ?? this.input))
    for (const [step, action] of this.history.entries()) {
      await this.moveTo(action.at)
      this.step = step
      await this.carryOut(action, 'idle')
    }
    await this.moveTo(until)
    this.result = this.snapshot()
  }

  private async moveTo(time: number): Promise<void> {
    await this.clock.advance(Math.max(0, time - this.clock.now()))
  }

  private snapshot(): StepResult {
    const { state, services } = this.session.prepared
    const result = snapshotResult(state.toResult(services.options.serializer))
    return this.session.hasBegun ? result : { ...result, status: 'stalled' }
  }
}
