import type { Expansion } from './outcome.ts'

/** Marks results of any copy of this package; `instanceof` holds within one copy only. */
const brand: unique symbol = Symbol.for('@heddle/core/node-result')

/** What a handler returns when it says more than its output. Made by {@link route} and {@link expand}. */
export class NodeResult<Output = unknown, Action extends string = string> {
  readonly output: Output
  readonly action: Action | undefined
  readonly expansion: Expansion | undefined

  constructor(output: Output, action?: Action, expansion?: Expansion) {
    this.output = output
    this.action = action
    this.expansion = expansion
  }
}

Object.defineProperty(NodeResult.prototype, brand, { value: true })

/** Whether a handler returned a {@link NodeResult}, of this copy of the package or of another. */
export function isNodeResult(value: unknown): value is NodeResult {
  return typeof value === 'object' && value !== null && brand in value
}

/**
 * Returns an output together with an action: of the edges with an `action`, those that name it are taken.
 *
 * @example
 * ```ts
 * const grade = ({ input }) => (input.score > 0.7 ? route('approve', input) : route('revise', input))
 * ```
 */
export function route<const Action extends string, Output = undefined>(
  action: Action,
  output?: Output,
): NodeResult<Output, Action> {
  return new NodeResult<Output, Action>(output as Output, action)
}

/**
 * Returns an output together with nodes and edges that are added to the run, in the same atomic step. New edges start at this node
 * or at a new node and end at a new node or at an undecided target of this node; they close no cycle. Anything else fails the attempt
 * with `INVALID_EXPANSION`, all problems listed. The items of a map cannot add anything.
 */
export function expand<Output = undefined>(expansion: Expansion, output?: Output, action?: string): NodeResult<Output> {
  // Nothing instead of an expansion is a mistake to be told of, not a result without one.
  return new NodeResult<Output>(output as Output, action, expansion ?? (null as unknown as Expansion))
}
