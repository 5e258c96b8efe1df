import type { Engine } from '../execution/engine/engine.ts'
import { pinnedHash } from '../execution/engine/pinned-hash.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { definitionKey, type Definition, type Definitions } from './definitions.ts'

/** The definitions that engines know: those that were added, and the workflows that their subflow nodes name, at any depth. */
export class EngineDefinitions implements Definitions {
  private readonly byKey: Map<string, Definition> = new Map()

  /** How many there are. */
  get size(): number {
    return this.byKey.size
  }

  get(key: string): Definition | undefined {
    return this.byKey.get(key)
  }

  /** Adds a workflow with all that its subflow nodes name. Adding it again answers the same definition. */
  add(blueprint: WorkflowBlueprint, engine: Engine): Definition {
    const hash = pinnedHash(engine, blueprint)
    const key = definitionKey(blueprint, hash)
    const known = this.byKey.get(key)
    if (known !== undefined) return known
    const child = (blueprintId: string): Definition | undefined => {
      const found = engine.findChild?.(blueprintId)
      return found === undefined ? undefined : this.add(found.blueprint, found.engine)
    }
    const definition: Definition = { blueprint, hash, key, engine, child }
    this.byKey.set(key, definition)
    for (const { uses, params } of blueprint.nodes) {
      const name = params?.['blueprintId']
      if (uses === 'subflow' && typeof name === 'string') child(name)
    }
    return definition
  }
}
