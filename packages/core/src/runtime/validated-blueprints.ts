import { HeddleError } from '../errors/heddle-error.ts'
import { validateBlueprint } from '../graph/validate.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Workflow } from '../ports/workflow.ts'
import type { Ports } from './create-engine.ts'
import type { FlowRuntimeOptions } from './options.ts'

/** Validates each blueprint once. */
export class ValidatedBlueprints {
  private readonly valid: WeakSet<WorkflowBlueprint> = new WeakSet()
  private readonly options: FlowRuntimeOptions
  private readonly ports: Ports

  constructor(options: FlowRuntimeOptions, ports: Ports) {
    this.options = options
    this.ports = ports
  }

  /** @throws HeddleError `INVALID_BLUEPRINT`; `details.problems` holds all of them */
  check(blueprint: WorkflowBlueprint, workflow: Workflow | undefined): void {
    if (this.valid.has(blueprint)) return
    const { evaluator, logger } = this.ports
    const problems = validateBlueprint(blueprint, {
      evaluator,
      registry: new Set([...Object.keys(this.options.registry ?? {}), ...Object.keys(workflow?.registry ?? {})]),
      blueprints: new Set([...Object.keys(this.options.blueprints ?? {}), ...Object.keys(workflow?.subflows ?? {})]),
    })
    const errors = problems.filter(({ severity }) => severity === 'error')
    for (const { severity, message } of problems) {
      if (severity === 'warning') logger.warn({ blueprintId: blueprint.id }, message)
    }
    if (errors.length > 0) {
      const list = errors.map(({ message }) => `- ${message}`).join('\n')
      throw new HeddleError('INVALID_BLUEPRINT', `blueprint "${blueprint.id}" is invalid:\n${list}`, {
        details: { blueprintId: blueprint.id, problems: errors },
      })
    }
    this.valid.add(blueprint)
  }
}
