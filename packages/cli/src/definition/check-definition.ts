import {
  CelEvaluator,
  validateBlueprint,
  type BlueprintProblem,
  type Workflow,
  type WorkflowBlueprint,
} from '@heddle/core'
import type { Definition } from './definition.ts'

/** One thing that is wrong with a definition, and in which blueprint if not in FILE's own. */
export type DefinitionProblem = BlueprintProblem & { readonly blueprintId?: string }

/**
 * Everything that is wrong with a definition, its subflows included, at once.
 *
 * @param isRunning handlers are checked even if FILE says nothing about them: a run needs them
 */
export function checkDefinition(definition: Definition, isRunning: boolean): readonly DefinitionProblem[] {
  const { blueprint, blueprints, registry, workflow } = definition
  const evaluator = new CelEvaluator()
  const problems: DefinitionProblem[] = []
  const seen = new Set<unknown>()

  const check = (subject: WorkflowBlueprint, of: Workflow | undefined, isMain: boolean): void => {
    if (seen.has(subject)) return
    seen.add(subject)
    const known = isRunning || definition.hasRegistry
    const found = validateBlueprint(subject, {
      evaluator,
      ...(known ? { registry: new Set([...Object.keys(registry), ...Object.keys(of?.registry ?? {})]) } : {}),
      ...(known ? { blueprints: new Set([...Object.keys(blueprints), ...Object.keys(of?.subflows ?? {})]) } : {}),
    })
    problems.push(...found.map((problem) => (isMain ? problem : { ...problem, blueprintId: subject.id })))
    for (const child of Object.values(of?.subflows ?? {})) check(child.blueprint, child, false)
  }

  check(blueprint, workflow, true)
  for (const child of Object.values(blueprints)) {
    if ('blueprint' in child) check(child.blueprint, child, false)
    else check(child, undefined, false)
  }
  return problems
}

/** Whether a definition with these problems can run. */
export function isValid(problems: readonly DefinitionProblem[]): boolean {
  return problems.every(({ severity }) => severity === 'warning')
}
