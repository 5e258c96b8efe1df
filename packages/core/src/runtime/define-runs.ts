import type { Definitions } from '../actor/definitions.ts'
import { EngineDefinitions } from '../actor/engine-definitions.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Workflow } from '../ports/workflow.ts'
import { namedRunnables } from './check-options.ts'
import { createEngine, resolvePorts, type Ports } from './create-engine.ts'
import type { FlowRuntimeOptions } from './options.ts'
import { ValidatedBlueprints } from './validated-blueprints.ts'

/** Options of {@link defineRuns}. */
export interface DefineRunsOptions extends Omit<
  FlowRuntimeOptions,
  'blueprints' | 'store' | 'queue' | 'blobs' | 'pollMs' | 'keyLimits' | 'keepHistory' | 'snapshotEvery'
> {
  /**
   * Workflows of the builder whose runs are carried out, with their subflows. Of several versions of one, the first is what `ctx.invoke` and
   * the subflow nodes of hand-written blueprints mean by its id; the others carry on with the runs that are pinned to them.
   */
  readonly workflows?: readonly Workflow[]
  /**
   * Hand-written blueprints, carried out with `registry`; subflow nodes may name them by id, and mean the first of that id. A record by
   * id as a runtime takes it does as well, with workflows in it too.
   */
  readonly blueprints?: readonly WorkflowBlueprint[] | Readonly<Record<string, WorkflowBlueprint | Workflow>>
}

/**
 * The definitions whose runs a program carries out by a loop of its own, for the option `definitions` of an
 * `EventDrivenOrchestrator`. A program that uses {@link createWorker} needs none.
 *
 * @throws HeddleError `INVALID_BLUEPRINT` with all problems, `INVALID_OPTION` if there is nothing to carry out
 * @example
 * ```ts
 * const orchestrator = new EventDrivenOrchestrator({ store, definitions: defineRuns({ workflows: [review] }) })
 * for (const next of await orchestrator.handleJob(job)) myQueue.send(next)
 * ```
 */
export function defineRuns(options: DefineRunsOptions): Definitions {
  return defineWith(resolvePorts(options), options)
}

/** The same with ports that were resolved before. */
export function defineWith(
  ports: Ports,
  options: DefineRunsOptions & Pick<FlowRuntimeOptions, 'keyLimits'>,
): Definitions {
  const { registry = {}, keyLimits } = options
  const { workflows, blueprints } = namedRunnables(options)
  const byId = new Map<string, WorkflowBlueprint | Workflow>()
  // Of several versions of one workflow the first is meant by who names it by its id.
  for (const [id, one] of [...workflows, ...blueprints]) if (!byId.has(id)) byId.set(id, one)
  const validated = new ValidatedBlueprints(ports, {
    registry,
    blueprints: Object.fromEntries(byId),
    ...(keyLimits === undefined ? {} : { keyLimits }),
  })
  const engines = new Map<Workflow | undefined, Engine>()
  const engineOf = (workflow: Workflow | undefined): Engine => {
    const known = engines.get(workflow)
    if (known !== undefined) return known
    const engine = createEngine(ports, registry, workflow, {
      startChild: ({ on }) => {
        throw new HeddleError('INTERNAL', `child "${on.blueprintId}" of a distributed run was started in this process`)
      },
      findChild: (id) => {
        const own = workflow?.subflows
        const found = own !== undefined && Object.hasOwn(own, id) ? own[id] : byId.get(id)
        if (found === undefined) return undefined
        return 'blueprint' in found
          ? { blueprint: found.blueprint, engine: engineOf(found) }
          : { blueprint: found, engine: engineOf(undefined) }
      },
    })
    engines.set(workflow, engine)
    return engine
  }
  const definitions = new EngineDefinitions()
  for (const [, blueprint] of blueprints) {
    validated.check(blueprint, undefined)
    definitions.add(blueprint, engineOf(undefined))
  }
  for (const [, workflow] of workflows) {
    validated.check(workflow.blueprint, workflow)
    definitions.add(workflow.blueprint, engineOf(workflow))
  }
  return definitions
}
