import { route } from '../src/model/node-result.ts'
import { visitKey } from '../src/model/visit.ts'
import type { Handler, NodeContext } from '../src/ports/node-context.ts'
import type { Scenario } from './reference-model/random-graph.ts'
import { seededDraw } from './reference-model/random-results.ts'

/** The visit that an output, or the error on an error edge, came from. */
function sourceOf({ by, message = '' }: { readonly by?: string; readonly message?: string }): string {
  return by ?? message.split(' ')[0] ?? ''
}

/**
 * A registry that makes the nodes of a scenario do what its results say. What a condition reads is in the output, or in the message of
 * the error. Each handler takes a seeded number of turns, so that visits finish in an order of their own.
 *
 * @param seenDeps receives which visits' outputs each visit was given
 */
export function scenarioRegistry(
  { blueprint, results, book }: Scenario,
  seed: number,
  seenDeps: Map<string, readonly string[]> = new Map(),
): Record<string, Handler> {
  const draw = seededDraw(seed)
  const handler = async (context: NodeContext): Promise<unknown> => {
    const { nodeId, iteration, idempotencyKey } = context
    book?.called(context)
    for (let turn = draw(6); turn > 0; turn--) await Promise.resolve()
    const insteadOf = /\^([^^]+)$/u.exec(idempotencyKey)?.[1]
    const result = results(nodeId, iteration, insteadOf)
    if (insteadOf === undefined) {
      const sources = Object.values(context.deps).map((dep) => sourceOf(dep as { by?: string; message?: string }))
      seenDeps.set(visitKey({ nodeId, iteration }), sources)
    }
    const by = visitKey({ nodeId: insteadOf ?? nodeId, iteration })
    const conditions = result.conditions ?? {}
    if ('fail' in result) {
      throw new Error(
        `${by} ${Object.keys(conditions)
          .filter((edge) => conditions[edge] === true)
          .join(' ')}`,
      )
    }
    const output = { ...conditions, by }
    book?.returned(context, output)
    return result.action === undefined ? output : route(result.action, output)
  }
  const handlers = Object.fromEntries(blueprint.nodes.map(({ uses }) => [uses, handler]))
  return book === undefined ? handlers : { ...handlers, undo: book.undo }
}
