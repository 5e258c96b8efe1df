import { definitionHash } from '../../graph/definition-hash.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import type { Engine } from './engine.ts'

/** Hashes that cannot change any more, by engine: what a subflow node names is a matter of the engine. */
const known: WeakMap<Engine, WeakMap<WorkflowBlueprint, string>> = new WeakMap()

/**
 * The definition hash of a blueprint together with the workflows that its subflow nodes name, at any depth: a run is pinned to all of
 * them. Computed once for each engine and blueprint, as soon as all these are frozen.
 *
 * A workflow that names itself, directly or through others, stands for itself by its id where it is met again.
 */
export function pinnedHash(engine: Engine, blueprint: WorkflowBlueprint): string {
  const found = known.get(engine)?.get(blueprint)
  if (found !== undefined) return found
  const pinning = new Pinning()
  const hash = pinning.hashOf(engine, blueprint)
  if (pinning.isFinal) {
    const hashes = known.get(engine) ?? new WeakMap<WorkflowBlueprint, string>()
    known.set(engine, hashes.set(blueprint, hash))
  }
  return hash
}

/** One walk from a blueprint through its subflows. Each one is hashed once, in an order that depends on names alone. */
class Pinning {
  /** Whether nothing that was met can change any more. */
  isFinal = true
  readonly #hashes: Map<Engine, Map<WorkflowBlueprint, string>> = new Map()

  hashOf(engine: Engine, blueprint: WorkflowBlueprint): string {
    const hashes = this.#hashes.get(engine) ?? new Map<WorkflowBlueprint, string>()
    this.#hashes.set(engine, hashes)
    const found = hashes.get(blueprint)
    if (found !== undefined) return found
    if (!Object.isFrozen(blueprint)) this.isFinal = false
    hashes.set(blueprint, blueprint.id)
    const subflows = Object.create(null) as Record<string, string>
    for (const id of subflowIds(blueprint)) {
      const child = engine.findChild?.(id)
      if (child !== undefined) subflows[id] = this.hashOf(child.engine, child.blueprint)
    }
    const hash = definitionHash(blueprint, subflows)
    hashes.set(blueprint, hash)
    return hash
  }
}

/** Ids of the workflows that a blueprint's subflow nodes name, in order. The blueprint may not have been validated yet. */
export function subflowIds({ nodes }: WorkflowBlueprint): readonly string[] {
  const ids = new Set<string>()
  for (const node of Array.isArray(nodes) ? (nodes as WorkflowBlueprint['nodes']) : []) {
    const id = node?.uses === 'subflow' ? node.params?.['blueprintId'] : undefined
    if (typeof id === 'string') ids.add(id)
  }
  return [...ids].toSorted()
}
