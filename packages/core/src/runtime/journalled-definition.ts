import type { Engine } from '../execution/engine/engine.ts'
import { pinnedHash } from '../execution/engine/pinned-hash.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { KnownWorkflow } from './run-keeper.ts'

/** A definition, and what carries it out. */
export interface JournalledDefinition {
  readonly engine: Engine
  readonly blueprint: WorkflowBlueprint
  readonly hash: string
}

/** A workflow with its definition hash. */
export function defined({ blueprint, engine }: KnownWorkflow): JournalledDefinition {
  return { blueprint, engine, hash: pinnedHash(engine, blueprint) }
}
