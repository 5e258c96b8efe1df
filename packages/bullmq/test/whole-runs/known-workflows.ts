import {
  systemClock,
  type Handler,
  type IClock,
  type InvokeOptions,
  type NodeContext,
  type Registry,
  type RunOptions,
  type Workflow,
  type WorkflowBlueprint,
} from '@heddle/core'
import { crashPatterns } from '../../../core/test/crash-patterns.ts'
import { crashRegistry, type CrashWorld } from '../../../core/test/crash-patterns/handlers.ts'
import type { CrashPattern } from '../../../core/test/crash-patterns/pattern.ts'
import { seededScenario } from '../../../core/test/reference-model/random-graph.ts'
import { scenarioRegistry } from '../../../core/test/scenario-registry.ts'

/** What a worker tells the test about what it does, beside what is in the records. */
export type Told =
  | { readonly type: 'token'; readonly runId: string; readonly token: string }
  | { readonly type: 'deps'; readonly seed: number; readonly visit: string; readonly sources: readonly string[] }

/** A pattern, and the workflow that carries it out: a worker of any process makes the same one. */
export interface KnownPattern {
  readonly pattern: CrashPattern
  readonly workflow: Workflow
  readonly options: RunOptions
  /** The workflows of child runs, which handlers may name. */
  readonly children: readonly Workflow[]
}

/** The workflows of all patterns, and of so many random graphs. */
export function knownWorkflows(graphs: number, tell: (told: Told) => void): readonly Workflow[] {
  const patterns = knownPatterns(tell).flatMap(({ workflow, children }) => [workflow, ...children])
  return [...patterns, ...Array.from({ length: graphs }, (_, seed) => graphWorkflow(seed, tell))]
}

/**
 * How many times longer all times of the patterns are here. They are some hundred milliseconds apart, and their order decides what a
 * run comes to: a busy machine needs more.
 */
export const timeFactor = 6

/** A record whose times, the fields that end in `Ms`, are longer. */
function slower<T>(value: T): T {
  const text = JSON.stringify(value, (name, field: unknown) =>
    /(?:delay|duration|timeout|deadline)Ms$/iu.test(name) && typeof field === 'number' ? field * timeFactor : field,
  )
  return JSON.parse(text) as T
}

/** All patterns, under ids that differ. */
export function knownPatterns(tell: (told: Told) => void = () => undefined): readonly KnownPattern[] {
  const registry = tellingRegistry(tell)
  return crashPatterns.map((pattern, at) => {
    const subflows: Record<string, Workflow> = {}
    const made = (blueprint: WorkflowBlueprint, id: string): Workflow => ({
      blueprint: { ...slower(blueprint), id },
      registry,
      subflows,
    })
    for (const [name, child] of Object.entries(pattern.children ?? {})) {
      subflows[name] = made(child, `pattern-${at}-${name}`)
    }
    const workflow = made(pattern.blueprint, `pattern-${at}`)
    return { pattern, workflow, options: slower(pattern.options ?? {}), children: Object.values(subflows) }
  })
}

/** The random graph of a seed. */
export function graphWorkflow(seed: number, tell: (told: Told) => void = () => undefined): Workflow {
  const scenario = seededScenario(seed)
  const seen = new TellingMap((visit, sources) => tell({ type: 'deps', seed, visit, sources }))
  return {
    blueprint: { ...scenario.blueprint, id: `graph-${seed}` },
    registry: scenarioRegistry(scenario, seed, seen),
  }
}

class TellingMap extends Map<string, readonly string[]> {
  private readonly tell: (key: string, value: readonly string[]) => void

  constructor(tell: (key: string, value: readonly string[]) => void) {
    super()
    this.tell = tell
  }

  override set(key: string, value: readonly string[]): this {
    this.tell(key, value)
    return super.set(key, value)
  }
}

const slowClock: IClock = {
  now: () => systemClock.now(),
  schedule: (delayMs, callback) => systemClock.schedule(delayMs * timeFactor, callback),
}

/** The handlers of patterns, in a world whose tokens are told to the test. */
function tellingRegistry(tell: (told: Told) => void): Registry {
  const worldOf = (runId: string): CrashWorld => {
    const tokens: string[] = []
    tokens.push = (token = '') => {
      tell({ type: 'token', runId, token })
      return 1
    }
    return { clock: slowClock, tokens, ran: () => undefined }
  }
  const within =
    (handler: Handler): Handler =>
    (context: NodeContext) =>
      handler(withDependencies(context, worldOf(context.runId)))
  return Object.fromEntries(Object.entries(crashRegistry).map(([name, handler]) => [name, within(handler)]))
}

/** The context of a handler whose durable times are longer, in a world of the test. */
function withDependencies(context: NodeContext, dependencies: CrashWorld): NodeContext {
  const changed: Partial<NodeContext> = {
    dependencies,
    sleep: (name, duration) => context.sleep(name, Number(duration) * timeFactor),
    waitFor: (name, options) => context.waitFor(name, slowerLimit(options)),
    invoke: (name: string, workflow: string, input?: unknown, options?: InvokeOptions) =>
      context.invoke(name, workflow, input, slowerLimit(options)),
  }
  return new Proxy(context, {
    get: (target, name) => {
      if (Object.hasOwn(changed, name)) return Reflect.get(changed, name) as unknown
      const found: unknown = Reflect.get(target, name)
      return typeof found === 'function' ? (found as (...given: unknown[]) => unknown).bind(target) : found
    },
  })
}

function slowerLimit<Options extends { readonly timeout?: unknown }>(
  options: Options | undefined,
): Options | undefined {
  return options?.timeout === undefined ? options : { ...options, timeout: Number(options.timeout) * timeFactor }
}
