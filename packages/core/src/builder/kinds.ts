import { yesOrNo } from '../execution/attempt/yes-or-no.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { Handler } from '../ports/node-context.ts'
import { parseDuration, type Duration } from '../model/duration.ts'
import { checkIsSchema, checkNodeOptions } from './check-options.ts'
import type { AnyWorkflow } from './node-options.ts'
import { checkParams, invalidOption, names, nodeStep, type Kind, type StepOptions } from './node-step.ts'
import type { Step } from './step.ts'

type Params = Readonly<Record<string, unknown>>

/** Options of a node with a handler, as they are at run time. */
export interface TaskStepOptions extends StepOptions {
  readonly inputs?: string | Readonly<Record<string, string>>
  readonly params?: Params
}

/** A node with a handler: `{ uses: '<id>' }`. */
export function taskStep(id: string, options: TaskStepOptions, handler: Handler): Step {
  checkNodeOptions(id, options, ['params', 'inputs'])
  const { params, inputs } = options
  checkParams(id, params)
  return nodeStep(id, options, {
    uses: id,
    ...(params === undefined ? {} : { params }),
    ...(inputs === undefined ? {} : { inputs }),
    functions: { '': handler ?? null },
  })
}

/** Options of a map, as they are at run time. */
export interface MapStepOptions extends StepOptions {
  readonly over: Handler
  readonly concurrency?: number
  readonly tolerated?: { readonly count?: number; readonly share?: number }
  readonly params?: Params
}

/** A map: `{ uses: 'map', params: { each: '<id>', over: '<id>.over', concurrency?, tolerated?, params? } }`. */
export function mapStep(id: string, options: MapStepOptions, each: Handler): Step {
  checkNodeOptions(id, options, ['over', 'concurrency', 'tolerated', 'params'])
  const { over, concurrency, tolerated, params } = options
  checkParams(id, params)
  const given = { concurrency, tolerated, params }
  return nodeStep(id, options, {
    uses: 'map',
    params: { each: id, ...names(id, { over: over ?? null }), ...defined(given) },
    functions: { '': each ?? null, over: over ?? null },
  })
}

/** Options of a loop, as they are at run time. */
export interface LoopStepOptions extends StepOptions {
  readonly body: AnyWorkflow
  readonly input?: Handler
  readonly until?: Handler
  readonly while?: Handler
}

/**
 * A loop: a subflow with an edge to itself. After each child run the engine calls `<id>.again` with the output; true gives the action
 * `again`, false `done`. `input` and `when` are asked in the first iteration only.
 */
export function loopStep(id: string, options: LoopStepOptions): Step {
  checkNodeOptions(id, options, ['body', 'input', 'until', 'while'])
  const { body, input, until, while: goOn, when } = options
  if ((until === undefined) === (goOn === undefined)) {
    throw invalidOption(id, 'until or while', 'has to be given: exactly one of the two')
  }
  const test = until ?? goOn
  if (typeof test !== 'function') throw invalidOption(id, 'until or while', 'has to be a function')
  const again: Handler = async (context) =>
    until === undefined ? yesOrNo(id, 'while', await test(context)) : !yesOrNo(id, 'until', await test(context))
  const functions = { input: input && atFirst(input, (context) => context.input), again }
  const step = nodeStep(id, when === undefined ? options : { ...options, when: atFirst(when, () => true) }, {
    uses: 'subflow',
    params: { blueprintId: workflowId(id, 'body', body), ...names(id, functions) },
    functions,
  })
  return { ...step, edges: [...step.edges, { source: id, target: id, action: 'again' }], isLoop: true, subflow: body }
}

/** Calls `fn` in the first iteration of the innermost loop, `later` in those that follow. */
function atFirst(fn: Handler, later: (context: { readonly input: unknown }) => unknown): Handler {
  return (context: { readonly input: unknown; readonly iteration: readonly number[] }) =>
    context.iteration.at(-1) === 0 ? fn(context) : later(context)
}

/** Options of a wait, as they are at run time. */
export interface WaitStepOptions extends Omit<StepOptions, 'timeout'> {
  readonly schema?: StandardSchema
  readonly timeout?: Duration
  readonly timeoutAction?: string
}

const answeredOptions: readonly string[] = ['schema', 'timeoutAction']

/** A wait: `{ uses: 'wait', params: { name: '<id>', timeoutMs?, timeoutAction?, schema? } }`. */
export function waitStep(id: string, options: WaitStepOptions): Step {
  checkNodeOptions(id, options, answeredOptions)
  return answeredStep(id, options, { uses: 'wait' })
}

/** Options of a webhook, as they are at run time. */
export interface WebhookStepOptions extends WaitStepOptions {
  readonly announce: Handler
}

/** A webhook: `{ uses: 'webhook', params: { announce: '<id>.announce', name: '<id>', timeoutMs?, timeoutAction?, schema? } }`. */
export function webhookStep(id: string, options: WebhookStepOptions): Step {
  checkNodeOptions(id, options, [...answeredOptions, 'announce'])
  const functions = { announce: options.announce ?? null }
  return answeredStep(id, options, { uses: 'webhook', params: names(id, functions), functions })
}

/** A node that waits for an answer. Its `timeout` is how long it is open. */
function answeredStep(id: string, { timeout, ...options }: WaitStepOptions, kind: Kind): Step {
  const { schema, timeoutAction } = options
  checkIsSchema(`the schema of node "${id}"`, schema, { nodeId: id, option: 'schema' })
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout, `timeout of node "${id}"`)
  const limits = defined({ timeoutMs, timeoutAction, schema: schema === undefined ? undefined : true })
  const step = nodeStep(id, options, { ...kind, params: { ...kind.params, name: id, ...limits } })
  return schema === undefined ? step : { ...step, waitSchema: schema }
}

/** Options of a sleep, as they are at run time. */
export interface SleepStepOptions extends StepOptions {
  readonly for?: Duration
  readonly until?: Handler
}

/** A sleep: `{ uses: 'sleep', params: { durationMs } }` or `{ until: '<id>.until' }`. */
export function sleepStep(id: string, options: SleepStepOptions): Step {
  checkNodeOptions(id, options, ['for', 'until'])
  const { for: duration, until } = options
  if ((duration === undefined) === (until === undefined)) {
    throw invalidOption(id, 'for or until', 'has to be given: exactly one of the two')
  }
  return nodeStep(id, options, {
    uses: 'sleep',
    params:
      duration === undefined ? names(id, { until }) : { durationMs: parseDuration(duration, `for of node "${id}"`) },
    functions: { until },
  })
}

/** Options of a subflow, as they are at run time. */
export interface SubflowStepOptions extends StepOptions {
  readonly workflow: AnyWorkflow
  readonly input?: Handler
  readonly output?: Handler
}

/** A subflow: `{ uses: 'subflow', params: { blueprintId, input?: '<id>.input', output?: '<id>.output' } }`. */
export function subflowStep(id: string, options: SubflowStepOptions): Step {
  checkNodeOptions(id, options, ['workflow', 'input', 'output'])
  const { workflow, input, output } = options
  const params = { blueprintId: workflowId(id, 'workflow', workflow), ...names(id, { input, output }) }
  return { ...nodeStep(id, options, { uses: 'subflow', params, functions: { input, output } }), subflow: workflow }
}

function workflowId(id: string, option: string, workflow: AnyWorkflow | undefined): string {
  const blueprintId: unknown = workflow?.blueprint?.id
  if (typeof blueprintId === 'string') return blueprintId
  throw invalidOption(id, option, 'has to be a workflow, as defineWorkflow(…).build() makes it')
}

function defined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}
