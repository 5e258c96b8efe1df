import type { Handler } from '../ports/node-context.ts'
import { invalidOption } from './node-step.ts'
import type { Step } from './step.ts'

/**
 * The step that says how a node is undone.
 *
 * @throws {HeddleError} `INVALID_OPTION` if that is not a function
 */
export function compensationStep(id: string, handler: Handler): Step {
  if (typeof handler !== 'function') {
    throw invalidOption(id, 'compensate', `has to be a function, not ${handler === null ? 'null' : typeof handler}`)
  }
  return { after: [], edges: [], functions: [[`${id}.compensate`, handler]], compensates: id }
}
