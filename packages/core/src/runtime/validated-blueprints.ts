import { HeddleError } from '../errors/heddle-error.ts'
import { validateBlueprint, type ValidateOptions } from '../graph/validate.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Registry } from '../ports/node-context.ts'
import type { Workflow } from '../ports/workflow.ts'
import type { Ports } from './create-engine.ts'
import type { FlowRuntimeOptions } from './options.ts'

/** What blueprints may name. */
interface KnownNames extends Pick<FlowRuntimeOptions, 'blueprints' | 'keyLimits'> {
  /** Without it handlers are not looked for: those who carry the runs out have them. */
  readonly registry: Registry | undefined
}

/** Validates each blueprint once. */
export class ValidatedBlueprints {
  private readonly valid: WeakSet<WorkflowBlueprint> = new WeakSet()
  private readonly ports: Ports
  private readonly known: KnownNames

  constructor(ports: Ports, known: KnownNames) {
    this.ports = ports
    this.known = known
  }

  /** @throws HeddleError `INVALID_BLUEPRINT`; `details.problems` holds all of them */
  check(blueprint: WorkflowBlueprint, workflow: Workflow | undefined): void {
    if (this.valid.has(blueprint)) return
    const { evaluator, logger } = this.ports
    // Plain JavaScript may pass anything; what it is, is a problem among others.
    const blueprintId = (blueprint as WorkflowBlueprint | null | undefined)?.id
    const problems = validateBlueprint(blueprint, { evaluator, ...this.namesFor(workflow) })
    const errors = problems.filter(({ severity }) => severity === 'error')
    for (const { severity, message } of problems) {
      if (severity === 'warning') logger.warn({ blueprintId }, message)
    }
    if (errors.length > 0) {
      const list = errors.map(({ message }) => `- ${message}`).join('\n')
      throw new HeddleError('INVALID_BLUEPRINT', `blueprint "${blueprintId ?? ''}" is invalid:\n${list}`, {
        details: { blueprintId, problems: errors },
      })
    }
    this.valid.add(blueprint)
  }

  private namesFor(workflow: Workflow | undefined): Pick<ValidateOptions, 'registry' | 'blueprints' | 'limitedKeys'> {
    const { registry, blueprints = {}, keyLimits } = this.known
    const known = new Set([...Object.keys(blueprints), ...Object.keys(workflow?.subflows ?? {})])
    if (registry === undefined) return { blueprints: known }
    // Names are the user's: one may be that of a prototype.
    const named: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    return {
      blueprints: known,
      registry: Object.assign(named, registry, workflow?.registry),
      ...(keyLimits === undefined ? {} : { limitedKeys: keyLimits }),
    }
  }
}
