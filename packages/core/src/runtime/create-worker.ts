import { defaultLimits, type ActorLimits } from '../actor/actor-options.ts'
import { EngineDefinitions } from '../actor/engine-definitions.ts'
import { EventFeed } from '../actor/event-feed.ts'
import { RunActor } from '../actor/run-actor.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { Engine } from '../execution/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import type { Workflow } from '../ports/workflow.ts'
import { Worker } from '../worker/worker.ts'
import { createEngine, resolvePorts, type Ports } from './create-engine.ts'
import type { FlowRuntimeOptions } from './options.ts'
import { ValidatedBlueprints } from './validated-blueprints.ts'

/** Options of {@link createWorker}. */
export interface CreateWorkerOptions extends Omit<FlowRuntimeOptions, 'blueprints'> {
  /** Workflows of the builder whose runs this worker carries out, with their subflows. */
  readonly workflows?: readonly Workflow[]
  /** Hand-written blueprints, carried out with `registry`; subflow nodes may name them by id. */
  readonly blueprints?: readonly WorkflowBlueprint[]
  readonly store: ICoordinationStore
  readonly queue: IJobQueue
  /** How many jobs may be under way at once. @default 10 */
  readonly concurrency?: number
  /** How often runs that are due are looked for, in milliseconds. @default 1000 */
  readonly sweepMs?: number
  /** Times and limits of the protocol. */
  readonly limits?: Partial<ActorLimits>
}

/**
 * Opens a worker: it takes jobs of runs from the queue, and looks after runs that are due. Any number of workers may work on the same
 * store and queue; a run is carried out by those that know its definition.
 *
 * @returns what has to be closed: `close()`, or `await using`
 * @throws HeddleError `INVALID_BLUEPRINT` with all problems, `INVALID_OPTION` if there is nothing to work on
 * @example
 * ```ts
 * await using worker = createWorker({ workflows: [review], store, queue, concurrency: 20 })
 * ```
 */
export function createWorker(options: CreateWorkerOptions): Worker {
  const { store, queue, limits, concurrency, sweepMs } = options
  const ports = resolvePorts({ ...options, blueprints: {} })
  const definitions = defineAll(options, ports)
  const { clock, logger, eventBus } = ports
  const feed = new EventFeed(store, logger, (events) => {
    for (const event of events) eventBus.emit(event)
  })
  return new Worker(
    (onChange) =>
      new RunActor({
        store,
        definitions,
        clock,
        logger,
        limits: { ...defaultLimits, ...limits },
        enqueue: (jobs) => queue.enqueue(jobs),
        onChange: (_run, dueAt) => onChange(dueAt),
        ...(options.eventBus === undefined ? {} : { feed }),
      }),
    queue,
    { ...(concurrency === undefined ? {} : { concurrency }), ...(sweepMs === undefined ? {} : { sweepMs }) },
  )
}

function defineAll(options: CreateWorkerOptions, ports: Ports): EngineDefinitions {
  const { workflows = [], blueprints = [], registry = {} } = options
  if (workflows.length + blueprints.length === 0) {
    throw new HeddleError('INVALID_OPTION', 'a worker needs "workflows" or "blueprints" to work on', {
      details: { option: 'workflows' },
    })
  }
  const byId = new Map<string, WorkflowBlueprint | Workflow>([
    ...blueprints.map((blueprint) => [blueprint.id, blueprint] as const),
    ...workflows.map((workflow) => [workflow.blueprint.id, workflow] as const),
  ])
  const validated = new ValidatedBlueprints({ ...options, blueprints: Object.fromEntries(byId) }, ports)
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
  for (const blueprint of blueprints) {
    validated.check(blueprint, undefined)
    definitions.add(blueprint, engineOf(undefined))
  }
  for (const workflow of workflows) {
    validated.check(workflow.blueprint, workflow)
    definitions.add(workflow.blueprint, engineOf(workflow))
  }
  return definitions
}
