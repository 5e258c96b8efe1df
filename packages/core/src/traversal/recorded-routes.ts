import type { RoutingResult } from '../kernel/route-edges.ts'

/**
 * What states recorded of their completed nodes, by the set of ids that `getCompletedNodes` answered. A program that resumes a run hands
 * that set on to `GraphTraverser.setCompletedNodes`, before the traverser has met the state: so the actions come along with it.
 */
export const recordedRoutes: WeakMap<ReadonlySet<string>, ReadonlyMap<string, RoutingResult>> = new WeakMap()
