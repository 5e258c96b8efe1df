import { refuseValue, reducerNames } from '../../model/reducer-values.ts'
import type { BlueprintFacts } from './blueprint-facts.ts'

/** Names in the run's policy. */
export function checkPolicy(facts: BlueprintFacts): void {
  const { output, context = {} } = facts.blueprint.policy ?? {}
  if (output !== undefined && !facts.indexById.has(output)) {
    facts.report(
      'UNKNOWN_NODE',
      `policy.output names "${output}", which is not a node.${facts.suggest(output, facts.indexById.keys())}`,
    )
  }
  for (const [key, { reducer = 'set', initial }] of Object.entries(context)) {
    if (reducerNames.includes(reducer)) {
      const refusal = refuseValue(reducer, initial)
      const what = `The shared value "${key}" cannot begin with its "initial"`
      if (refusal !== undefined) facts.report('INVALID_SHAPE', `${what}: its reducer "${reducer}" ${refusal}.`)
      continue
    }
    const mend = facts.suggest(reducer, reducerNames, `There are: ${reducerNames.join(', ')}.`)
    facts.report(
      'UNKNOWN_REDUCER',
      `The shared value "${key}" has the reducer "${reducer}", which is not known.${mend}`,
    )
  }
}
