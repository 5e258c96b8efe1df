import type { FailurePolicy } from '../model/policy.ts'
import type { SchemaOutput, StandardSchema } from '../model/standard-schema.ts'
import type { Handler } from '../ports/node-context.ts'
import type { Workflow } from '../ports/workflow.ts'
import { assemble, type WorkflowSettings } from './assemble.ts'
import type { State } from './builder-state.ts'
import type { BuildSettings } from './check-definition.ts'
import { parseDuration, type Duration } from '../model/duration.ts'
import {
  loopStep,
  mapStep,
  sleepStep,
  subflowStep,
  taskStep,
  waitStep,
  webhookStep,
  type LoopStepOptions,
  type MapStepOptions,
  type SleepStepOptions,
  type SubflowStepOptions,
  type TaskStepOptions,
  type WaitStepOptions,
  type WebhookStepOptions,
} from './kinds.ts'
import type { AcceptedBy } from './handler-types.ts'
import { checkIsRecord, checkKnown } from '../execution/checks/check-known.ts'
import { checkIsSchema, checkTexts } from './check-options.ts'
import { compensationStep } from './compensation-step.ts'
import { edgeStep, type EdgeStepOptions } from './edge-step.ts'
import { toList } from './node-config.ts'
import type { StepOptions } from './node-step.ts'
import type { ContextKeys } from './reducers.ts'
import type { Step, StepChain } from './step.ts'
import type { WorkflowBuilder } from './workflow-builder.ts'

const workflowOptions = ['input', 'context', 'dependencies', 'version', 'onFailure', 'deadline', 'metadata'] as const

/** Options of {@link defineWorkflow}. */
export interface WorkflowOptions<Input extends StandardSchema, Keys extends ContextKeys, Dependencies> {
  /** Checks the run's input and gives its type; `ofType<T>()` gives the type only. */
  readonly input?: Input
  /** The run's shared values by key, as `{ log: append<string>(), draft: shared<string>() }`. Without it any key is allowed, as `unknown`. */
  readonly context?: Keys
  /** `ofType<T>()`: the type of what the runtime is given as `dependencies`. Not checked. */
  readonly dependencies?: StandardSchema<Dependencies>
  /** Part of the definition hash: raise it when handler code changes in a way that runs must be pinned to. */
  readonly version?: string
  /** @default 'stop' */
  readonly onFailure?: FailurePolicy
  /** Limit of a whole run. */
  readonly deadline?: Duration
  /** Free for the user: plain JSON, not part of the definition hash. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/**
 * Begins the definition of a workflow. Each step of the builder adds a node; `.build()` makes the workflow.
 *
 * @param id of the blueprint: `[A-Za-z0-9_.-]{1,128}`
 * @throws {HeddleError} `INVALID_OPTION` for a deadline that is not a duration, an input that is no schema, and an option that does not exist
 * @example
 * ```ts
 * const greet = defineWorkflow('greet', { input: ofType<{ names: string[] }>() })
 *   .node('names', ({ input }) => input.names)
 *   .map('greetings', { after: 'names', over: ({ deps }) => deps.names, concurrency: 4 }, ({ item }) => `Hello ${item}`)
 *   .node('letter', { after: 'greetings', timeout: '30s' }, ({ deps }) => deps.greetings.join('\n'))
 *   .build()
 * ```
 */
export function defineWorkflow<
  Input extends StandardSchema = StandardSchema,
  Keys extends ContextKeys = ContextKeys,
  Dependencies = unknown,
>(
  id: string,
  options: WorkflowOptions<Input, Keys, Dependencies> = {},
): WorkflowBuilder<State<AcceptedBy<Input>, SchemaOutput<Input>, Keys, Dependencies>> {
  checkKnown(`workflow "${id}"`, options, workflowOptions, { workflowId: id })
  const { input, context, version, onFailure, deadline, metadata } = options
  checkIsSchema(`the input of workflow "${id}"`, input, { workflowId: id, option: 'input' })
  const settings: WorkflowSettings = {
    id,
    ...(version === undefined ? {} : { version }),
    ...(input === undefined ? {} : { inputSchema: input }),
    policy: {
      ...(onFailure === undefined ? {} : { onFailure }),
      ...(deadline === undefined ? {} : { deadlineMs: parseDuration(deadline, `deadline of workflow "${id}"`) }),
      ...(context === undefined ? {} : { context: { ...context } }),
    },
    ...(metadata === undefined ? {} : { metadata }),
  }
  // The class is the builder without its types; the interface says what may be called with what.
  return new Steps(settings, undefined) as unknown as WorkflowBuilder<
    State<AcceptedBy<Input>, SchemaOutput<Input>, Keys, Dependencies>
  >
}

/** A builder at run time: a chain of steps that grows at its end and is never changed. */
class Steps {
  private readonly settings: WorkflowSettings
  private readonly chain: StepChain | undefined

  constructor(settings: WorkflowSettings, chain: StepChain | undefined) {
    this.settings = settings
    this.chain = chain
  }

  node(id: string, options: TaskStepOptions | Handler = {}, handler?: Handler): Steps {
    if (typeof options === 'function') return this.with(taskStep(id, {}, options))
    return this.with(taskStep(id, options, handler as Handler))
  }

  map(id: string, options: MapStepOptions, handler: Handler): Steps {
    return this.with(mapStep(id, options, handler))
  }

  loop(id: string, options: LoopStepOptions): Steps {
    return this.with(loopStep(id, options))
  }

  wait(id: string, options: WaitStepOptions = {}): Steps {
    return this.with(waitStep(id, options))
  }

  webhook(id: string, options: WebhookStepOptions): Steps {
    return this.with(webhookStep(id, options))
  }

  sleep(id: string, options: SleepStepOptions): Steps {
    return this.with(sleepStep(id, options))
  }

  subflow(id: string, options: SubflowStepOptions): Steps {
    return this.with(subflowStep(id, options))
  }

  fallback(id: string, given: StepOptions & { readonly of: string | readonly string[] }, handler: Handler): Steps {
    checkIsRecord(`node "${id}"`, given, { nodeId: id })
    const { of, ...options } = given
    checkTexts(id, 'of', of ?? null)
    return this.with({ ...taskStep(id, options, handler), fallbackOf: toList(of) })
  }

  compensate(id: string, handler: Handler): Steps {
    return this.with(compensationStep(id, handler))
  }

  edge(source: string, target: string, options: EdgeStepOptions = {}): Steps {
    return this.with(edgeStep(source, target, options))
  }

  build(settings: BuildSettings = {}): Workflow {
    const { id } = this.settings
    checkKnown(`build() of workflow "${id}"`, settings, ['output', 'start'], { workflowId: id })
    const steps: Step[] = []
    for (let at = this.chain; at !== undefined; at = at.before) steps.push(at.step)
    return assemble(this.settings, steps.reverse(), settings)
  }

  private with(step: Step): Steps {
    return new Steps(this.settings, { step, before: this.chain })
  }
}
