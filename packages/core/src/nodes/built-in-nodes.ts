import type { BuiltInNode } from '../execution/engine/engine.ts'
import { mapNode } from './map.ts'
import { sleepNode } from './sleep.ts'
import { subflowNode } from './subflow.ts'
import { waitNode } from './wait.ts'
import { webhookNode } from './webhook.ts'

/** The kinds of node that the engine brings along, by the name in `NodeDefinition.uses`. */
export const builtInNodes: ReadonlyMap<string, BuiltInNode> = new Map([
  ['map', mapNode],
  ['sleep', sleepNode],
  ['subflow', subflowNode],
  ['wait', waitNode],
  ['webhook', webhookNode],
])
