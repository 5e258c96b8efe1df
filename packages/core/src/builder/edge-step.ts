import { HeddleError } from '../errors/heddle-error.ts'
import type { EdgeDefinition } from '../model/blueprint.ts'
import { checkIsRecord } from '../execution/checks/check-known.ts'
import type { Step } from './step.ts'

/** Options of an explicit edge, as they are at run time. */
export type EdgeStepOptions = Omit<EdgeDefinition, 'source' | 'target'>

/**
 * The step that adds one edge.
 *
 * @throws {HeddleError} `INVALID_OPTION` for an option that an edge does not have; a function cannot decide an edge, an action or a
 *   CEL condition can
 */
export function edgeStep(source: string, target: string, options: EdgeStepOptions): Step {
  checkIsRecord(`the edge "${source}" → "${target}"`, options, { source, target })
  const { action, condition, on, transform, ...others } = options
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw new HeddleError(
      'INVALID_OPTION',
      `the edge "${source}" → "${target}" has no option "${unknown}"; it has action, condition (CEL), on and transform (CEL)`,
      { details: { source, target, option: unknown } },
    )
  }
  const edge: EdgeDefinition = {
    source,
    target,
    ...(action === undefined ? {} : { action }),
    ...(condition === undefined ? {} : { condition }),
    ...(on === undefined ? {} : { on }),
    ...(transform === undefined ? {} : { transform }),
  }
  return { after: [], edges: [edge], functions: [] }
}
