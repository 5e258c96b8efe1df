import { resolveKeyLimits } from '../actor/resolve-key-limits.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { CelEvaluator } from '../defaults/cel-evaluator.ts'
import { EventBus } from '../defaults/event-bus.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import { systemClock } from '../defaults/system-clock.ts'
import type { Engine } from '../execution/engine/engine.ts'
import { LocalPermits } from '../execution/engine/local-permits.ts'
import { defaultMaxMapItems } from '../execution/engine/map-size.ts'
import { Pacer } from '../execution/engine/pacer.ts'
import { valueCheck } from '../execution/checks/value-check.ts'
import { defaultMaxSubflowDepth } from '../execution/engine/subflow-depth.ts'
import { yieldTurn as eventLoopTurn } from '../execution/engine/yield-turn.ts'
import { builtInNodes } from '../nodes/built-in-nodes.ts'
import type { Handler, Registry } from '../ports/node-context.ts'
import type { Workflow } from '../ports/workflow.ts'
import { checkOptions } from './check-options.ts'
import { resolveLimits } from './limits.ts'
import type { FlowRuntimeOptions } from './options.ts'

/** The ports of a runtime, each resolved to its default once. */
export type Ports = Omit<Engine, 'handler' | 'handlerNames' | 'waitSchema' | 'startChild' | 'findChild' | 'plans'>

/**
 * Resolves the options of a runtime or worker.
 *
 * @param otherLimits names of limits that are not about runs
 * @throws HeddleError `INVALID_OPTION`
 */
export function resolvePorts(options: Omit<FlowRuntimeOptions, 'blueprints'>, otherLimits?: readonly string[]): Ports {
  checkOptions(options)
  const limits = resolveLimits(options.limits, options, otherLimits)
  const { logger = silentLogger, serializer = new SuperjsonSerializer(limits), clock = systemClock } = options
  const { yieldTurn = eventLoopTurn } = options
  const keyLimits = resolveKeyLimits(options.keyLimits)
  return {
    builtIn: (uses) => builtInNodes.get(uses),
    evaluator: options.evaluator ?? new CelEvaluator(limits),
    serializer,
    logger,
    clock,
    eventBus: options.eventBus ?? new EventBus(logger),
    dependencies: options.dependencies,
    middleware: options.middleware ?? [],
    maxSubflowDepth: limits.maxSubflowDepth ?? defaultMaxSubflowDepth,
    random: options.random ?? Math.random,
    yieldTurn,
    pacer: new Pacer(clock, yieldTurn),
    maxMapItems: limits.maxMapItems ?? defaultMaxMapItems,
    checkValue: valueCheck(serializer),
    ...(keyLimits === undefined ? {} : { permits: new LocalPermits(keyLimits, clock) }),
  }
}

/** The engine of a workflow, or of hand-written blueprints if none is given: the handlers of both, the workflow's first. */
export function createEngine(
  ports: Ports,
  registry: Registry,
  workflow: Workflow | undefined,
  children: Pick<Engine, 'startChild' | 'findChild'>,
): Engine {
  return {
    ...ports,
    handler: (name) => findHandler(name, workflow?.registry, registry),
    handlerNames: () => new Set([...Object.keys(workflow?.registry ?? {}), ...Object.keys(registry)]),
    waitSchema: (name) =>
      workflow?.waitSchemas !== undefined && Object.hasOwn(workflow.waitSchemas, name)
        ? workflow.waitSchemas[name]
        : undefined,
    ...children,
    plans: new WeakMap(),
  }
}

function findHandler(name: string, ...registries: readonly (Registry | undefined)[]): Handler {
  for (const registry of registries) {
    const handler = registry !== undefined && Object.hasOwn(registry, name) ? registry[name] : undefined
    if (handler !== undefined) return handler
  }
  throw new HeddleError(
    'UNKNOWN_HANDLER',
    `no handler is registered under "${name}"; add it to the runtime's registry`,
    { details: { uses: name } },
  )
}
