import { HeddleError } from '../errors/heddle-error.ts'
import type { ChildRequest, ChildRun } from '../execution/engine/child-run.ts'
import type { Engine } from '../execution/engine/engine.ts'
import { pinnedHash } from '../execution/engine/pinned-hash.ts'
import type { Workflow } from '../ports/workflow.ts'
import { checkBlueprintsById } from './check-options.ts'
import { createEngine, type Ports } from './create-engine.ts'
import type { FlowRuntimeOptions } from './options.ts'
import type { KnownWorkflow } from './run-keeper.ts'
import { blueprintOf, isWorkflow, type Runnable } from './runnable.ts'

/** Makes a child run of a workflow that a subflow node names. */
export type MakeChild = (request: ChildRequest, child: Runnable) => ChildRun

/** The engines of a runtime: one for hand-written blueprints, and one for each workflow of the builder. */
export class Engines {
  private readonly ports: Ports
  private readonly options: Pick<FlowRuntimeOptions, 'registry' | 'blueprints'>
  private readonly makeChild: MakeChild
  private readonly own: Engine
  private readonly ofWorkflows: WeakMap<Workflow, Engine> = new WeakMap()

  /** @throws HeddleError `INVALID_OPTION` */
  constructor(ports: Ports, options: Pick<FlowRuntimeOptions, 'registry' | 'blueprints'>, makeChild: MakeChild) {
    checkBlueprintsById(options.blueprints)
    this.ports = ports
    this.options = options
    this.makeChild = makeChild
    this.own = this.create(undefined)
  }

  of(runnable: Runnable): Engine {
    if (!isWorkflow(runnable)) return this.own
    const known = this.ofWorkflows.get(runnable)
    if (known !== undefined) return known
    const engine = this.create(runnable)
    this.ofWorkflows.set(runnable, engine)
    return engine
  }

  private create(workflow: Workflow | undefined): Engine {
    return createEngine(this.ports, this.options.registry ?? {}, workflow, {
      startChild: (request) => this.startChild(request, workflow),
      findChild: (blueprintId) => {
        const runnable = this.find(blueprintId, workflow)
        return runnable === undefined ? undefined : this.known(runnable)
      },
    })
  }

  private startChild(request: ChildRequest, parent: Workflow | undefined): ChildRun {
    const { blueprintId } = request.on
    const runnable = this.find(blueprintId, parent)
    if (runnable !== undefined) return this.makeChild(request, runnable)
    const message = `no workflow is registered under "${blueprintId}"; add it to the runtime's blueprints`
    throw new HeddleError('UNKNOWN_BLUEPRINT', message, { details: { blueprintId } })
  }

  private find(id: string, parent: Workflow | undefined): Runnable | undefined {
    const { blueprints = {} } = this.options
    if (parent?.subflows !== undefined && Object.hasOwn(parent.subflows, id)) return parent.subflows[id]
    return Object.hasOwn(blueprints, id) ? blueprints[id] : undefined
  }

  known(runnable: Runnable): KnownWorkflow {
    return { blueprint: blueprintOf(runnable), engine: this.of(runnable) }
  }

  /** The workflows that the runtime was given. */
  registered(): KnownWorkflow[] {
    return Object.values(this.options.blueprints ?? {}).map((runnable) => this.known(runnable))
  }

  /** The hash that runs of a workflow are pinned to, with those of its subflows. */
  hashOf(runnable: Runnable): string {
    return pinnedHash(this.of(runnable), blueprintOf(runnable))
  }
}
