import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { IEvaluator } from '../ports/evaluator.ts'
import type { BlueprintProblem } from './blueprint-problem.ts'
import { checkBlueprintShape } from './blueprint-shape.ts'
import { BlueprintFacts } from './rules/blueprint-facts.ts'
import { checkCancels } from './rules/cancel-rules.ts'
import { checkExpressions } from './rules/expression-rules.ts'
import { checkFallbacks } from './rules/fallback-rules.ts'
import { checkIds } from './rules/id-rules.ts'
import { checkJoins } from './rules/join-rules.ts'
import { checkLoops } from './rules/loop-rules.ts'
import { checkImplementations } from './rules/implementation-rules.ts'
import type { NameSet } from './rules/implementation-rules.ts'
import { checkNumbers } from './rules/number-rules.ts'
import { checkPolicy } from './rules/policy-rules.ts'
import { checkReachability } from './rules/reachability-rules.ts'
import { checkSettings } from './rules/setting-rules.ts'

/** What a blueprint is checked against. What is not given is not checked. */
export interface ValidateOptions {
  /** Implementations by name, or only their names as a set: what `uses` and handler names in `params` may say. */
  readonly registry?: NameSet
  /** Ids of blueprints that subflows may run. */
  readonly blueprints?: NameSet
  /** Parses the expressions, `new CelEvaluator()` for one. Without it none of them is checked, and none is reported. */
  /** The `concurrencyKey`s that have a limit. Without it none is reported as unlimited. */
  readonly limitedKeys?: NameSet
  readonly evaluator?: IEvaluator
}

/**
 * Finds everything that is wrong with a blueprint, at once; the rules are those of `graph/rules/`. A blueprint with a problem of severity
 * `error` cannot run. If already the types of its fields are wrong, only these are listed. What the options leave out is not checked: no
 * problem without an `evaluator` says nothing about the expressions. A runtime checks all of it when a run is started.
 *
 * Linear in nodes and edges (for each level of loop nesting), and without recursion over the graph.
 *
 * @example
 * ```ts
 * for (const { severity, message } of validateBlueprint(blueprint, { registry, evaluator: new CelEvaluator() })) console.log(severity, message)
 * ```
 */
export function validateBlueprint(
  blueprint: WorkflowBlueprint,
  options: ValidateOptions = {},
): readonly BlueprintProblem[] {
  const shape = checkBlueprintShape(blueprint)
  if (shape.some(({ severity }) => severity === 'error')) return shape
  const facts = new BlueprintFacts(blueprint)
  checkIds(facts)
  checkImplementations(facts, options)
  checkFallbacks(facts)
  checkCancels(facts)
  checkReachability(facts)
  checkLoops(facts)
  checkJoins(facts)
  checkNumbers(facts)
  checkPolicy(facts)
  checkSettings(facts, options)
  if (options.evaluator !== undefined) checkExpressions(facts, options.evaluator)
  return [...facts.problems, ...shape]
}
