import type { ReducerName } from '../../model/policy.ts'
import type { BlueprintFacts } from './blueprint-facts.ts'

/** All reducers; the record makes the compiler miss one that is not listed. */
const reducers: Readonly<Record<ReducerName, true>> = {
  append: true,
  max: true,
  merge: true,
  min: true,
  set: true,
  sum: true,
  union: true,
}

/** Names in the run's policy, and the nodes that others cancel. */
export function checkPolicy(facts: BlueprintFacts): void {
  const { output, context = {} } = facts.blueprint.policy ?? {}
  if (output !== undefined && !facts.indexById.has(output)) {
    facts.report(
      'UNKNOWN_NODE',
      `policy.output names "${output}", which is not a node.${facts.suggest(output, facts.indexById.keys())}`,
    )
  }
  for (const [key, { reducer = 'set' }] of Object.entries(context)) {
    if (Object.hasOwn(reducers, reducer)) continue
    const mend = facts.suggest(reducer, Object.keys(reducers), `There are: ${Object.keys(reducers).join(', ')}.`)
    facts.report(
      'UNKNOWN_REDUCER',
      `The shared value "${key}" has the reducer "${reducer as string}", which is not known.${mend}`,
    )
  }
  for (const { id, config } of facts.nodes) {
    for (const cancelled of config?.cancels ?? []) {
      if (facts.indexById.has(cancelled)) continue
      const mend = facts.suggest(cancelled, facts.indexById.keys())
      facts.report('UNKNOWN_NODE', `Node "${id}" cancels "${cancelled}", which is not a node.${mend}`, { nodeId: id })
    }
  }
}
