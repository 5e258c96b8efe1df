import { HeddleError } from '../errors/heddle-error.ts'
import type { EdgeDefinition, NodeDefinition } from '../model/blueprint.ts'
import type { Handler } from '../ports/node-context.ts'
import { toList, toNodeConfig, type ConfigOptions } from './node-config.ts'
import type { Step } from './step.ts'

/** A setting of all incoming edges, or of those from the named predecessors. */
type PerEdge = string | Readonly<Record<string, string | undefined>>

/** The options that every kind of node has, as they are at run time. */
export interface StepOptions extends ConfigOptions {
  readonly after?: string | readonly string[]
  readonly action?: PerEdge
  readonly condition?: PerEdge
  readonly on?: PerEdge
  readonly when?: Handler
  readonly compensate?: Handler
}

/** What a kind of node adds to the common part: its implementation, its params, its functions by suffix (`''` is the node's own). */
export interface Kind {
  readonly uses: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly inputs?: NodeDefinition['inputs']
  readonly functions?: Readonly<Record<string, unknown>>
}

/**
 * The step that defines a node: its definition, its edges and its functions under stable names.
 *
 * @throws {HeddleError} `INVALID_OPTION` for options of the wrong form
 */
export function nodeStep(id: string, options: StepOptions, kind: Kind): Step {
  const functions = Object.entries({ ...kind.functions, when: options.when, compensate: options.compensate })
    .filter(([, fn]) => fn !== undefined)
    .map(([suffix, fn]) => [suffix === '' ? id : `${id}.${suffix}`, functionOf(id, suffix, fn)] as const)
  const params = paramsOf(id, options, kind)
  const config = toNodeConfig(id, options)
  const after = options.after === undefined ? [] : toList(options.after)
  return {
    node: {
      id,
      uses: kind.uses,
      ...(params === undefined ? {} : { params }),
      ...(kind.inputs === undefined ? {} : { inputs: kind.inputs }),
      ...(config === undefined ? {} : { config }),
    },
    after,
    edges: after.map((source) => edgeFrom(source, id, options)),
    functions,
  }
}

/** Names that are given, as params of a built-in kind: `names('a', { over: fn })` is `{ over: 'a.over' }`. */
export function names(id: string, functions: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(functions).filter(([, fn]) => fn !== undefined)
  return Object.fromEntries(given.map(([suffix]) => [suffix, `${id}.${suffix}`]))
}

/** Refuses options of the wrong form. */
export function invalidOption(id: string, option: string, problem: string): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} of node "${id}" ${problem}`, { details: { nodeId: id, option } })
}

/** Refuses params that begin with `$`, which are the engine's. */
export function checkParams(id: string, params: Readonly<Record<string, unknown>> | undefined): void {
  const reserved = Object.keys(params ?? {}).find((key) => key.startsWith('$'))
  if (reserved === undefined) return
  throw invalidOption(id, `params.${reserved}`, 'is reserved: keys that begin with "$" are for the engine')
}

function paramsOf(id: string, options: StepOptions, { params }: Kind): NodeDefinition['params'] {
  if (options.when === undefined) return params
  return { ...params, $when: `${id}.when` }
}

function functionOf(id: string, suffix: string, fn: unknown): Handler {
  if (typeof fn === 'function') return fn as Handler
  throw invalidOption(
    id,
    suffix === '' ? 'the handler' : suffix,
    `has to be a function, not ${fn === null ? 'null' : typeof fn}`,
  )
}

function edgeFrom(source: string, target: string, options: StepOptions): EdgeDefinition {
  const action = settingFor(source, options.action)
  const condition = settingFor(source, options.condition)
  const on = settingFor(source, options.on)
  return {
    source,
    target,
    ...(action === undefined ? {} : { action }),
    ...(condition === undefined ? {} : { condition }),
    ...(on === undefined ? {} : { on: on as 'success' | 'error' }),
  }
}

function settingFor(source: string, setting: PerEdge | undefined): string | undefined {
  if (typeof setting !== 'object') return setting
  return Object.hasOwn(setting, source) ? setting[source] : undefined
}
