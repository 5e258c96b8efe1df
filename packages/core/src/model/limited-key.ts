import type { NodeDefinition } from './blueprint.ts'
import type { KeyLimits } from './key-limit.ts'

/** Kinds of node that call no handler: what they wait for is not limited. */
const kindsWithoutHandler: ReadonlySet<string> = new Set(['sleep', 'subflow', 'wait', 'webhook'])

/** Whether attempts of a node are nothing that a limit could hold for. A map's own are bookkeeping; those of its items count. */
export function callsNoHandler({ uses }: Pick<NodeDefinition, 'uses'>): boolean {
  return kindsWithoutHandler.has(uses)
}

/**
 * The key whose limit an attempt needs a permit of, if there is one.
 *
 * @param isItem whether the attempt is that of an item of a map, or undoes something
 */
export function limitedKey(limits: KeyLimits, node: NodeDefinition | undefined, isItem: boolean): string | undefined {
  const key = node?.config?.concurrencyKey
  if (node === undefined || key === undefined || !Object.hasOwn(limits, key) || callsNoHandler(node)) return undefined
  return node.uses === 'map' && !isItem ? undefined : key
}
