import { HeddleError } from '../../errors/heddle-error.ts'
import { expansionError } from '../../graph/check-expansion.ts'
import { validateExpansion } from '../../graph/validate-expansion.ts'
import type { ValidateOptions } from '../../graph/validate.ts'
import type { NodeDefinition } from '../../model/blueprint.ts'
import type { AttemptContext } from './attempt-context.ts'
import type { Engine } from '../engine/engine.ts'

/**
 * Checks what a handler wants to add to its run. What only its place in the graph can tell by then, whether a target of the node is
 * still undecided, is checked once more when the outcome is settled.
 *
 * @throws HeddleError `INVALID_EXPANSION`, with all problems
 */
export function checkAnsweredExpansion(context: AttemptContext, expansion: unknown): void {
  const { visit, graph, engine, nodeId, runId } = context
  if (visit.item !== -1) {
    throw new HeddleError(
      'INVALID_EXPANSION',
      `item ${visit.item} of map "${nodeId}" returned an expansion, but the items of a map cannot add nodes; let the handler of a node behind the map return it`,
      { details: { nodeId, item: visit.item }, retryable: true },
    )
  }
  const site = { node: visit.routes, path: visit.frame.path, isUndecided: () => true }
  const problems = validateExpansion(graph, site, expansion, optionsOf(engine, expansion))
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw expansionError((graph.nodes[visit.routes] as NodeDefinition).id, errors, true)
  for (const { message } of problems) engine.logger.warn({ runId, nodeId }, message)
}

/** What the expansion is checked against: the names that this engine knows. */
function optionsOf(engine: Engine, expansion: unknown): ValidateOptions {
  const registry = engine.handlerNames?.()
  const blueprints = engine.findChild === undefined ? undefined : knownBlueprints(engine, expansion)
  return {
    evaluator: engine.evaluator,
    ...(registry === undefined ? {} : { registry }),
    ...(blueprints === undefined ? {} : { blueprints }),
  }
}

/** Of the blueprints that subflows of an expansion name, those that there are. The expansion may have any shape. */
function knownBlueprints(engine: Engine, expansion: unknown): ReadonlySet<string> {
  const { nodes } = (expansion ?? {}) as { readonly nodes?: unknown }
  const names = new Set<string>()
  for (const node of Array.isArray(nodes) ? (nodes as unknown[]) : []) {
    const { params } = (node ?? {}) as Partial<NodeDefinition>
    const name = (params as Record<string, unknown> | null | undefined)?.['blueprintId']
    if (typeof name === 'string' && engine.findChild?.(name) !== undefined) names.add(name)
  }
  return names
}
