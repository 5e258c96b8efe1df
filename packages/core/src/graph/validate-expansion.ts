import type { NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { Expansion } from '../model/outcome.ts'
import type { BlueprintProblem } from './blueprint-problem.ts'
import { checkExpansionShape } from './blueprint-shape.ts'
import { isKnownAt, placeProblems } from './check-expansion.ts'
import type { CompiledGraph } from './compiled-graph.ts'
import type { ExpansionSite } from './expansion-site.ts'
import { BlueprintFacts } from './rules/blueprint-facts.ts'
import { checkCancels } from './rules/cancel-rules.ts'
import { checkExpressions } from './rules/expression-rules.ts'
import { checkFallbacks } from './rules/fallback-rules.ts'
import { checkImplementations } from './rules/implementation-rules.ts'
import { checkJoins } from './rules/join-rules.ts'
import { checkNumbers } from './rules/number-rules.ts'
import { checkSettings } from './rules/setting-rules.ts'
import type { ValidateOptions } from './validate.ts'

/**
 * Finds everything that is wrong with the nodes and edges that a handler wants to add, by the rules of `validateBlueprint` and those
 * of where they may be added. If already the types of its fields are wrong, only these are listed.
 */
export function validateExpansion(
  graph: CompiledGraph,
  site: ExpansionSite,
  expansion: unknown,
  options: ValidateOptions,
): readonly BlueprintProblem[] {
  const shape = checkExpansionShape(expansion)
  if (shape.some(({ severity }) => severity === 'error')) return shape
  const { nodes, edges } = expansion as Expansion
  const expander = graph.nodes[site.node] as NodeDefinition
  const isNew = new Set(nodes.map(({ id }) => id))
  // What stands around the new nodes, as far as a rule asks for it; of that nothing is checked.
  const named = nodes.flatMap(({ config }) => config?.fallback ?? []).filter((id) => !isNew.has(id))
  const around = [expander.id, ...named].filter((id) => !isNew.has(id)).map((id) => ({ id, uses: expander.uses }))
  const outline: WorkflowBlueprint = { id: 'expansion', start: [expander.id], nodes: [...nodes, ...around], edges }
  const facts = new BlueprintFacts(outline)
  checkImplementations(facts, options)
  checkFallbacks(facts)
  checkJoins(facts)
  checkNumbers(facts)
  checkSettings(facts)
  checkCancels(facts, {
    ids: () => graph.indexById.keys(),
    has: (id) => isKnownAt(graph, site, id),
    isFallback: (id) => graph.isFallback[graph.indexById.get(id) ?? -1] === 1,
  })
  if (options.evaluator !== undefined) checkExpressions(facts, options.evaluator)
  const found = facts.problems.filter(({ nodeId }) => nodeId === undefined || isNew.has(nodeId))
  return [...placeProblems(graph, site, { nodes, edges }), ...found, ...shape]
}
