import { callsNoHandler } from '../../model/limited-key.ts'
import type { NodeDefinition } from '../../model/blueprint.ts'
import type { BlueprintFacts } from './blueprint-facts.ts'
import { hasName, type NameSet } from './implementation-rules.ts'

/**
 * Settings that have no effect are warned about.
 *
 * @param names `limitedKeys`: the keys that have a limit, if they are known
 */
export function checkSettings(facts: BlueprintFacts, { limitedKeys }: { readonly limitedKeys?: NameSet } = {}): void {
  for (const node of facts.nodes) {
    for (const what of [doubleEnd(node), unlimitedKey(node, limitedKeys)]) {
      if (what === undefined) continue
      facts.report('UNUSED_SETTING', `Node "${node.id}" has ${what}`, { nodeId: node.id, severity: 'warning' })
    }
  }
}

function doubleEnd({ uses, params }: NodeDefinition): string | undefined {
  if (uses !== 'sleep' || params?.['durationMs'] === undefined || params['until'] === undefined) return undefined
  return 'params.durationMs and params.until; it sleeps until the moment of "until", and the duration has no effect.'
}

function unlimitedKey(node: NodeDefinition, limitedKeys: NameSet | undefined): string | undefined {
  const key = node.config?.concurrencyKey
  if (key === undefined) return undefined
  if (callsNoHandler(node)) {
    return `config.concurrencyKey, which limits attempts of handlers; a node of the kind "${node.uses}" makes none.`
  }
  if (limitedKeys === undefined || hasName(limitedKeys, key)) return undefined
  return `config.concurrencyKey "${key}", for which no limit is given: its attempts are not limited. Give one by the option keyLimits.`
}
